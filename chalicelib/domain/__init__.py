"""The domain: what BadgeKit is about. It knows no HTTP and no AWS. Lowest room first:

shared        validation, pagination, email addresses, digests
images        rows of images, and their garbage collection
owners        systems, issuers, programs; accounts, API keys, webhooks
jobs          the outbox: jobs, their kinds, messages and activity
badges        published badges, claim codes, quotas, the catalog
applications  applications and the review queue
events        events, webhook payloads and serializers
awards        awards, milestones, batches
reviews       reviews and their workflow
drafts        drafts, templates, publishing
workspace     the directory of badges, figures, profiles
"""
