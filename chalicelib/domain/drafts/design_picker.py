"""Designs that badges, drafts and templates were drawn from, to begin another one with."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, Image
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope, missing


class Drawn(NamedTuple):
    """A picture that was drawn from a design, and whose it is."""

    name: str
    image: Image


@transactional
def near(where: Scope, most: int) -> list[Drawn]:
    """Return the designs of a place and all within it, each once, the latest first.

    Parameters
    ----------
    where : Scope
        The place.
    most : int
        How many pictures to return at most.
    """
    found: dict[str, Drawn] = {}
    for query in _queries(where):
        for row in _once(query).order_by(Image.id.desc()).limit(most):
            found.setdefault(row.image.key, Drawn(row.name, row.image))
    return sorted(found.values(), key=lambda one: -one.image.id)[:most]


def _once(query: Any) -> Any:
    """Return a query's rows without those whose picture a later one has, too."""
    kind = query.model
    latest = query.clone().select(fn.MAX(kind.id)).group_by(Image.key)
    return query.where(kind.id.in_(latest))


@transactional
def find(where: Scope, slug: str) -> str:
    """Return the design that a picture of a place was drawn from, as JSON.

    Raises
    ------
    NotFound
        If there is no such picture there.
    """
    for query in _queries(where):
        row = query.where(Image.slug == slug).get_or_none()
        if row is not None:
            text: str = row.image.design
            return text
    raise missing("image", "slug", slug)


def _queries(where: Scope) -> list[Any]:
    """Return the queries for what has a design here: badges, then drafts and templates."""
    of_badges = Badge.select(Badge.id, Badge.name, Image).join(Image)
    of_drafts = Draft.select(Draft.id, Draft.name, Image).join(Image)
    drawn = Image.design.is_null(False)
    return [
        of_badges.where(badges.inside(where), drawn),
        of_drafts.where(drafts.inside(where), drawn),
    ]
