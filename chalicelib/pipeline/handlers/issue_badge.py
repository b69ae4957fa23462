"""Somebody wishes to issue a badge to an address: award it; the pipeline does the rest."""

from __future__ import annotations

from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.registry import registry


def issue_badge(job: Job) -> None:
    """Act on the wish of a job's event. The event's key names what the award answers."""
    notice = payloads.of(job.event, payloads.IssueNotice)
    origin = job.event.key if job.event else ""
    _, answered = registry().issue(notice, origin)
    outbox.finish(job, "awarded" if answered else "already awarded")
