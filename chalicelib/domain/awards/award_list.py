"""The awards of a badge or a place for lists, each with the state of its mail; sending it again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from peewee import JOIN

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Issuer, Job, Program
from chalicelib.domain.awards import validity
from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.domain.badges import badges, quotas
from chalicelib.domain.events import mail_policy
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.kinds import AWARD, AWARD_MAIL
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import Listed, Page, listed

PAUSE = timedelta(minutes=1)  # between two mails of one award


class Resending(StrEnum):
    """The result of a request to send an award's mail again."""

    QUEUED = "queued"
    REVOKED = "revoked"
    TURNED_OFF = "turned off"
    EXPIRED = "expired"
    UNDER_WAY = "under way"
    TOO_SOON = "too soon"


_NO_LONGER = {AwardStatus.REVOKED: Resending.REVOKED, AwardStatus.EXPIRED: Resending.EXPIRED}


@dataclass(frozen=True)
class Entry:
    """An award in the list.

    Parameters
    ----------
    award : Award
        The award.
    status : AwardStatus
        Its present status.
    job : Job or None
        The job of its newest mail; before there is one, the job that bakes the award.
    can_resend : bool
        Whether its mail may be sent again: it is valid, or will be, and the system mails earners.
    """

    award: Award
    status: AwardStatus
    job: Job | None
    can_resend: bool

    @property
    def is_mailed(self) -> bool:
        """Whether its newest mail was sent."""
        job = self.job
        if job is None or job.kind != AWARD_MAIL:
            return False
        return job.state == outbox.DONE and job.outcome != outbox.NOT_NEEDED

    @property
    def has_failed(self) -> bool:
        """Whether its mail failed, so that it is only sent if a person retries it."""
        return self.job is not None and self.job.state == outbox.FAILED

    @property
    def is_under_way(self) -> bool:
        """Whether its mail is about to be sent."""
        return self.job is not None and self.job.state not in (outbox.DONE, outbox.FAILED)


@transactional
def find(badge: Badge, search: str, show: AwardStatus | None, page: Page) -> Listed[Entry]:
    """Return a page of a badge's awards with their emails (see `of_badge`), in three statements."""
    return with_emails(of_badge(badge, search, show, page))


@transactional
def of_badge(badge: Badge, search: str, show: AwardStatus | None, page: Page) -> Listed[Award]:
    """Return a page of a badge's awards, the newest first.

    Parameters
    ----------
    badge : Badge
        Which badge.
    search : str
        What the address contains; may be empty.
    show : AwardStatus or None
        The status to list; None lists all.
    page : Page
        Which page.
    """
    query: Any = Award.select().where(Award.badge == badge, *_conditions(search, show))
    found = listed(query.order_by(Award.position.desc(), Award.id.desc()), page)
    for award in found.rows:
        award.badge = badge
    return found


@transactional
def in_place(
    scope: Scope,
    search: str,
    show: AwardStatus | None,
    page: Page,
    *,
    among: Any = None,
) -> Listed[Award]:
    """Return a page of the awards of all badges in a place and within it, the newest first.

    Parameters
    ----------
    scope : Scope
        The place.
    search, show, page
        As in `of_badge`.
    among : Any, optional
        A query for the ids of the badges to show awards of, as `areas.badges_in` makes it.
    """
    query: Any = (
        Award.select(Award, Badge, Issuer, Program)
        .join(Badge)
        .join(Issuer, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Program, JOIN.LEFT_OUTER)
        .where(badges.inside(scope), *_conditions(search, show))
    )
    if among is not None:
        query = query.where(Award.badge.in_(among))
    found = listed(query.order_by(Award.id.desc()), page)
    for award in found.rows:
        award.badge.system = scope.system
    return found


def _conditions(search: str, show: AwardStatus | None) -> list[Any]:
    found = []
    if search:
        found.append(Award.email_key.contains(email_addresses.key(search)))
    if show is not None:
        found.append(validity.having(show))
    return found


@transactional
def with_emails(found: Listed[Award]) -> Listed[Entry]:
    """Return awards, loaded with their badges, with the state of their emails, in one statement."""
    jobs = _newest([award.id for award in found.rows])
    entries = [
        Entry(
            award, validity.status_of(award), jobs.get(award.id), not _refusal(award, award.badge)
        )
        for award in found.rows
    ]
    return Listed(entries, found.total)


def _newest(ids: list[int]) -> dict[int | None, Job]:
    """Return the newest mail job of each award, or its baking job if there is no mail yet."""
    newest: dict[int | None, Job] = {}
    jobs = (
        Job.select().where(Job.award.in_(ids), Job.kind.in_((AWARD_MAIL, AWARD))).order_by(Job.id)
    )
    for job in jobs:
        if job.kind == AWARD_MAIL or job.award_id not in newest:
            newest[job.award_id] = job
    return newest


@transactional
def send_again(award: Award) -> Resending:
    """Send an award's mail once more, unless one is queued or was sent less than `PAUSE` ago.

    The mail of an award that is no longer valid is not sent again: it would not be proof.

    A failed mail is retried, which can happen on the Activity page at the same time.
    """
    if award.badge_id is not None:
        quotas.lock(award.badge_id)  # a concurrent request waits, and sees the new job
    now = Award.get_by_id(award.id)
    if refusal := _refusal(now):
        return refusal
    last = _newest([award.id]).get(award.id)
    if last is None and now.baked_key is None:  # recorded, and not baked yet
        return Resending.UNDER_WAY
    if last is not None and last.state == outbox.FAILED:
        return Resending.QUEUED if outbox.retry(last.id) else Resending.UNDER_WAY
    if last is not None and last.state != outbox.DONE:
        return Resending.UNDER_WAY
    if last is not None and last.updated > times.now() - PAUSE:
        return Resending.TOO_SOON
    key = f"{AWARD_MAIL}:{award.id}:{secrets.token_hex(8)}"
    outbox.add(AWARD_MAIL, event=last.event if last else None, award=now, key=key)
    return Resending.QUEUED


def _refusal(award: Award, badge: Badge | None = None) -> Resending | None:
    """Return why no mail of an award is sent at all, or None."""
    if refusal := _NO_LONGER.get(validity.status_of(award)):
        return refusal
    return None if mail_policy.allows_for(award, badge) else Resending.TURNED_OFF
