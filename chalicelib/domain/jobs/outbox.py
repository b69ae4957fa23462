"""The outbox: one row for each job, written in the same transaction as what caused it.

The row is the source of truth and the SQS message only wakes a worker up, so messages may be lost,
repeated or late. `due` is the only clock of a row: when the sweeper should send a message (again),
or, while a worker has it, when its lease ends. A done or failed row is never due.

States: ``received`` (written), ``queued`` (a message was sent), ``working`` (leased),
``waiting`` (for the next attempt, or for confirmation), ``done`` (with an outcome in a word or two)
and ``failed`` (with the reason; it can be retried on the Activity page).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, IntegrityError, fn

from chalicelib import times
from chalicelib.data import bulk
from chalicelib.data.compiled_queries import CompiledChange, id_parameters, parameter
from chalicelib.data.connection import after_commit, transact
from chalicelib.data.fields import moment
from chalicelib.data.models import Award, Badge, Event, Image, Job, Webhook
from chalicelib.domain.jobs import kinds
from chalicelib.domain.jobs.messages import JobMessage

RECEIVED, QUEUED, WORKING, DONE, FAILED = "received", "queued", "working", "done", "failed"
WAITING = "waiting"
# Outcomes on the way: an irreversible effect has begun, or its confirmation is awaited.
SENDING, UNCONFIRMED = "sending", "not confirmed"
NOT_NEEDED = "not needed"  # outcome of a job that had no effect, for the reason in its note

UNSENT_AFTER = timedelta(seconds=30)
UNANSWERED_AFTER = timedelta(minutes=15)
SWEEP_LIMIT = 500
# A message that is not due is sent anew every 15 minutes; beyond this, the sweeper wakes the job.
LONGEST_MESSAGE = timedelta(hours=2)

# Sends messages for jobs; set by `chalicelib.wiring`, so that the domain knows no queue.
publish: Callable[[Sequence[JobMessage]], None] = lambda messages: None  # noqa: E731


class LeaseLostError(Exception):
    """Another worker took the job over; this transaction must be rolled back."""


def add(
    kind: str,
    *,
    event: Event | None = None,
    award: Award | None = None,
    image: Image | None = None,
    key: str | None = None,
) -> bool:
    """Add a job, in the current transaction; its message is sent after the commit.

    Parameters
    ----------
    kind : str
        The name of a row in `kinds`.
    event : Event, optional
        What caused it.
    award : Award, optional
        The award it is about.
    image : Image, optional
        The image it is about.
    key : str, optional
        Makes the job unique: a second one with the same key is not added.

    Returns
    -------
    bool
        Whether the job is new.
    """
    try:
        job = Job.create(
            kind=kind, key=key, event=event, award=award, image=image, state=RECEIVED,
            due=times.now() + UNSENT_AFTER,
        )  # fmt: skip
    except IntegrityError:
        if key is None or not Job.select().where(Job.key == key).exists():
            raise
        return False
    message = [JobMessage(job.id, kind)]
    after_commit(lambda: publish(message))
    return True


def add_all(jobs: Sequence[dict[str, Any]]) -> None:
    """Add jobs that are known to be new, in the current transaction.

    Parameters
    ----------
    jobs : Sequence[dict[str, Any]]
        Each with ``kind`` and ``event``, and optionally ``award`` and ``system``.
    """
    now = times.now()
    rows = [
        {
            "kind": job["kind"], "event": job["event"], "award": job.get("award"),
            "system": job.get("system"), "state": RECEIVED, "due": now + UNSENT_AFTER,
            "created": now, "updated": now,
        }
        for job in jobs
    ]  # fmt: skip
    messages = [JobMessage(job.id, job.kind) for job in bulk.insert(Job, rows)]
    after_commit(lambda: publish(messages))


_MARK_QUEUED = CompiledChange(
    lambda: Job.update(state=QUEUED, due=parameter("due"), updated=parameter("now")).where(
        Job.id.in_(id_parameters("ids")),
        # A queued one only if the sweeper sent it again: it may have been postponed meanwhile.
        (Job.state == RECEIVED) | ((Job.state == QUEUED) & (Job.due < parameter("now"))),
    )
)


def mark_queued(ids: Sequence[int]) -> None:
    """Record that messages for these jobs were sent."""
    now = times.now()
    _MARK_QUEUED(ids=ids, now=moment(now), due=moment(now + UNANSWERED_AFTER))


def claim(ids: Sequence[int], lease: timedelta) -> list[Job]:
    """Lease jobs to this worker.

    Returns
    -------
    list[Job]
        Those of `ids` that were free, with their events and awards loaded. The others are done,
        or leased to another worker.
    """
    now, token = times.now(), secrets.token_hex(16)

    def work() -> list[Job]:
        taken = (
            Job.update(
                state=WORKING, lease=token, due=now + lease, attempts=Job.attempts + 1, updated=now
            )
            .where(
                Job.id.in_(list(ids)),
                Job.state.in_((RECEIVED, QUEUED))
                | (Job.state.in_((WORKING, WAITING)) & (Job.due < now)),
            )
            .execute()
        )
        return list(_loaded().where(Job.id.in_(list(ids)), Job.lease == token)) if taken else []

    return transact(work)


def _loaded() -> Any:
    return (
        Job.select(Job, Event, Award, Badge, Webhook)
        .join(Event, JOIN.LEFT_OUTER)
        .switch(Job)
        .join(Webhook, JOIN.LEFT_OUTER, on=(Webhook.system == Job.system), attr="webhook")
        .switch(Job)
        .join(Award, JOIN.LEFT_OUTER)
        .join(Badge, JOIN.LEFT_OUTER)
        .order_by(Job.id)
    )


def is_working(kind: str, award: Award) -> bool:
    """Return whether a worker may be working on a job of this kind for an award now."""
    jobs = Job.select(Job.id).where(Job.kind == kind, Job.award == award, Job.state == WORKING)
    return transact(lambda: bool(jobs.exists()))


def _change(job: Job, **values: Any) -> None:
    """Change a job that is leased to us, in the current transaction."""
    held = (
        Job.update(updated=times.now(), **values)
        .where(Job.id == job.id, Job.state == WORKING, Job.lease == job.lease)
        .execute()
    )
    if not held:
        raise LeaseLostError(f"the lease of job {job.id} was lost")


def _end(
    job: Job, state: str, due: datetime | None, outcome: str | None, reason: str | None, **more: Any
) -> None:
    _change(job, state=state, due=due, outcome=outcome, reason=reason, lease=None, **more)
    if due is not None and due - times.now() <= LONGEST_MESSAGE:
        message = [JobMessage(job.id, job.kind, due)]
        after_commit(lambda: publish(message))


def begin_sending(job: Job) -> None:
    """Record that an irreversible effect begins now; a worker that finds this must not repeat it.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    transact(lambda: _change(job, outcome=SENDING))


