"""Resolvers: each loads one kind of object that a path names, and returns it with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.auth.workplace import NOWHERE, place_of
from chalicelib.domain.owners import owners, places
from chalicelib.domain.owners.places import Place
from chalicelib.errors import NotFound

ID = re.compile(r"[0-9]{1,9}", re.ASCII)


class Resolved(NamedTuple):
    """What a path leads to, once it is loaded.

    Parameters
    ----------
    place : Place or None
        The place it is in; None for what belongs to the whole deployment.
    objects : tuple[Any, ...]
        The arguments of the view after the visit.
    rest : Mapping[str, str]
        What else the path names, for keyword arguments of the view.
    """

    place: Place | None
    objects: tuple[Any, ...] = ()
    rest: Mapping[str, str] = {}


def resolve(kind: str, visit: Visit, arguments: dict[str, str]) -> Resolved | None:
    """Load what a path leads to; None if that is the current place, and the person has none.

    Raises
    ------
    NotFound
        If it does not exist.
    """
    return _RESOLVERS[kind](visit, arguments)


def _deployment(visit: Visit, arguments: dict[str, str]) -> Resolved:
    return Resolved(None, (), arguments)


def _context(visit: Visit, arguments: dict[str, str]) -> Resolved | None:
    """Resolve to the place that the person currently works in."""
    if visit.scope is None:
        return None
    return Resolved(visit.scope.place, (visit.scope,), arguments)


def _place(visit: Visit, arguments: dict[str, str]) -> Resolved:
    """Load the system, issuer or program that the path names."""
    place = Place(arguments.pop("system"), arguments.pop("issuer", None),
                  arguments.pop("program", None))  # fmt: skip
    scope = owners.scope(*place)
    return Resolved(scope.place, (scope,), arguments)


def parse_id(text: str, what: str) -> int:
    """Return the id that a part of a path is.

    Raises
    ------
    NotFound
        If it is not an id.
    """
    if not ID.fullmatch(text):
        raise NotFound(f"There is no {what} {text[:20]}")
    return int(text)


def _draft(visit: Visit, arguments: dict[str, str]) -> Resolved:
    from chalicelib.domain.drafts import drafts

    draft = drafts.find(parse_id(arguments.pop("draft"), "draft"))
    return Resolved(place_of(draft), (draft,), arguments)


def _badge(visit: Visit, arguments: dict[str, str]) -> Resolved:
    from chalicelib.domain.badges import badges

    slug = arguments.pop("badge")
    badge = badges.by_slug(slug)
    if not badge.is_live:
        raise places.missing("badge", "slug", slug)
    return Resolved(place_of(badge), (badge,), arguments)


def _award(visit: Visit, arguments: dict[str, str]) -> Resolved:
    """Load an award with its badge."""
    from chalicelib.domain.badges import public

    slug = arguments.pop("award")
    award = public.assertion(slug)
    if award.badge is None:
        raise places.missing("award", "slug", slug)
    return Resolved(place_of(award.badge), (award,), arguments)


def _application(visit: Visit, arguments: dict[str, str]) -> Resolved:
    from chalicelib.domain.applications import applications

    application = applications.by_slug(arguments.pop("application"))
    return Resolved(place_of(application.badge), (application,), arguments)


def _job(visit: Visit, arguments: dict[str, str]) -> Resolved:
    """Load the badge that a job is about, whose place decides; without one it is nowhere."""
    from chalicelib.domain.jobs import activity

    number = parse_id(arguments.pop("id"), "job")
    badge = activity.badge_of(number)
    return Resolved(place_of(badge) if badge else NOWHERE, (number,), arguments)


_RESOLVERS: dict[str, Callable[[Visit, dict[str, str]], Resolved | None]] = {
    "deployment": _deployment,
    "context": _context,
    "place": _place,
    "draft": _draft,
    "badge": _badge,
    "award": _award,
    "application": _application,
    "job": _job,
}
