"""The log of deliveries to systems' webhooks, with their states, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from chalicelib.data.connection import transactional
from chalicelib.data.models import Event, Job, System
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.jobs.activity import WAITING, Show
from chalicelib.domain.shared.pagination import PageSize

MOST_SYSTEMS = 500  # in the filter
_STATES = {Show.WAITING: WAITING, Show.FAILED: (outbox.FAILED,), Show.DONE: (outbox.DONE,)}


@dataclass(frozen=True)
class Page:
    """One page of the log.

    Parameters
    ----------
    jobs : list[Job]
        The deliveries, with their events (without bodies) and systems (unless deleted).
    number : int
        Which page it is; the first is 1.
    is_last : bool
        Whether this is the last page.
    """

    jobs: list[Job]
    number: int
    is_last: bool


@transactional
def page(show: Show, number: int, system: str | None = None) -> Page:
    """Return a page of the log, in one statement and without a count.

    Parameters
    ----------
    show : Show
        Deliveries in which state.
    number : int
        Which page.
    system : str, optional
        Slug of a system: only its deliveries.
    """
    found: Any = (
        Job.select(
            Job,
            Event.id,
            Event.action,
            Event.subject,
            Event.badge_slug,
            System.id,
            System.slug,
            System.name,
        )
        .join(Event)
        .switch(Job)
        .join(System, JOIN.LEFT_OUTER)
        .where(Job.kind == kinds.DELIVERY)
    )
    if show in _STATES:
        found = found.where(Job.state.in_(_STATES[show]))
    if system:
        found = found.where(Job.system == System.select(System.id).where(System.called(system)))
    size = PageSize.DELIVERIES
    jobs = list(found.order_by(Job.id.desc()).limit(size + 1).offset((number - 1) * size))
    return Page(jobs[:size], number, is_last=len(jobs) <= size)


@transactional
def systems() -> list[System]:
    """Return slugs and names of the systems for the filter, ordered by name."""
    rows: Any = System.select(System.slug, System.name).order_by(System.name, System.id)
    return list(rows.limit(MOST_SYSTEMS))
