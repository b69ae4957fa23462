"""Somebody wishes to issue a badge to an address: award it; the pipeline does the rest."""

from __future__ import annotations

from chalicelib.badges import notices, outbox
from chalicelib.data.models import Job
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the wish of a job's event. The event's key names what the award answers."""
    notice = notices.of(job.event, notices.IssueNotice)
    origin = job.event.key if job.event else ""
    _, answered = registry().issue(notice, origin)
    outbox.finish(job, "awarded" if answered else "already awarded")
