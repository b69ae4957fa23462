"""Events: reviews, awards and revocations, received as webhooks or made here.

payloads      Webhook payloads: parsed once, and checked for their structure
mail_policy   Which emails a system's earners get
serializers   Rows as badgekit-api's clients know them
events        Events: what happened, recorded once, each with the job that handles it
delivery_log  The log of deliveries to systems' webhooks
"""
