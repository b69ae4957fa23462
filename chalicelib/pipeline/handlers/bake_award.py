"""Bakes an award into its badge's image, and has the earner notified by mail; or bakes it again."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Job
from chalicelib.domain.awards import earner_mails
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
            by_api = earner_mails.announced(job.event)
            earner_mails.add(kinds.AWARD_MAIL, award, job.event, by_api=by_api)
        outcome = "baked" if baked else "baked before"
        outbox.finish(job, outcome if counts else "already awarded", note=note)

    transact(work)


def bake_again(job: Job) -> None:
    """Bake the award of a job again, because it says something else now; notify no one.

    Raises
    ------
    Unavailable
        If it is just being baked for the first time, perhaps as it was before: the later of the
        two must be this one.
    """
    if job.award is None:
        raise TypeError(f"job {job.id} names no award")
    if outbox.is_working(kinds.AWARD, job.award):
        raise Unavailable("The award is being baked for the first time")
    award = transact(lambda: Award.get_by_id(job.award_id))  # read after that job has ended
    if award.baked_key is None:
        outbox.finish(job, outbox.NOT_NEEDED, note="It has yet to be baked for the first time")
        return
    key, note = baker.bake(award, may_retry=job.attempts < baker.PICTURE_ATTEMPTS)

    def work() -> None:
        Award.update(baked_key=key, baked_note=note).where(Award.id == award.id).execute()
        outbox.finish(job, "baked", note=note)

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
