"""Handlers of jobs, named as ``module:function`` in `chalicelib/domain/jobs/kinds.py`.

award_badge      Acts on a review: awards the badge, or sends feedback
issue_badge      Awards a badge to an address that it was issued to
copy_image       Copies an image from another site to the bucket
baker            Finds the image of a badge and bakes an assertion into it
bake_award       Bakes an award into its badge's image (by `baker`), and has it mailed
revoke_award     Records a revocation, and has it mailed
read_registry    Reads systems, issuers, programs and badges from another BadgeKit API
send_mail        Sends a mail to an earner
deliver_webhook  Sends an event to a system's webhook
"""
