"""The current place (system, issuer or program) that a person works in, kept in a cookie.

It decides what lists show and where new badges go, and nothing else: what may be done to a thing
follows from where that thing is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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
# Where things are whose system was deleted. Nobody was granted anything there, so that they are the
# administrators' alone; no place at all would be the whole deployment, which many may enter.
NOWHERE = Place("")


def place_of(thing: Badge | Draft) -> Place:
    """Return where a badge or draft is."""
    if thing.system is None:
        return NOWHERE
    return Scope(thing.system, thing.issuer, thing.program).place


def set_cookie(place: Place) -> dict[str, str]:
    """Return the header that makes a place the one to work as."""
    text = ".".join(quote(slug, safe="").replace(".", "%2E") for slug in place if slug)
    return cookies.set_cookie(COOKIE, text, LASTS_SECONDS)


def current(person: Person) -> Scope | None:
    """Return the place that somebody works as: the one they chose, or else the first they may enter."""
    for place in (*_chosen(), *_offered(person)):
        if permissions.may(person, Permission.ENTER, place):
            with contextlib.suppress(NotFound):
                return owners.scope(*place)
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
