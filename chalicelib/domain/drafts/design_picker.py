"""Lists the designs of badges, drafts and templates, so that a new design can start from one."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, Image
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope, missing


class DesignedImage(NamedTuple):
    """An image drawn from a design, and the name of its badge or draft."""

    name: str
    image: Image


@transactional
def recent(where: Scope, most: int) -> list[DesignedImage]:
    """Return the distinct designs of a place and every place inside it, the latest first.

    Parameters
    ----------
    where : Scope
        The place.
    most : int
        How many to return at most.
    """
    found: dict[str, DesignedImage] = {}
    for query in _queries(where):
        for row in _distinct(query).order_by(Image.id.desc()).limit(most):
            found.setdefault(row.image.key, DesignedImage(row.name, row.image))
    return sorted(found.values(), key=lambda one: -one.image.id)[:most]


def _distinct(query: Any) -> Any:
    """Keep only the latest row of a query for each image."""
    kind = query.model
    latest = query.clone().select(fn.MAX(kind.id)).group_by(Image.key)
    return query.where(kind.id.in_(latest))


@transactional
def find(where: Scope, slug: str) -> str:
    """Return the design of an image in a place, as JSON.

    Raises
    ------
    NotFound
        If the place has no such image.
    """
    for query in _queries(where):
        row = query.where(Image.slug == slug).get_or_none()
        if row is not None:
            text: str = row.image.design
            return text
    raise missing("image", "slug", slug)


def _queries(where: Scope) -> list[Any]:
    """Return the queries for everything with a design: badges, then drafts and templates."""
    of_badges = Badge.select(Badge.id, Badge.name, Image).join(Image)
    of_drafts = Draft.select(Draft.id, Draft.name, Image).join(Image)
    drawn = Image.design.is_null(False)
    return [
        of_badges.where(badges.inside(where), drawn),
        of_drafts.where(drafts.inside(where), drawn),
    ]
