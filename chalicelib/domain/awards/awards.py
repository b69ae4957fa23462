"""Awards: who has which badge. An address has a badge at most once, also under concurrency.

Awarding a badge locks its row and, before that, the milestones of its system if the badge counts
towards any: concurrent transactions see each other's awards, and the fixed order avoids deadlocks.
Unique keys decide the remaining races: those for slugs and origins.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import IntegrityError

from chalicelib import times
from chalicelib.data import bulk, compiled_queries
from chalicelib.data.compiled_queries import parameter
from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Milestone
from chalicelib.domain.awards import milestones, validity
from chalicelib.domain.badges import badges, block_counts, quotas
from chalicelib.domain.events import events
from chalicelib.domain.shared import email_addresses, slugs
from chalicelib.errors import Conflict

log = logging.getLogger("badgekit")


def active_key(badge: Badge, email: str) -> str:
    """Return the unique key that two active awards of a badge to an address would share."""
    return hashlib.sha256(f"{badge.id}:{email_addresses.key(email)}".encode()).hexdigest()


@transactional
def give(
    badge: Badge,
    email: str,
    *,
    origin: str | None = None,
    slug: str | None = None,
    comment: str | None = None,
    note: str | None = None,
    issued_on: datetime | None = None,
    expires: datetime | None = None,
    claim_code: str | None = None,
    adoptable: bool | None = None,
) -> tuple[Award, bool]:
    """Award a badge, unless the address has it or an award of this origin exists.

    Parameters
    ----------
    badge : Badge
        Which badge.
    email : str
        To whom, kept as typed.
    origin : str, optional
        What the award results from, such as ``application:<slug>``; it leads to one award at most,
        even after a revocation.
    slug, comment, issued_on, expires, claim_code
        As in a badge instance.
    note : str, optional
        A note to the earner, for the email only.
    adoptable : bool, optional
        As in the table.

    Returns
    -------
    tuple[Award, bool]
        The award, and whether it is new. A new one is written with its event and with the awards
        of the milestones that it completes.

    Raises
    ------
    ValidationError
        If it is not an email address, or the award would expire before it is issued.
    Conflict
        If the badge is archived, its award limit is reached, or the slug is taken.
    """
    if not email_addresses.is_address(email):
        raise email_addresses.refused(email)
    validity.check_period(issued_on, expires)
    _lock_milestones(badge)
    if not quotas.add_award(badge):
        known = _existing(badge, email, origin)
        if known is not None:
            return known, False
        raise quotas.refusal(badge)
    values = {
        "origin": origin, "comment": comment, "note": note, "issued_on": issued_on,
        "expires": expires, "claim_code": claim_code, "adoptable": adoptable,
    }  # fmt: skip
    award = insert(badge, email, slug, **values)
    if award is None and not by_origin(origin) and _retire_expired(badge, email):
        award = insert(badge, email, slug, **values)
    if award is None:
        quotas.count(badge.id, awards=-1, positions=-1)
        return existing_after_race(badge, email, origin, slug), False
    _follow_up(badge, [award])
    return award, True


@transactional
def give_all(
    badge: Badge,
    emails: Sequence[str],
    *,
    comment: str | None = None,
    issued_on: datetime | None = None,
    expires: datetime | None = None,
) -> list[Award]:
    """Award a badge to all addresses that do not have it yet, or to none of them.

    It takes a few statements for each 200 addresses.

    Parameters
    ----------
    badge : Badge
        Which badge.
    emails : Sequence[str]
        To whom, kept as typed; of an address listed twice, the first spelling.
    comment, issued_on, expires
        As in a badge instance.

    Returns
    -------
    list[Award]
        The new awards.

    Raises
    ------
    ValidationError
        If an entry is not an email address, or the awards would expire before they are issued.
    Conflict
        If the badge is archived, or its award limit would be exceeded.
    """
    validity.check_period(issued_on, expires)
    for email in emails:
        if not email_addresses.is_address(email):
            raise email_addresses.refused(email)
    _lock_milestones(badge)
    room = quotas.remaining(badge)
    wanted = not_yet_awarded(badge, emails)
    if not wanted:
        return []
    if room is not None and room < len(wanted):
        raise quotas.refusal(badge)
    given = _insert_all(badge, wanted, comment=comment, issued_on=issued_on, expires=expires)
    _follow_up(badge, given)
    return given


def _lock_milestones(badge: Badge) -> None:
    if badges.award_effects(badge).counts_for_milestones:
        milestones.lock(badge.system_id)


def not_yet_awarded(badge: Badge, emails: Sequence[str]) -> list[str]:
    """Return the addresses that do not have a badge, each once; expired awards do not count."""
    wanted: dict[str, str] = {}
    for email in emails:
        wanted.setdefault(active_key(badge, email), email)
    for piece in bulk.chunks(list(wanted)):
        for award in Award.select(Award.active_key).where(
            Award.active_key.in_(piece), validity.unexpired()
        ):
            del wanted[str(award.active_key)]
    return list(wanted.values())


def _insert_all(
    badge: Badge,
    emails: Sequence[str],
    *,
    comment: str | None = None,
    issued_on: datetime | None = None,
    expires: datetime | None = None,
    origins: Mapping[str, str] | None = None,
) -> list[Award]:
    """Insert awards of a locked badge within its limit, to addresses without an active one."""
    if not emails:
        return []
    quotas.count(badge.id, awards=len(emails), positions=len(emails))
    now: Any = Badge.select(Badge.given, Badge.public_id).where(Badge.id == badge.id).get()
    issued = times.now()
    rows = [
        {
            **_row(badge, email), "comment": comment, "issued_on": issued_on or issued,
            "expires": expires, "origin": origins and origins[email], "position": position,
            "badge_class": now.public_id,
        }
        for position, email in enumerate(emails, now.given - len(emails))
    ]  # fmt: skip
    for piece in bulk.chunks([row["active_key"] for row in rows]):
        Award.update(active_key=None).where(Award.active_key.in_(piece)).execute()  # expired
    return bulk.insert(Award, rows)


def _existing(badge: Badge, email: str, origin: str | None) -> Award | None:
    """Return the award of this origin, or else the address's active one, if there is one."""
    if same_origin := by_origin(origin):
        return same_origin
    key = active_key(badge, email)
    known: Award | None = Award.get_or_none(Award.active_key == key, validity.unexpired())
    return known


