"""The current place (system, issuer or program) of a user, kept in a cookie.

It decides only what lists show and where new badges are created. Permissions for a badge or draft
depend on the place of that badge or draft.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from chalicelib import config
from chalicelib.admin.auth import cookies, permissions
from chalicelib.admin.auth.permissions import Permission, Person
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound

COOKIE = "place"
LASTS_SECONDS = 365 * 24 * 60 * 60
# The place of badges whose system was deleted. It has no grants, so that only administrators have
# access. (None would stand for the whole deployment, for which most users have ENTER.)
NOWHERE = Place("")


def place_of(thing: Badge | Draft) -> Place:
    """Return the place of a badge or draft."""
    if thing.system is None:
        return NOWHERE
    return Scope(thing.system, thing.issuer, thing.program).place


def badges_with(person: Person, permission: Permission) -> Any:
    """Return the query for the ids of all badges for which a user has a permission.

    Returns
    -------
    Any
        The query; None for administrators, who have it for everything, badges or not.
    """
    from chalicelib.domain.badges import areas

    if person.administrator:
        return None
    found = []
    for place, others in permissions.places_with(person, permission):
        if scope := _scope(place):
            without = tuple(inner for other in others if (inner := _scope(other)))
            found.append(areas.Area(scope, without))
    return areas.badges_in(found)


def _scope(place: Place) -> Scope | None:
    """Return the rows of a place, or None: a grant may name one that does not exist yet."""
    with contextlib.suppress(NotFound):
        return owners.scope(*place)
    return None


def set_cookie(place: Place) -> dict[str, str]:
    """Return the header that makes a place the current one."""
    text = ".".join(quote(slug, safe="").replace(".", "%2E") for slug in place if slug)
    return cookies.set_cookie(COOKIE, text, LASTS_SECONDS)


def current(person: Person) -> Scope | None:
    """Return the current place of a user: the chosen one, or else the first they can enter."""
    for place in (*_chosen(), *_offered(person)):
        if permissions.may(person, Permission.ENTER, place) and (scope := _scope(place)):
            return scope
    return None


def _chosen() -> Iterator[Place]:
    slugs = [unquote(part) for part in (cookies.read(COOKIE) or "").split(".")]
    if 1 <= len(slugs) <= 3 and all(slugs):
        yield Place(*slugs)


def _offered(person: Person) -> Iterator[Place]:
    if person.administrator:
        yield Place(config.settings().text("OPENBADGER_SYSTEM"))
        for system in owners.systems(Page(1, 1)).rows:
            yield Place(system.slug)
    for place, rights in person.granted:
        if any(rights):
            yield place
