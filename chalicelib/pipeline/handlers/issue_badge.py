"""Somebody wishes to issue a badge to an address: award it; the pipeline does the rest."""

from __future__ import annotations

from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the wish of a job's event. The event's key names what the award answers."""
    payload = payloads.of_event(job.event, payloads.IssuePayload)
    origin = job.event.key if job.event else ""
    _, answered = registry().issue(payload, origin)
    outbox.finish(job, "awarded" if answered else "already awarded")
