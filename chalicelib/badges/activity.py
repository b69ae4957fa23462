"""Activity: the events, newest first, each with what was done about it.

An event is *waiting* while one of its jobs is not ended, *failed* while one of them failed, and
*done* when all of them are. An event without jobs is in none of these: nothing is done about it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import Case, fn

from chalicelib.badges import outbox
from chalicelib.data.connection import transactional
from chalicelib.data.models import Event, Job

PER_PAGE = 25
WAITING = (outbox.RECEIVED, outbox.QUEUED, outbox.WORKING, outbox.WAITING)
UNFINISHED = (*WAITING, outbox.FAILED)


class Show(StrEnum):
    """Which events to show."""

    ALL = "all"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True)
class Entry:
    """An event and its jobs, in the order they were written."""

    event: Event
    jobs: list[Job]


@dataclass(frozen=True)
class Page:
    """One page of events.

    Parameters
    ----------
    entries : list[Entry]
        The events.
    number : int
        Which page it is; the first is 1.
    is_last : bool
        Whether no older events follow.
    """

    entries: list[Entry]
    number: int
    is_last: bool


@transactional
def page(show: Show, number: int) -> Page:
    """Return a page of events with their jobs, in two statements however long it is."""
    events = list(
        _events(show)
        .order_by(Event.id.desc())
        .limit(PER_PAGE + 1)
        .offset((number - 1) * PER_PAGE)
    )  # fmt: skip
    shown = events[:PER_PAGE]
    jobs: dict[int, list[Job]] = defaultdict(list)
    theirs: Any = Job.select().where(Job.event.in_([event.id for event in shown]))
    for job in theirs.order_by(Job.id):
        jobs[job.event_id].append(job)
    entries = [Entry(event, jobs[event.id]) for event in shown]
    return Page(entries, number, is_last=len(events) <= PER_PAGE)


def _events(show: Show) -> Any:
    events = Event.select(
        Event.id, Event.action, Event.source, Event.subject, Event.badge_slug, Event.received
    )
    if show is Show.WAITING:
        return events.where(Event.id.in_(_with_job_in(WAITING)))
    if show is Show.FAILED:
        return events.where(Event.id.in_(_with_job_in((outbox.FAILED,))))
    if show is Show.DONE:
        return events.where(
            Event.id.in_(_with_job_in((outbox.DONE,))), Event.id.not_in(_with_job_in(UNFINISHED))
        )
    return events


def _with_job_in(states: tuple[str, ...]) -> Any:
    return Job.select(Job.event).where(Job.state.in_(states), Job.event.is_null(False))


@transactional
def counts() -> dict[Show, int]:
    """Return how many events there are to show, in two statements."""
    failed, waiting, unfinished = (
        Job.select(
            fn.COUNT(fn.DISTINCT(Case(None, [(Job.state == outbox.FAILED, Job.event)]))),
            fn.COUNT(fn.DISTINCT(Case(None, [(Job.state != outbox.FAILED, Job.event)]))),
            fn.COUNT(fn.DISTINCT(Job.event)),
        )
        .where(Job.state.in_(UNFINISHED))
        .scalar(as_tuple=True)
    )
    with_jobs = Job.select(fn.COUNT(fn.DISTINCT(Job.event)))
    every, acted_on = Event.select(fn.COUNT(Event.id), with_jobs).scalar(as_tuple=True)
    return {
        Show.ALL: every,
        Show.WAITING: waiting,
        Show.FAILED: failed,
        Show.DONE: acted_on - unfinished,
    }
