"""A review was heard of: award the badge, or have the learner told what is missing."""

from __future__ import annotations

from chalicelib import config
from chalicelib.badges import notices, outbox
from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the review of a job's event."""
    notice = notices.of(job.event, notices.ReviewNotice)
    if not notice.approved:
        _send_feedback(job)
    elif not _awards_by_itself(notice.badge.system):
        outbox.finish(job, "left to a person", note="AUTO_AWARD is off")
    else:
        _, new = registry().award(notice)
        outbox.finish(job, "awarded" if new else "already awarded")


def _awards_by_itself(system: str | None) -> bool:
    settings = config.settings()
    return settings.flag_for("AUTO_AWARD", system or settings.text("OPENBADGER_SYSTEM"))


def _send_feedback(job: Job) -> None:
    def work() -> None:
        outbox.add("feedback-mail", event=job.event, key=f"feedback-mail:{job.id}")
        outbox.finish(job, "not approved")

    transact(work)
