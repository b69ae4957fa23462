"""Bakes an award into its badge's image, and has the earner notified by mail."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Job
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.errors import Unavailable
from chalicelib.pipeline.handlers import baker
from chalicelib.registry import registry


def bake_award(job: Job) -> None:
    """Bake the award of a job, or of its event, and add the job that mails it."""
    award, counts = (job.award, True) if job.award else _record(job)
    note = award.baked_note
    if award.baked_key is None:
        key, note = baker.bake(award, may_retry=job.attempts < baker.PICTURE_ATTEMPTS)
        baked = {"baked_key": key, "baked_note": note}
    else:
        baked = {}

    def work() -> None:
        if baked:
            Award.update(**baked).where(Award.id == award.id).execute()
        if award.revoked is None:
            key = f"{kinds.AWARD_MAIL}:{award.id}"
            outbox.add(kinds.AWARD_MAIL, event=job.event, award=award, key=key)
        outcome = "baked" if baked else "baked before"
        outbox.finish(job, outcome if counts else "already awarded", note=note)

    transact(work)


def _record(job: Job) -> tuple[Award, bool]:
    """Record the award of an event; tell whether it is the one that counts."""
    payload = payloads.of_event(job.event, payloads.AwardPayload)
    award = registry().record_award(payload)
    counts = award.slug == payload.uid
    if not counts and award.revoked is None and job.attempts < baker.PICTURE_ATTEMPTS:
        # The previous award's revocation may still be in another queue.
        raise Unavailable(
            "The earner already has this badge from another award, which may be about to be revoked"
        )
    return award, counts
