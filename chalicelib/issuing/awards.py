"""An award was heard of: bake it into its badge's image, and have the earner told."""

from __future__ import annotations

from chalicelib.badges import notices, outbox
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Job
from chalicelib.issuing import baker
from chalicelib.registry import registry


def act(job: Job) -> None:
    """Act on the award of a job's event."""
    award = job.award or _record(job)
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
        outbox.finish(job, "baked" if baked else "baked before", note=note)

    transact(work)


def _record(job: Job) -> Award:
    return registry().record(notices.of(job.event, notices.AwardNotice))
