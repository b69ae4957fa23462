"""The outbox: one row for each thing to do, written with what caused it, in one transaction.

The row is the truth and a queue message only the wake-up call, so messages may be lost, repeated
or late. `due` is the one clock of a row: when the sweeper should wake somebody for it (again), or,
while it is worked on, when its lease ends. A finished or failed row is never due.

States: ``received`` (written), ``queued`` (a message was sent), ``working`` (leased),
``waiting`` (for another try, or for word of whether it was done), ``done`` (with an outcome in
a word or two) and ``failed`` (with the reason; somebody can retry it).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, IntegrityError, fn

from chalicelib import times
from chalicelib.data import bulk
from chalicelib.data.compiled_queries import Change, numbers, value
from chalicelib.data.connection import after_commit, transact
from chalicelib.data.fields import moment
from chalicelib.data.models import Award, Badge, Event, Job, Webhook
from chalicelib.domain.jobs import kinds
from chalicelib.domain.jobs.messages import Call

RECEIVED, QUEUED, WORKING, DONE, FAILED = "received", "queued", "working", "done", "failed"
WAITING = "waiting"
# Outcomes on the way: what cannot be taken back began, and word of whether it happened is awaited.
SENDING, UNCONFIRMED = "sending", "not confirmed"

UNSENT_AFTER = timedelta(seconds=30)
UNANSWERED_AFTER = timedelta(minutes=15)
SWEEP_LIMIT = 500

# Sends messages for jobs; set by `chalicelib.wiring`, so that the domain knows no queue.
announce: Callable[[Sequence[Call]], None] = lambda calls: None  # noqa: E731


class LeaseLostError(Exception):
    """Somebody else took the job over; whatever was done in this transaction must not count."""


def add(
    kind: str,
    *,
    event: Event | None = None,
    award: Award | None = None,
    key: str | None = None,
) -> bool:
    """Write a job down, in the transaction under way; its wake-up call follows the commit.

    Parameters
    ----------
    kind : str
        What is to be done: the name of a row in `kinds`.
    event : Event, optional
        What caused it.
    award : Award, optional
        The award it is about.
    key : str, optional
        Makes the job one of a kind: a second one with the same key is not written.

    Returns
    -------
    bool
        Whether the job is new.
    """
    try:
        job = Job.create(
            kind=kind, key=key, event=event, award=award, state=RECEIVED,
            due=times.now() + UNSENT_AFTER,
        )  # fmt: skip
    except IntegrityError:
        if key is None or not Job.select().where(Job.key == key).exists():
            raise
        return False
    call = [Call(job.id, kind)]
    after_commit(lambda: announce(call))
    return True


def add_all(jobs: Sequence[dict[str, Any]]) -> None:
    """Write jobs down that are surely new, in the transaction under way.

    Parameters
    ----------
    jobs : Sequence[dict[str, Any]]
        Each with its ``kind`` and ``event``, and perhaps ``award`` and ``system``.
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
    calls = [Call(job.id, job.kind) for job in bulk.insert(Job, rows)]
    after_commit(lambda: announce(calls))


_MARK_QUEUED = Change(
    lambda: Job.update(state=QUEUED, due=value("due"), updated=value("now")).where(
        Job.id.in_(numbers("ids")),
        # A queued one only if the sweeper sent again: it may have been postponed meanwhile.
        (Job.state == RECEIVED) | ((Job.state == QUEUED) & (Job.due < value("now"))),
    )
)


def mark_queued(ids: Sequence[int]) -> None:
    """Note that messages for these jobs were sent."""
    now = times.now()
    _MARK_QUEUED(ids=ids, now=moment(now), due=moment(now + UNANSWERED_AFTER))


