"""Permissions: the only module that decides who can do what, and where.

Administrators, whose addresses are on the allow list, have all permissions. Other users have the
permissions granted to them in places. A grant for a system also covers its issuers and programs,
unless there is a more specific one: only the most specific grant counts. Users who can publish
manage the place, and can also draft, review and award there, and see what happened to its badges.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from chalicelib import texts
from chalicelib.domain.owners import reserved

if TYPE_CHECKING:  # the table of routes imports this module at each cold start
    from chalicelib.domain.owners.accounts import Rights
    from chalicelib.domain.owners.places import Place


class Permission(StrEnum):
    """A permission that an action requires."""

    ENTER = "enter"  # a place: with any right there
    DRAFT = "draft"  # badges and templates
    PUBLISH = "publish"  # badges, and manage everything in a place
    REVIEW = "review"  # applications
    AWARD = "award"  # issue badges, see who has them, send their emails again; revoke nothing
    SEE_ACTIVITY = "see activity"  # of badges in a place
    RETRY_JOBS = "retry jobs"  # that failed for those
    ADMINISTER = "administer"  # the deployment: its systems
    OPERATE = "operate"  # the deployment: its deliveries and dead letters


# Permissions in places, and the right of a grant that includes each; to publish includes all.
_RIGHTS = {
    Permission.DRAFT: "draft",
    Permission.PUBLISH: "publish",
    Permission.REVIEW: "review",
    Permission.AWARD: "award",
    Permission.SEE_ACTIVITY: "publish",
    Permission.RETRY_JOBS: "publish",
}
# Pages that ask for these mean the current place; Activity shows all places of a user.
IN_PLACES = frozenset({Permission.ENTER, *_RIGHTS}) - {Permission.SEE_ACTIVITY}
# What some pages of the whole deployment require: the permission in any place.
_ANYWHERE = frozenset({Permission.ENTER, Permission.SEE_ACTIVITY})


class Person(NamedTuple):
    """A user who can sign in.

    Parameters
    ----------
    email : str
        The user's email address.
    administrator : bool
        Whether the address is on the allow list.
    granted : tuple[tuple[Place, Rights], ...]
        Places, and the rights granted there.
    """

    email: str
    administrator: bool
    granted: tuple[tuple[Place, Rights], ...] = ()


def person(email: str) -> Person | None:
    """Return the user with an address, or None when it cannot sign in."""
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
    """Return whether a user has a permission.

    Parameters
    ----------
    who : Person
        The user.
    permission : Permission
        The permission.
    place : Place, optional
        The place. Without one, the permission is for the whole deployment, which only
        administrators have, except that a user who has ``ENTER`` or ``SEE_ACTIVITY`` in any place
        may open the pages that show these places.
    """
    if who.administrator:
        return True
    if place is None:
        return permission in _ANYWHERE and any(
            _includes(rights, permission) for _, rights in who.granted
        )
    return _includes(rights_in(who, place), permission)


def _includes(rights: Rights, permission: Permission) -> bool:
    if permission is Permission.ENTER:
        return any(rights)
    right = _RIGHTS.get(permission)
    return right is not None and (rights.publish or bool(getattr(rights, right)))


def rights_in(who: Person, place: Place) -> Rights:
    """Return a user's rights in a place: those of the most specific grant that covers it."""
    from chalicelib.domain.owners.accounts import Rights

    covering = [(of, rights) for of, rights in who.granted if covers(of, place)]
    return max(covering, key=lambda one: _depth(one[0]), default=(place, Rights()))[1]


def places_with(who: Person, permission: Permission) -> list[tuple[Place, list[Place]]]:
    """Return the places where a user was granted a permission.

    Each comes with the places within it where a more specific grant takes the permission away.
    """
    holds = {place: _includes(rights, permission) for place, rights in who.granted}
    return [
        (place, [one for one, has in holds.items() if not has and covers(place, one)])
        for place, has_it in holds.items()
        if has_it
    ]


def may_throughout(who: Person, permission: Permission, place: Place) -> bool:
    """Return whether a user has a permission in a place and everywhere within it."""
    inner = [one for one, _ in who.granted if covers(place, one)]
    return all(may(who, permission, one) for one in [place, *inner])


def required(act: reserved.Act, level: str) -> Permission:
    """Return the permission that it takes to do something to a place of a level as a whole."""
    return Permission.ADMINISTER if reserved.is_reserved(act, level) else Permission.PUBLISH


def covers(outer: Place, inner: Place) -> bool:
    """Return whether a place equals or contains another one."""
    return all(
        mine is None or (other is not None and texts.same(mine, other))
        for mine, other in zip(outer, inner, strict=True)
    )


def _depth(place: Place) -> int:
    return sum(level is not None for level in place)