def await_confirmation(job: Job, wait: timedelta, reason: str) -> None:
    """Wait for confirmation: the side effect may or may not have happened.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    transact(lambda: _end(job, WAITING, times.now() + wait, UNCONFIRMED, reason))


def confirm(job_id: int, outcome: str) -> bool:
    """Mark a job as done, e.g. when SES reports that it sent the mail.

    Returns
    -------
    bool
        Whether it was waiting for that. Late confirmations of an earlier attempt change nothing.
    """
    change = Job.update(
        state=DONE, outcome=outcome, reason=None, due=None, lease=None, updated=times.now()
    ).where(Job.id == job_id, Job.outcome.in_((SENDING, UNCONFIRMED)))
    return bool(transact(change.execute))


def mark_failed_late(job_id: int, reason: str) -> bool:
    """Mark a finished job as failed, e.g. when SES reports a bounce.

    Returns
    -------
    bool
        Whether there is such a job.
    """
    change = Job.update(state=FAILED, outcome=None, reason=reason, due=None, lease=None)
    return bool(transact(change.where(Job.id == job_id).execute))


def finish(job: Job, outcome: str, *, note: str | None = None) -> None:
    """Mark a job as done, in the same transaction as its effects in this database.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    transact(lambda: _end(job, DONE, None, outcome, note))


