"""Applications for badges.

applications  Applications: a learner applies for a badge and submits evidence
review_queue  The review queue: applications awaiting a review, grouped by badge, and reviewed ones
"""
