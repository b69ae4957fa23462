"""A review was heard of: award the badge, or have the learner told what is missing."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.reviews import reviews
from chalicelib.registry import registry


def award_badge(job: Job) -> None:
    """Act on the review of a job's event."""
    notice = payloads.of(job.event, payloads.ReviewNotice)
    if not notice.approved:
        _send_feedback(job)
    elif not reviews.awards_by_itself(notice.badge.system):
        outbox.finish(job, "left to a person", note="AUTO_AWARD is off")
    else:
        _, new = registry().award(notice)
        outbox.finish(job, "awarded" if new else "already awarded")


def _send_feedback(job: Job) -> None:
    def work() -> None:
        outbox.add(kinds.FEEDBACK_MAIL, event=job.event, key=f"{kinds.FEEDBACK_MAIL}:{job.id}")
        outbox.finish(job, "not approved")

    transact(work)