def fail(job: Job, reason: str) -> None:
    """Mark a job as failed; it can be retried on the Activity page.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    transact(lambda: _end(job, FAILED, None, None, reason))


def postpone(job: Job, reason: str) -> bool:
    """Schedule the next attempt after a temporary error; fail the job after the last one.

    Returns
    -------
    bool
        Whether there is a next attempt.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    policy = kinds.of(job.kind).retries
    if job.attempts >= policy.attempts:
        fail(job, f"{reason} (gave up after {job.attempts} attempts)")
        return False
    due = times.now() + policy.backoff(job.attempts)
    transact(lambda: _end(job, WAITING, due, None, reason))
    return True


def hold_back(job: Job, until: datetime, reason: str) -> None:
    """Make a job wait until a time; this does not count as an attempt.

    Raises
    ------
    LeaseLostError
        If the lease ended and another worker has the job now.
    """
    transact(lambda: _end(job, WAITING, until, None, reason, attempts=job.attempts - 1))


def retry(job_id: int) -> bool:
    """Run a failed job again, at an administrator's request.

    Returns
    -------
    bool
        Whether there was such a failed job.
    """
    return _start_over(job_id, Job.state == FAILED)


def redeliver(job_id: int) -> bool:
    """Run a repeatable job again, at an administrator's request.

    It may be done or failed; one that is in progress is left alone.

    Returns
    -------
    bool
        Whether there was such a job.
    """
    return _start_over(job_id, Job.kind.in_(kinds.REPEATABLE), Job.state.in_((DONE, FAILED)))


def _start_over(job_id: int, *conditions: Any) -> bool:
    """Reset a job to its first attempt, if it meets the conditions while it is changed."""

    def work() -> bool:
        job = Job.get_or_none(Job.id == job_id, *conditions)
        if job is None:
            return False
        changed = (
            Job.update(
                state=RECEIVED,
                attempts=0,
                outcome=None,
                due=times.now() + UNSENT_AFTER,
                updated=times.now(),
            )
            .where(Job.id == job_id, *conditions)
            .execute()
        )
        if changed:
            message = [JobMessage(job.id, job.kind)]
            after_commit(lambda: publish(message))
        return bool(changed)

    return transact(work)


def by_ids(ids: Sequence[int]) -> dict[int, Job]:
    """Return the jobs with these ids, by id; missing ones are left out."""
    if not ids:
        return {}
    rows = transact(lambda: list(Job.select().where(Job.id.in_(list(ids)))))
    return {row.id: row for row in rows}


def overdue(limit: int = SWEEP_LIMIT) -> list[JobMessage]:
    """Return messages for jobs that are overdue, the longest waiting first.

    They move to the end of the line, so that jobs that cannot be sent do not block the others.
    """

    def work() -> list[JobMessage]:
        now = times.now()
        rows = list(
            Job.select(Job.id, Job.kind)
            .where(Job.due.is_null(False), Job.due < now)
            .order_by(Job.due, Job.id)
            .limit(limit)
        )
        just_over = now - timedelta(microseconds=1)
        # The conditions again: a worker may have claimed or finished one of them since.
        Job.update(due=just_over).where(
            Job.id.in_([row.id for row in rows]), Job.due.is_null(False), Job.due < now
        ).execute()
        return [JobMessage(row.id, row.kind) for row in rows]

    return transact(work)


def unfinished() -> list[JobMessage]:
    """Return messages for all jobs that have not ended, each for when it is due."""
    rows = transact(lambda: list(Job.select().where(Job.due.is_null(False)).order_by(Job.id)))
    held = (WORKING, WAITING)
    return [JobMessage(row.id, row.kind, row.due if row.state in held else None) for row in rows]


def waiting() -> int:
    """Return how many jobs are not ended yet."""
    return transact(
        lambda: int(Job.select(fn.COUNT(Job.id)).where(Job.due.is_null(False)).scalar())
    )
