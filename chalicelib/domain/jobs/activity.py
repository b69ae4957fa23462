"""Activity: the events, newest first, each with its jobs.

An event is *waiting* while one of its jobs has not ended, *failed* while one of them is failed, and
*done* when all of them are done. An event without jobs is none of these: it is ignored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from peewee import JOIN, Case, fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.jobs import outbox
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import PageSize

WAITING = (outbox.RECEIVED, outbox.QUEUED, outbox.WORKING, outbox.WAITING)
UNFINISHED = (*WAITING, outbox.FAILED)

# The columns of an index that covers all that a page shows and filters by, so that searching reads no
# bodies; events of the same microsecond have an arbitrary but stable order.
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
    """Which events to look for. None means any.

    Parameters
    ----------
    action : str, optional
        The event's action.
    badge : str, optional
        The badge's slug, or a part of it.
    address : str, optional
        The earner's e-mail address: a complete one must match, a partial one must be contained;
        case does not matter.
    since, until : date, optional
        The first and the last day, in UTC.
    event : int, optional
        The id of a single event.
    badges : Any, optional
        A query for the ids of the badges that the events are about, as `areas.badges_in` makes it.
    """

    action: str | None = None
    badge: str | None = None
    address: str | None = None
    since: date | None = None
    until: date | None = None
    event: int | None = None
    badges: Any = None

    def conditions(self) -> list[Any]:
        """Return the conditions for the query."""
        found: list[Any] = []
        if self.event is not None:
            found.append(Event.id == self.event)
        if self.action:
            # Not a plain comparison: MariaDB would drop the constant from the order, then sort all rows.
            found.append(fn.LOWER(Event.action) == self.action.lower())
        if self.badge:
            found.append(fn.LOWER(Event.badge_slug).contains(self.badge.lower()))
        if self.address:
            subject, key = fn.LOWER(Event.subject), email_addresses.key(self.address)
            found.append(
                subject == key if email_addresses.is_address(key) else subject.contains(key)
            )
        if self.since:
            found.append(Event.received >= datetime.combine(self.since, time.min, UTC))
        if self.until:
            found.append(Event.received <= datetime.combine(self.until, time.max, UTC))
        if self.badges is not None:
            found.append(Event.badge_id.in_(self.badges))
        return found


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Entry:
    """An event and its jobs, in the order they were added."""

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
        Whether this is the last page.
    """

    entries: list[Entry]
    number: int
    is_last: bool


@transactional
def page(show: Show, number: int, filters: Filters = NO_FILTERS) -> Page:
    """Return a page of events with their jobs, in two statements however long it is."""
    events = list(
        _filtered(_events(show), filters.conditions())
        .order_by(*(column.desc() for column in _NEWEST_FIRST))
        .limit(PageSize.ACTIVITY + 1)
        .offset((number - 1) * PageSize.ACTIVITY)
    )
    shown = events[: PageSize.ACTIVITY]
    jobs: dict[int, list[Job]] = defaultdict(list)
    rows: Any = Job.select().where(Job.event.in_([event.id for event in shown]))
    for job in rows.order_by(Job.id):
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
        return events.where(_has_jobs(), Event.id.not_in(_with_job_in(UNFINISHED)))
    return events


def _with_job_in(states: tuple[str, ...]) -> Any:
    return Job.select(Job.event).where(Job.state.in_(states), Job.event.is_null(False))


def _has_jobs() -> Any:
    """Return the condition that an event has jobs; a subquery per row, which EXISTS is not always."""
    return Job.select(fn.COUNT(Job.id)).where(Job.event == Event.id) > 0


@transactional
def counts(filters: Filters = NO_FILTERS) -> dict[Show, int]:
    """Return how many of the filtered events there are in each state, in two statements."""
    conditions = filters.conditions()
    open_jobs = Job.select(
        fn.COUNT(fn.DISTINCT(Case(None, [(Job.state == outbox.FAILED, Job.event)]))),
        fn.COUNT(fn.DISTINCT(Case(None, [(Job.state != outbox.FAILED, Job.event)]))),
        fn.COUNT(fn.DISTINCT(Job.event)),
    ).where(Job.state.in_(UNFINISHED))
    if conditions:
        open_jobs = open_jobs.join(Event).where(*conditions)
        with_any_job: Any = fn.SUM(Case(None, [(_has_jobs(), 1)], 0))
    else:
        with_any_job = Job.select(fn.COUNT(fn.DISTINCT(Job.event)))
    failed, waiting, unfinished = open_jobs.scalar(as_tuple=True)
    events = _filtered(Event.select(fn.COUNT(Event.id), with_any_job), conditions)
    every, with_jobs = events.scalar(as_tuple=True)
    return {
        Show.ALL: every,
        Show.WAITING: waiting,
        Show.FAILED: failed,
        Show.DONE: int(with_jobs or 0) - unfinished,
    }


def failed(filters: Filters) -> Any:
    """Return the query for the ids of the filtered events of which something failed."""
    jobs = Job.select(Job.event).where(Job.state == outbox.FAILED, Job.event.is_null(False))
    if conditions := filters.conditions():
        jobs = jobs.join(Event).where(*conditions)
    return jobs.distinct()


@transactional
def badge_of(job_id: int) -> Badge | None:
    """Return the badge that a job is about: that of its event, or else of its award."""
    found: Any = Job.select(Event.badge_id, Award.badge_id).where(Job.id == job_id)
    found = found.join(Event, JOIN.LEFT_OUTER).switch(Job).join(Award, JOIN.LEFT_OUTER)
    for ids in found.tuples():
        return next((Badge.get_or_none(Badge.id == one) for one in ids if one is not None), None)
    return None


def _filtered(query: Any, conditions: Sequence[Any]) -> Any:
    return query.where(*conditions) if conditions else query
