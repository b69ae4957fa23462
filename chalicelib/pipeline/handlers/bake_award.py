"""An award was heard of: bake it into its badge's image, and have the earner told."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.errors import Unavailable
from chalicelib.pipeline.handlers import baker
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the award of a job's event."""
    award, own = (job.award, True) if job.award else _record(job)
    note = award.baked_note
    if award.baked_key is None:
        key, note = baker.bake(award, patient=job.attempts < baker.PATIENCE)
        baked = {"baked_key": key, "baked_note": note}
    else:
        baked = {}

    def work() -> None:
        if baked:
            Award.update(**baked).where(Award.id == award.id).execute()
        if award.revoked is None:
            outbox.add("award-mail", event=job.event, award=award, key=f"award-mail:{award.id}")
        outcome = "baked" if baked else "baked before"
        outbox.finish(job, outcome if own else "already awarded", note=note)

    transact(work)


def _record(job: Job) -> tuple[Award, bool]:
    """Write down the award that an event tells of; tell whether it is that one that counts."""
    payload = payloads.of_event(job.event, payloads.AwardPayload)
    award = registry().record_award(payload)
    own = award.slug == payload.uid
    if not own and award.revoked is None and job.attempts < baker.PATIENCE:
        # The revocation of the one before may be on its way, in another queue.
        raise Unavailable(
            "The earner already has this badge from another award, which may be about to be revoked"
        )
    return award, own
