"""The log of deliveries to systems' webhooks, with their states, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from chalicelib.data.connection import transactional
from chalicelib.data.models import Event, Job, System
from chalicelib.domain.events.events import DELIVERY
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.activity import WAITING, Show
from chalicelib.domain.shared.pagination import PageSize

MOST_SYSTEMS = 500  # to choose from
_STATES = {Show.WAITING: WAITING, Show.FAILED: (outbox.FAILED,), Show.DONE: (outbox.DONE,)}


@dataclass(frozen=True)
class Page:
    """One page of the log.

    Parameters
    ----------
    jobs : list[Job]
        The deliveries, with their events (without bodies) and the systems that are not deleted.
    number : int
        Which page it is; the first is 1.
    is_last : bool
        Whether no older ones follow.
    """

    jobs: list[Job]
    number: int
    is_last: bool


@transactional
def page(show: Show, number: int, system: str | None = None) -> Page:
    """Return a page of the log, in one statement that counts nothing.

    Parameters
    ----------
    show : Show
        Those in which state.
    number : int
        Which page.
    system : str, optional
        Slug of the only system whose deliveries are wanted.
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
        .where(Job.kind == DELIVERY)
    )
    if show in _STATES:
        found = found.where(Job.state.in_(_STATES[show]))
    if system:
        found = found.where(Job.system == System.select(System.id).where(System.slug == system))
    size = PageSize.DELIVERIES
    jobs = list(found.order_by(Job.id.desc()).limit(size + 1).offset((number - 1) * size))
    return Page(jobs[:size], number, is_last=len(jobs) <= size)


@transactional
def systems() -> list[System]:
    """Return slugs and names of systems to choose from, by their names."""
    rows: Any = System.select(System.slug, System.name).order_by(System.name, System.id)
    return list(rows.limit(MOST_SYSTEMS))
