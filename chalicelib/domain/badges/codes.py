"""Claim codes: anyone who has one may get the badge.

Claiming records that a code was used, and by whom; it awards nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from peewee import IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import badges
from chalicelib.domain.owners.places import Scope, missing
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import CodeAlreadyUsed, Conflict, NotFound

# badgekit-api 0.2.22: app/models/claim-codes.js
CODE = (
    Field("code", validation.slug(1, 255), required=True),
    Field("claimed", validation.flag),
    Field("email", validation.email),
    Field("multiuse", validation.flag),
)
MOST_TRIES = 5
DIGITS = 10  # hexadecimal ones of a random code


@transactional
def create(badge: Badge, data: Mapping[str, Any]) -> ClaimCode:
    """Create a code for a badge.

    Parameters
    ----------
    badge : Badge
        Which badge.
    data : Mapping[str, Any]
        ``code``, and perhaps ``claimed``, ``email`` and ``multiuse``.

    Raises
    ------
    ValidationError
    Conflict
        If the badge has this code already.
    """
    validation.check(data, CODE)
    code = str(data["code"])
    made = _insert(badge, code, data)
    if made is None:
        badges.by_id(badge.id)  # raises NotFound if the badge was deleted meanwhile
        raise Conflict(
            "claimCode with that `code` already exists",
            details={"code": code, "badgeId": badge.id},
        )
    return made


@transactional
def create_random(badge: Badge, data: Mapping[str, Any]) -> ClaimCode:
    """Create a random code of ten hexadecimal digits (see `create`)."""
    validation.check(data, CODE[1:])
    for _ in range(MOST_TRIES):
        if made := _insert(badge, secrets.token_hex(DIGITS // 2), data):
            return made
        badges.by_id(badge.id)  # raises NotFound if the badge was deleted meanwhile
    raise Conflict("No unused claim code could be generated; try again")


@transactional
def are_left(badge: Badge) -> bool:
    """Return whether a badge can be claimed with a code of this deployment."""
    left = ClaimCode.multiuse | ~ClaimCode.claimed
    return bool(ClaimCode.select(ClaimCode.id).where(ClaimCode.badge == badge, left).exists())


def _insert(badge: Badge, code: str, data: Mapping[str, Any]) -> ClaimCode | None:
    try:
        return ClaimCode.create(
            badge=badge,
            code=code,
            claimed=validation.as_flag(data.get("claimed")) or False,
            email=data.get("email"),
            multiuse=validation.as_flag(data.get("multiuse")) or False,
        )
    except IntegrityError:
        return None


@transactional
def of(badge: Badge, page: Page | None = None) -> Listed[ClaimCode]:
    """Return the codes of a badge in order of creation, or a page of them."""
    return listed(ClaimCode.select().where(ClaimCode.badge == badge).order_by(ClaimCode.id), page)


@transactional
def find(badge: Badge, code: str) -> ClaimCode:
    """Return a code of a badge.

    Raises
    ------
    NotFound
        If it has no such code.
    """
    found: ClaimCode | None = ClaimCode.get_or_none(
        ClaimCode.badge == badge, ClaimCode.called(code)
    )
    if found is None:
        raise missing("claimCode", "code", code)
    return found


@transactional
def badge_of(where: Scope, code: str) -> tuple[Badge, bool]:
    """Return the badge that a code is for, and whether the code is used up.

    If several badges of this place have the code, the oldest is returned.

    Raises
    ------
    NotFound
        If there is no such code here.
    """
    found: ClaimCode | None = (
        ClaimCode.select()
        .join(Badge)
        .where(ClaimCode.called(code), badges.inside(where))
        .order_by(Badge.id)
        .first()
    )
    if found is None:
        raise NotFound(f"Could not find the requested claim code {code}")
    return badges.by_id(found.badge_id), found.claimed and not found.multiuse


@transactional
def claim(badge: Badge, code: str, email: Any = None) -> ClaimCode:
    """Record that a code was used, and by whom if that is known.

    Raises
    ------
    NotFound
        If the badge has no such code.
    CodeAlreadyUsed
        If it was used before and is for a single use.
    ValidationError
        If the e-mail address is invalid.
    """
    if email is not None and not email_addresses.is_address(email):
        raise email_addresses.refused(email)
    found = find(badge, code)
    changes: dict[str, Any] = {"claimed": True}
    if email is not None:
        changes["email"] = email
    taken = (
        ClaimCode.update(**changes)
        .where(
            ClaimCode.id == found.id,
            (ClaimCode.claimed == False) | (ClaimCode.multiuse == True),  # noqa: E712
        )
        .execute()
    )
    # MySQL counts changed rows only, and a reusable code may be claimed by the same person again.
    if not taken and not found.multiuse:
        raise CodeAlreadyUsed(f"Claim code `{found.code}` has already been claimed")
    return ClaimCode.get_by_id(found.id)


@transactional
def delete(code: ClaimCode) -> None:
    """Delete a code."""
    code.delete_instance()


@transactional
def delete_unclaimed(badge: Badge, code: str) -> bool:
    """Delete a code of a badge unless it was claimed; return whether it was deleted.

    Raises
    ------
    NotFound
        If the badge has no such code.
    """
    found = find(badge, code)
    unclaimed = (ClaimCode.id == found.id) & (ClaimCode.claimed == False)  # noqa: E712
    return bool(ClaimCode.delete().where(unclaimed).execute())
