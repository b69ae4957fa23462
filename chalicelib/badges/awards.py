"""Awards: who has which badge. One active award of a badge to an address, whatever races.

The table's unique keys decide every race; this module only reads who won.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from peewee import IntegrityError

from chalicelib import times
from chalicelib.badges import addresses, events
from chalicelib.badges.owners import missing
from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge
from chalicelib.errors import Conflict


def new_slug() -> str:
    """Return a slug as badgekit-api makes them for instances: 40 hex digits."""
    return secrets.token_hex(20)


def active_key(badge: Badge, email: str) -> str:
    """Return what two active awards of a badge to an address would share."""
    return hashlib.sha256(f"{badge.id}:{addresses.key(email)}".encode()).hexdigest()


@transactional
def give(
    badge: Badge,
    email: str,
    *,
    origin: str | None = None,
    slug: str | None = None,
    comment: str | None = None,
    issued_on: datetime | None = None,
    expires: datetime | None = None,
) -> tuple[Award, bool]:
    """Award a badge, unless the address has it or this origin was answered already.

    Parameters
    ----------
    badge : Badge
        Which badge.
    email : str
        To whom, kept as typed.
    origin : str, optional
        What the award answers, such as ``application:<slug>``; answered at most once, even after
        a revocation.
    slug, comment, issued_on, expires
        As in a badge instance.

    Returns
    -------
    tuple[Award, bool]
        The award, and whether it is new. A new one comes with its event.

    Raises
    ------
    ValidationError
        If the address is not one.
    Conflict
        If the badge is archived, or the slug is taken.
    """
    if not addresses.is_address(email):
        raise addresses.refused(email)
    if badge.archived:
        if origin is not None and (answered := by_origin(origin)):
            return answered, False
        raise Conflict(f"Badge {badge.slug} is archived and cannot be awarded")
    values = {"origin": origin, "comment": comment, "issued_on": issued_on, "expires": expires}
    award = _insert(badge, email, slug, **values)
    if award is None and not _is_answered(origin) and _retire_expired(badge, email):
        award = _insert(badge, email, slug, **values)
    if award is not None:
        events.awarded(award, badge)
        return award, True
    return _winner(badge, email, origin, slug), False


def _insert(badge: Badge, email: str, slug: str | None, **values: Any) -> Award | None:
    """Insert an active award; None when a unique key says that somebody was faster."""
    try:
        return Award.create(
            slug=slug or new_slug(),
            badge=badge,
            email=email,
            email_key=addresses.key(email),
            salt=secrets.token_hex(16),
            active_key=active_key(badge, email),
            **{name: value for name, value in values.items() if value is not None},
        )
    except IntegrityError:
        return None


def _retire_expired(badge: Badge, email: str) -> bool:
    """Make room for a new award where the old one has expired."""
    return bool(
        Award.update(active_key=None)
        .where(Award.active_key == active_key(badge, email), Award.expires <= times.now())
        .execute()
    )


def _winner(badge: Badge, email: str, origin: str | None, slug: str | None) -> Award:
    if origin is not None and (answered := by_origin(origin)):
        return answered
    if active := Award.get_or_none(Award.active_key == active_key(badge, email)):
        return active
    raise Conflict("badgeInstance with that `slug` already exists", details={"slug": slug})


@transactional
def record(
    uid: str,
    badge: Badge,
    email: str,
    *,
    origin: str | None = None,
    comment: str | None = None,
    issued_on: datetime | None = None,
) -> tuple[Award, bool]:
    """Write down an award that another BadgeKit API made, whatever was heard of it before.

    Returns
    -------
    tuple[Award, bool]
        The award, and whether it is new here. When the address has the badge by another award
        already, that one is returned; one that was revoked before it was heard of stays revoked.

    Raises
    ------
    ValidationError
        If the address is not one.
    """
    if not addresses.is_address(email):
        raise addresses.refused(email)
    known = Award.get_or_none(Award.slug == uid)
    if known is None:
        award = _insert(badge, email, uid, origin=origin, comment=comment, issued_on=issued_on)
        if award is not None:
            return award, True
        known = Award.get_or_none(Award.slug == uid)
    if known is None:
        return _winner(badge, email, origin, uid), False
    changes = {}
    if known.badge_id is None or known.revoked:
        changes = {"badge": badge, "issued_on": issued_on or known.issued_on}
    if origin is not None and known.origin is None and not _is_answered(origin):
        changes["origin"] = origin
    if changes:
        Award.update(**changes).where(Award.id == known.id).execute()
        known = Award.get_by_id(known.id)
    return known, False


def _is_answered(origin: str | None) -> bool:
    return origin is not None and by_origin(origin) is not None


@transactional
def last(badge: Badge, email: str) -> Award | None:
    """Return the newest award of a badge that an address has or had, or None."""
    award: Award | None = (
        Award.select()
        .where(Award.badge == badge, Award.email_key == addresses.key(email))
        .order_by(Award.id.desc())
        .first()
    )
    return award


@transactional
def by_origin(origin: str) -> Award | None:
    """Return the award that answers something, or None."""
    award: Award | None = Award.get_or_none(Award.origin == origin)
    return award


@transactional
def revoke(award: Award, reason: str | None = None) -> bool:
    """Revoke an award.

    Returns
    -------
    bool
        Whether it counted until now; only then its `revoke` event is written.
    """
    changed = _withdraw(award, reason)
    if changed:
        events.revoked(award, award.badge)
    return changed


def _withdraw(award: Award, reason: str | None) -> bool:
    return bool(
        Award.update(revoked=times.now(), revocation_reason=reason, active_key=None)
        .where(Award.id == award.id, Award.revoked.is_null())
        .execute()
    )


@transactional
def record_revocation(
    uid: str, badge: Badge | None, email: str, reason: str | None = None
) -> Award:
    """Write down that an award was revoked, even when the award itself was never heard of.

    Raises
    ------
    ValidationError
        If the award is unknown and the address is not one.
    """
    award = Award.get_or_none(Award.slug == uid)
    if award is None:
        if not addresses.is_address(email):
            raise addresses.refused(email)
        try:
            return Award.create(
                slug=uid, badge=badge, email=email, email_key=addresses.key(email),
                salt=secrets.token_hex(16), revoked=times.now(), revocation_reason=reason,
            )  # fmt: skip
        except IntegrityError:  # it was heard of just now
            award = Award.get(Award.slug == uid)
    _withdraw(award, reason)
    return Award.get_by_id(award.id)


@transactional
def active(badge: Badge, email: str) -> Award:
    """Return the award by which an address has a badge.

    Raises
    ------
    NotFound
        If it has none.
    """
    award: Award | None = Award.get_or_none(Award.active_key == active_key(badge, email))
    if award is None:
        raise missing("badgeInstance", "email", email)
    award.badge = badge
    return award


@transactional
def of(badge: Badge) -> list[Award]:
    """Return the active awards of a badge in order of creation."""
    return list(
        Award.select().where(Award.badge == badge, Award.revoked.is_null()).order_by(Award.id)
    )
