"""Awards a badge to an address that it was issued to."""

from __future__ import annotations

from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.registry import registry


def issue_badge(job: Job) -> None:
    """Award the badge that a job's event requests; the event's key becomes the award's origin."""
    payload = payloads.of_event(job.event, payloads.IssuePayload)
    origin = job.event.key if job.event else ""
    _, answered = registry().issue(payload, origin)
    outbox.finish(job, "awarded" if answered else "already awarded")
