"""Applications for badges.

applications  Applications: a learner asks for a badge and shows evidence
review_queue  The review queue: applications awaiting a review, grouped by badge, and reviewed ones
"""
