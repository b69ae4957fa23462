"""Handlers of jobs, named as ``module:function`` in `chalicelib/domain/jobs/kinds.py`.

- `award_badge`: acts on a review: awards the badge, or sends feedback
- `issue_badge`: awards a badge to an address that it was issued to
- `bake_award`: bakes an award into its badge's image (by `baker`), and has it mailed
- `revoke_award`: records a revocation, and has it mailed
- `send_mail`: sends a mail to an earner
- `deliver_webhook`: sends an event to a system's webhook
"""
