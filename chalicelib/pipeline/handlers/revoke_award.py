"""A revocation was heard of: mark the award, and have its earner told."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the revocation of a job's event."""
    award = job.award or registry().record_revocation(
        payloads.of_event(job.event, payloads.RevocationPayload)
    )

    def work() -> None:
        outbox.add(
            "revocation-mail", event=job.event, award=award, key=f"revocation-mail:{award.id}"
        )
        outbox.finish(job, "revoked")

    transact(work)
