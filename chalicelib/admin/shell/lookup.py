"""What the paths of the admin UI lead to: each finder loads one kind of thing and says where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.auth.workplace import place_of
from chalicelib.domain.owners import owners, places
from chalicelib.domain.owners.places import Place
from chalicelib.errors import NotFound

NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class Found(NamedTuple):
    """What a path leads to.

    Parameters
    ----------
    place : Place or None
        Where it is; None for what belongs to the whole deployment.
    things : tuple[Any, ...]
        What views get behind the visit.
    rest : Mapping[str, str]
        What else the path names.
    """

    place: Place | None
    things: tuple[Any, ...] = ()
    rest: Mapping[str, str] = {}


def find(kind: str, visit: Visit, arguments: dict[str, str]) -> Found | None:
    """Return what a path leads to; None when it is a place to work as, and there is none.

    Raises
    ------
    NotFound
        If it does not exist.
    """
    return _FINDERS[kind](visit, arguments)


def _deployment(visit: Visit, arguments: dict[str, str]) -> Found:
    return Found(None, (), arguments)


def _context(visit: Visit, arguments: dict[str, str]) -> Found | None:
    """Find the place that the person works as."""
    if visit.scope is None:
        return None
    return Found(visit.scope.place, (visit.scope,), arguments)


def _place(visit: Visit, arguments: dict[str, str]) -> Found:
    """Find the system, issuer or program that the path names."""
    place = Place(arguments.pop("system"), arguments.pop("issuer", None),
                  arguments.pop("program", None))  # fmt: skip
    scope = owners.scope(*place)
    return Found(scope.place, (scope,), arguments)


def number(text: str, what: str) -> int:
    """Return an id as it stands in a path.

    Raises
    ------
    NotFound
        If it is none.
    """
    if not NUMBER.fullmatch(text):
        raise NotFound(f"There is no {what} {text[:20]}")
    return int(text)


def _draft(visit: Visit, arguments: dict[str, str]) -> Found:
    from chalicelib.domain.drafts import drafts

    draft = drafts.find(number(arguments.pop("draft"), "draft"))
    return Found(place_of(draft), (draft,), arguments)


def _badge(visit: Visit, arguments: dict[str, str]) -> Found:
    from chalicelib.domain.badges import badges

    slug = arguments.pop("badge")
    badge = badges.by_slug(slug)
    if badge.deleted is not None:
        raise places.missing("badge", "slug", slug)
    return Found(place_of(badge), (badge,), arguments)


def _award(visit: Visit, arguments: dict[str, str]) -> Found:
    """Find an award of a badge that was not deleted, with that badge."""
    from chalicelib.domain.badges import public

    slug = arguments.pop("award")
    award = public.assertion(slug)
    if award.badge is None:
        raise places.missing("award", "slug", slug)
    return Found(place_of(award.badge), (award,), arguments)


def _application(visit: Visit, arguments: dict[str, str]) -> Found:
    from chalicelib.domain.applications import applications

    application = applications.by_slug(arguments.pop("application"))
    return Found(place_of(application.badge), (application,), arguments)


_FINDERS: dict[str, Callable[[Visit, dict[str, str]], Found | None]] = {
    "deployment": _deployment,
    "context": _context,
    "place": _place,
    "draft": _draft,
    "badge": _badge,
    "award": _award,
    "application": _application,
}
