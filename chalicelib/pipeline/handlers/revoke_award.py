"""Records a revocation, and has the earner notified by mail."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.awards import earner_mails
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.registry import registry


def revoke_award(job: Job) -> None:
    """Record the revocation of a job's award or event, and add the job that mails it."""
    award = job.award or registry().record_revocation(
        payloads.of_event(job.event, payloads.RevocationPayload)
    )

    def work() -> None:
        by_api = earner_mails.announced(job.event)
        earner_mails.add(kinds.REVOCATION_MAIL, award, job.event, by_api=by_api)
        outbox.finish(job, "revoked")

    transact(work)
