"""A review was heard of: award the badge, or have the learner told what is missing."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.domain.reviews import reviews
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the review of a job's event."""
    payload = payloads.of_event(job.event, payloads.ReviewPayload)
    if not payload.approved:
        _send_feedback(job)
    elif not reviews.auto_award(payload.badge.system):
        outbox.finish(job, "left to a person", note="AUTO_AWARD is off")
    else:
        _, new = registry().award(payload)
        outbox.finish(job, "awarded" if new else "already awarded")


def _send_feedback(job: Job) -> None:
    def work() -> None:
        outbox.add("feedback-mail", event=job.event, key=f"feedback-mail:{job.id}")
        outbox.finish(job, "not approved")

    transact(work)