def claim(ids: Sequence[int], lease: timedelta) -> list[Job]:
    """Take jobs to work on, for as long as the lease lasts.

    Returns
    -------
    list[Job]
        Those of `ids` that were free, with their events and awards loaded. The others are done,
        or somebody else is at them.
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


def _change(job: Job, **values: Any) -> None:
    """Change a job that is ours, in the transaction under way."""
    held = (
        Job.update(updated=times.now(), **values)
        .where(Job.id == job.id, Job.state == WORKING, Job.lease == job.lease)
        .execute()
    )
    if not held:
        raise LeaseLostError(f"job {job.id} is no longer ours")


def _end(
    job: Job, state: str, due: datetime | None, outcome: str | None, reason: str | None
) -> None:
    _change(job, state=state, due=due, outcome=outcome, reason=reason, lease=None)
    if due is not None:
        call = [Call(job.id, job.kind, due)]
        after_commit(lambda: announce(call))


def begin_sending(job: Job) -> None:
    """Note that what cannot be taken back begins now; whoever finds it left so must not go on.

    Raises
    ------
    LeaseLostError
        If the lease ended and somebody else has the job now.
    """
    transact(lambda: _change(job, outcome=SENDING))


def await_word(job: Job, wait: timedelta, reason: str) -> None:
    """Leave a job alone until word of it is due: it may have been done, or not.

    Raises
    ------
    LeaseLostError
        If the lease ended and somebody else has the job now.
    """
    transact(lambda: _end(job, WAITING, times.now() + wait, UNCONFIRMED, reason))


def confirm(job_id: int, outcome: str) -> bool:
    """Note that a job whose sending began was done, on the word of whoever did it in the end.

    Returns
    -------
    bool
        Whether that was news. Late word of an earlier attempt changes nothing.
    """
    return bool(
        transact(
            lambda: (
                Job.update(
                    state=DONE,
                    outcome=outcome,
                    reason=None,
                    due=None,
                    lease=None,
                    updated=times.now(),
                )
                .where(Job.id == job_id, Job.outcome.in_((SENDING, UNCONFIRMED)))
                .execute()
            )
        )
    )


def refute(job_id: int, reason: str) -> bool:
    """Note that what a job had done came to nothing after all.

    Returns
    -------
    bool
        Whether there is such a job.
    """
    return bool(
        transact(
            lambda: (
                Job.update(state=FAILED, outcome=None, reason=reason, due=None, lease=None)
                .where(Job.id == job_id)
                .execute()
            )
        )
    )


def finish(job: Job, outcome: str, *, note: str | None = None) -> None:
    """Note that a job is done; in the same transaction as its effects, if it has any here.

    Raises
    ------
    LeaseLostError
        If the lease ended and somebody else has the job now.
    """
    transact(lambda: _end(job, DONE, None, outcome, note))


def fail(job: Job, reason: str) -> None:
    """Give a job up, for a person to look at.

    Raises
    ------
    LeaseLostError
        If the lease ended and somebody else has the job now.
    """
    transact(lambda: _end(job, FAILED, None, None, reason))


def postpone(job: Job, reason: str) -> bool:
    """Put a job back after trouble that may pass, or give it up after too many attempts.

    Returns
    -------
    bool
        Whether it will be tried again.

    Raises
    ------
    LeaseLostError
        If the lease ended and somebody else has the job now.
    """
    policy = kinds.of(job.kind).retries
    if job.attempts >= policy.attempts:
        fail(job, f"{reason} (given up after {job.attempts} attempts)")
        return False
    due = times.now() + policy.backoff(job.attempts)
    transact(lambda: _end(job, WAITING, due, None, reason))
    return True


def retry(job_id: int) -> bool:
    """Start a failed job over, as an administrator asks for.

    Returns
    -------
    bool
        Whether there was such a failed job.
    """
    return _start_over(job_id, Job.state == FAILED)


def again(job_id: int) -> bool:
    """Do once more what may be done any number of times, as an administrator asks for.

    Whether it was done or failed makes no difference; one that is under way is left alone.

    Returns
    -------
    bool
        Whether there was such a job.
    """
    return _start_over(job_id, Job.kind.in_(kinds.REPEATABLE), Job.state.in_((DONE, FAILED)))


def _start_over(job_id: int, *conditions: Any) -> bool:
    """Have a job done from its beginning, if it still fulfils the conditions when that is written."""

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
            call = [Call(job.id, job.kind)]
            after_commit(lambda: announce(call))
        return bool(changed)

    return transact(work)


def known(ids: Sequence[int]) -> dict[int, Job]:
    """Return those of these jobs that there are, by their ids."""
    if not ids:
        return {}
    rows = transact(lambda: list(Job.select().where(Job.id.in_(list(ids)))))
    return {row.id: row for row in rows}


def overdue(limit: int = SWEEP_LIMIT) -> list[Call]:
    """Return calls for the jobs that nobody seems to be at, the longest waiting first.

    They go to the end of the line, so that some that cannot be woken do not keep others waiting.
    """

    def work() -> list[Call]:
        now = times.now()
        rows = list(
            Job.select(Job.id, Job.kind)
            .where(Job.due.is_null(False), Job.due < now)
            .order_by(Job.due, Job.id)
            .limit(limit)
        )
        just_over = now - timedelta(microseconds=1)
        # Looked at again: somebody may have taken or ended one of them since.
        Job.update(due=just_over).where(
            Job.id.in_([row.id for row in rows]), Job.due.is_null(False), Job.due < now
        ).execute()
        return [Call(row.id, row.kind) for row in rows]

    return transact(work)


def unfinished() -> list[Call]:
    """Return calls for all jobs that have not ended, each for when it is due."""
    rows = transact(lambda: list(Job.select().where(Job.due.is_null(False)).order_by(Job.id)))
    held = (WORKING, WAITING)
    return [Call(row.id, row.kind, row.due if row.state in held else None) for row in rows]


def waiting() -> int:
    """Return how many jobs are not ended yet."""
    return transact(
        lambda: int(Job.select(fn.COUNT(Job.id)).where(Job.due.is_null(False)).scalar())
    )
