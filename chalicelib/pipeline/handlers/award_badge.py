"""Acts on a review: awards the badge, or sends feedback to the learner."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.awards import earner_mails
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.reviews import reviews
from chalicelib.registry import registry


def award_badge(job: Job) -> None:
    """Award the badge if the review of a job's event approves it; else send feedback."""
    payload = payloads.of_event(job.event, payloads.ReviewPayload)
    if not payload.approved:
        if earner_mails.announced(job.event):
            outbox.finish(job, "not approved", note=earner_mails.NOTE)
        else:
            _send_feedback(job)
    elif not reviews.auto_award(payload.badge.system):
        outbox.finish(job, "left to a person", note="AUTO_AWARD is off")
    else:
        _, new = registry().award(payload, automatic=True)
        outbox.finish(job, "awarded" if new else "already awarded")


def _send_feedback(job: Job) -> None:
    def work() -> None:
        outbox.add(kinds.FEEDBACK_MAIL, event=job.event, key=f"{kinds.FEEDBACK_MAIL}:{job.id}")
        outbox.finish(job, "not approved")

    transact(work)
