"""Who may do what, and where: the one place that decides.

Administrators, whose addresses are on the access list, may do all. Everybody else may do what was
granted in a place: a grant for a system holds in its issuers and their programs too, unless there
is one for these; the most specific one counts, alone. Who may publish is the admin of that level,
and may do there what drafters and reviewers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the table of routes names permissions at each start; who has them comes later
    from chalicelib.domain.owners.accounts import Rights
    from chalicelib.domain.owners.places import Place


class Permission(StrEnum):
    """Something that not everybody may do."""

    ENTER = "enter"  # a place, because of any right there
    DRAFT = "draft"  # badges and templates
    PUBLISH = "publish"  # badges, and manage all that belongs to a place
    REVIEW = "review"  # applications
    ADMINISTER = "administer"  # the deployment: its systems
    SEE_ACTIVITY = "see activity"
    RETRY_JOBS = "retry jobs"


IN_PLACES = frozenset({Permission.ENTER, Permission.DRAFT, Permission.PUBLISH, Permission.REVIEW})


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in.

    Parameters
    ----------
    email : str
        The address that mails to them go to.
    administrator : bool
        Whether the address is on the access list.
    granted : tuple[tuple[Place, Rights], ...]
        What they may do in which places.
    """

    email: str
    administrator: bool
    granted: tuple[tuple[Place, Rights], ...] = ()


def person(email: str) -> Person | None:
    """Return who an address belongs to, or None when it may not sign in."""
    from chalicelib.admin.auth import allow_list
    from chalicelib.domain.owners import accounts
    from chalicelib.domain.shared import email_addresses

    if allow_list.matches(email):
        return Person(email, administrator=True)
    if email_addresses.is_address(email) and (account := accounts.find(email)):
        granted = [
            (accounts.place_of(one), accounts.rights_of(one)) for one in accounts.grants_of(account)
        ]
        return Person(account.email, administrator=False, granted=tuple(granted))
    return None


def may(who: Person, permission: Permission, place: Place | None = None) -> bool:
    """Tell whether somebody has a permission.

    Parameters
    ----------
    who : Person
        Who.
    permission : Permission
        What for.
    place : Place, optional
        Where. Without one it is about the whole deployment, which is the administrators' alone;
        but whoever may enter any place may enter.
    """
    if who.administrator:
        return True
    if place is None:
        return permission is Permission.ENTER and any(any(rights) for _, rights in who.granted)
    rights = rights_in(who, place)
    if permission is Permission.ENTER:
        return any(rights)
    if permission in IN_PLACES:
        return rights.publish or bool(getattr(rights, permission.value))
    return False


def rights_in(who: Person, place: Place) -> Rights:
    """Return what was granted to somebody for a place, by the most specific grant that covers it."""
    from chalicelib.domain.owners.accounts import Rights

    covering = [(of, rights) for of, rights in who.granted if covers(of, place)]
    return max(covering, key=lambda one: _depth(one[0]), default=(place, Rights()))[1]


def covers(outer: Place, inner: Place) -> bool:
    """Tell whether a place is another one, or around it; slugs compare whatever their case."""
    return all(
        mine is None or (other is not None and mine.lower() == other.lower())
        for mine, other in zip(outer, inner, strict=True)
    )


def _depth(place: Place) -> int:
    return sum(level is not None for level in place)
