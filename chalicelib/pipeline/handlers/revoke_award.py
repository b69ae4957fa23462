"""A revocation was heard of: mark the award, and have its earner told."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.registry import registry


def revoke_award(job: Job) -> None:
    """Act on the revocation of a job's event."""
    award = job.award or registry().revoke(payloads.of(job.event, payloads.RevocationNotice))

    def work() -> None:
        key = f"{kinds.REVOCATION_MAIL}:{award.id}"
        outbox.add(kinds.REVOCATION_MAIL, event=job.event, award=award, key=key)
        outbox.finish(job, "revoked")

    transact(work)
