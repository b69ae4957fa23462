"""Activity: the events, newest first, each with what was done about it.

An event is *waiting* while one of its jobs is not ended, *failed* while one of them failed, and
*done* when all of them are. An event without jobs is in none of these: nothing is done about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from peewee import Case, fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Event, Job
from chalicelib.domain.jobs import outbox
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import PageSize

WAITING = (outbox.RECEIVED, outbox.QUEUED, outbox.WORKING, outbox.WAITING)
UNFINISHED = (*WAITING, outbox.FAILED)

# The columns of an index that holds all that a page shows and filters by, so that no bodies are read
# to look for something; what came in the same microsecond stands in some order, always the same.
_NEWEST_FIRST = (
    Event.received, Event.action, Event.badge_slug, Event.subject, Event.source, Event.id,
)  # fmt: skip


class Show(StrEnum):
    """Which events to show."""

    ALL = "all"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True)
class Filters:
    """Which events are looked for. What is None does not matter.

    Parameters
    ----------
    action : str, optional
        What happened.
    badge : str, optional
        The badge's slug, or a part of it.
    address : str, optional
        The earner's: one that is whole is looked for exactly, and what is not in all that hold it.
        Neither cares for upper and lower case.
    since, until : date, optional
        The first and the last day, in UTC.
    event : int, optional
        This one alone.
    """

    action: str | None = None
    badge: str | None = None
    address: str | None = None
    since: date | None = None
    until: date | None = None
    event: int | None = None

    def conditions(self) -> list[Any]:
        """Return what an event must fulfil."""
        wanted: list[Any] = []
        if self.event is not None:
            wanted.append(Event.id == self.event)
        if self.action:
            # Not as it is: MariaDB would leave a constant out of the order, and then sort everything.
            wanted.append(fn.LOWER(Event.action) == self.action.lower())
        if self.badge:
            wanted.append(fn.LOWER(Event.badge_slug).contains(self.badge.lower()))
        if self.address:
            subject, key = fn.LOWER(Event.subject), email_addresses.key(self.address)
            wanted.append(
                subject == key if email_addresses.is_address(key) else subject.contains(key)
            )
        if self.since:
            wanted.append(Event.received >= datetime.combine(self.since, time.min, UTC))
        if self.until:
            wanted.append(Event.received <= datetime.combine(self.until, time.max, UTC))
        return wanted


EVERYTHING = Filters()


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
def page(show: Show, number: int, filters: Filters = EVERYTHING) -> Page:
    """Return a page of events with their jobs, in two statements however long it is."""
    events = list(
        _narrowed(_events(show), filters.conditions())
        .order_by(*(column.desc() for column in _NEWEST_FIRST))
        .limit(PageSize.ACTIVITY + 1)
        .offset((number - 1) * PageSize.ACTIVITY)
    )
    shown = events[: PageSize.ACTIVITY]
    jobs: dict[int, list[Job]] = defaultdict(list)
    theirs: Any = Job.select().where(Job.event.in_([event.id for event in shown]))
    for job in theirs.order_by(Job.id):
        jobs[job.event_id].append(job)
    entries = [Entry(event, jobs[event.id]) for event in shown]
    return Page(entries, number, is_last=len(events) <= PageSize.ACTIVITY)


def _events(show: Show) -> Any:
    events = Event.select(
        Event.id, Event.action, Event.source, Event.subject, Event.badge_slug, Event.received
    )
    if show is Show.WAITING:
        return events.where(Event.id.in_(_with_job_in(WAITING)))
    if show is Show.FAILED:
        return events.where(Event.id.in_(_with_job_in((outbox.FAILED,))))
    if show is Show.DONE:
        return events.where(_acted_on(), Event.id.not_in(_with_job_in(UNFINISHED)))
    return events


def _with_job_in(states: tuple[str, ...]) -> Any:
    return Job.select(Job.event).where(Job.state.in_(states), Job.event.is_null(False))


def _acted_on() -> Any:
    """Return the condition that an event has jobs; looked up for each, as EXISTS is not always."""
    return Job.select(fn.COUNT(Job.id)).where(Job.event == Event.id) > 0


@transactional
def counts(filters: Filters = EVERYTHING) -> dict[Show, int]:
    """Return how many of the events that are looked for there are to show, in two statements."""
    conditions = filters.conditions()
    open_jobs = Job.select(
        fn.COUNT(fn.DISTINCT(Case(None, [(Job.state == outbox.FAILED, Job.event)]))),
        fn.COUNT(fn.DISTINCT(Case(None, [(Job.state != outbox.FAILED, Job.event)]))),
        fn.COUNT(fn.DISTINCT(Job.event)),
    ).where(Job.state.in_(UNFINISHED))
    if conditions:
        open_jobs = open_jobs.join(Event).where(*conditions)
        acted_on: Any = fn.SUM(Case(None, [(_acted_on(), 1)], 0))
    else:
        acted_on = Job.select(fn.COUNT(fn.DISTINCT(Job.event)))
    failed, waiting, unfinished = open_jobs.scalar(as_tuple=True)
    events = _narrowed(Event.select(fn.COUNT(Event.id), acted_on), conditions)
    every, with_jobs = events.scalar(as_tuple=True)
    return {
        Show.ALL: every,
        Show.WAITING: waiting,
        Show.FAILED: failed,
        Show.DONE: int(with_jobs or 0) - unfinished,
    }


def _narrowed(query: Any, conditions: Sequence[Any]) -> Any:
    return query.where(*conditions) if conditions else query