def _follow_up(first: Badge, new: Sequence[Award]) -> None:
    """Write the events of new awards, and the awards of the milestones that they complete.

    The badge of a milestone may complete others; a work list replaces recursion.
    """
    todo = [(first, new)]
    for badge, given in todo:
        events.record_awards(given, badge)
        if not badges.award_effects(badge).counts_for_milestones:
            continue
        emails = {award.email_key: award.email for award in given}
        for milestone, keys in milestones.reached(badge, emails):
            primary = badges.by_id(milestone.primary_badge_id)
            if won := _reach(milestone, primary, [emails[key] for key in keys]):
                todo.append((primary, won))


def _reach(milestone: Milestone, primary: Badge, emails: Sequence[str]) -> Sequence[Award]:
    """Award a milestone's badge or queue applications for it, once for each address."""
    room = quotas.remaining(primary)
    wanted = not_yet_awarded(primary, emails)
    origins = {email: milestones.origin(milestone, email_addresses.key(email)) for email in wanted}
    if milestone.action == milestones.QUEUE_APPLICATION:
        milestones.queue_applications(primary, origins)
        return []
    for piece in bulk.chunks(wanted):
        known = Award.select(Award.origin).where(Award.origin.in_([origins[e] for e in piece]))
        done = {award.origin for award in known}
        wanted = [email for email in wanted if origins[email] not in done]
    if room is not None and room < len(wanted):
        # It is archived, or its award limit is reached; the awards that led here stay.
        log.info("milestone %d: %s", milestone.id, quotas.refusal(primary).message)
        wanted = wanted[:room]
    return _insert_all(primary, wanted, origins=origins)


def _row(badge: Badge, email: str, slug: str | None = None) -> dict[str, Any]:
    """Return the columns that every new award has."""
    return {
        "slug": slug or slugs.award_slug(), "badge": badge, "email": email,
        "email_key": email_addresses.key(email), "salt": secrets.token_hex(16),
        "active_key": active_key(badge, email),
    }  # fmt: skip


def insert(badge: Badge, email: str, slug: str | None, **values: Any) -> Award | None:
    """Insert an active award, already counted; None if a unique key shows that it exists."""
    try:
        return compiled_queries.insert(
            Award,
            {
                **_row(badge, email, slug),
                **{name: content for name, content in values.items() if content is not None},
            },
            position=Badge.select(Badge.given - 1).where(Badge.id == parameter("badge")),
            badge_class=Badge.select(Badge.public_id).where(Badge.id == parameter("badge")),
        )
    except IntegrityError:
        return None


def _retire_expired(badge: Badge, email: str) -> bool:
    """Free the unique key of an expired award; tell whether there was one."""
    return bool(
        Award.update(active_key=None)
        .where(Award.active_key == active_key(badge, email), Award.expires <= times.now())
        .execute()
    )


def existing_after_race(badge: Badge, email: str, origin: str | None, slug: str | None) -> Award:
    """Return the award that another transaction inserted first.

    Raises
    ------
    Conflict
        If only its slug is taken.
    """
    if same_origin := by_origin(origin):
        return same_origin
    if active := Award.get_or_none(Award.active_key == active_key(badge, email)):
        return active
    if slug is not None and Award.select().where(Award.slug == slug).exists():
        message = "badgeInstance with that `slug` already exists"
        raise Conflict(message, details={"slug": slug})
    raise AssertionError(f"an award of badge {badge.id} can neither be inserted nor found")


@transactional
def by_origin(origin: str | None) -> Award | None:
    """Return the award of an origin, or None."""
    return Award.get_or_none(Award.origin == origin) if origin is not None else None


@transactional
def revoke(award: Award, reason: str | None = None) -> bool:
    """Revoke an award.

    Returns
    -------
    bool
        Whether this call revoked it; only then its `revoke` event is written.
    """
    changed = withdraw(award, reason)
    if changed:
        events.record_revocation(award, badges.by_id(award.badge_id) if award.badge_id else None)
    return changed


def withdraw(award: Award, reason: str | None) -> bool:
    """Revoke an award without an event; return whether this call revoked it."""
    if award.badge_id is not None:
        quotas.lock(award.badge_id)
    changed = (
        Award.update(revoked=times.now(), revocation_reason=reason, active_key=None)
        .where(Award.id == award.id, Award.revoked.is_null())
        .execute()
    )
    if changed and award.badge_id is not None:
        quotas.count(award.badge_id, awards=-1)
        position = Award.select(Award.position).where(Award.id == award.id).scalar()
        if position is not None:
            block_counts.count_revoked(award.badge_id, position)
    return bool(changed)
