"""What anyone may read: published badges, awards and images, each in at most four statements.

Slugs are compared without regard to case, as badgekit-api does.
"""

from __future__ import annotations

from typing import Any

from peewee import JOIN

from chalicelib.badges import owners, publishing
from chalicelib.badges.owners import missing
from chalicelib.badges.publishing import Details
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Alignment,
    Award,
    Badge,
    Criterion,
    Image,
    Issuer,
    Owner,
    Program,
    System,
    Tag,
)
from chalicelib.errors import NotFound


@transactional
def assertion(slug: str) -> Award:
    """Return an award with its badge, the badge's owners and all their images.

    Raises
    ------
    NotFound
        If there is none of that slug; worded as badgekit-api does.
    """
    award: Award | None = (
        Award.select(Award, Badge)
        .join(Badge, JOIN.LEFT_OUTER)
        .where(Award.slug == slug)
        .get_or_none()
    )
    if award is None:
        raise NotFound("Could not find badge instance")
    if award.badge is not None:
        award.badge = publishing.by_slug(award.badge.slug)
    return award


@transactional
def badge(slug: str, system: str, issuer: str | None = None, program: str | None = None) -> Badge:
    """Return a badge of a place, or of a place within it, with its owners and all their images.

    Badge slugs are unique whatever the place, so the badge is read first and its owners compared.

    Raises
    ------
    NotFound
        If there is none of that slug there; a place that does not exist is named first.
    """
    try:
        found: Badge | None = publishing.by_slug(slug)
    except NotFound:
        found = None
    if found is None or not (
        _is(found.system, system) and _is(found.issuer, issuer) and _is(found.program, program)
    ):
        owners.scope(system, issuer, program)
        raise missing("badge", "slug", slug)
    return found


def _is(owner: Owner | None, slug: str | None) -> bool:
    return slug is None or (owner is not None and owner.slug.lower() == slug.lower())


@transactional
def details(badge: Badge) -> Details:
    """Return what is shown of a badge besides its own row: criteria, alignments and tags."""
    return Details(
        criteria=list(Criterion.select().where(Criterion.badge == badge).order_by(Criterion.id)),
        alignments=list(Alignment.select().where(Alignment.badge == badge).order_by(Alignment.id)),
        tags=list(Tag.select().where(Tag.badge == badge).order_by(Tag.id)),
    )


@transactional
def image(slug: str) -> Image:
    """Return a picture.

    Raises
    ------
    NotFound
        If there is none of that slug.
    """
    found: Image | None = Image.get_or_none(Image.slug == slug)
    if found is None:
        raise missing("image", "slug", slug)
    return found


@transactional
def badges(
    *, archived: bool | None = False, page: int = 1, count: int | None = None
) -> tuple[list[Badge], int]:
    """Return the badges of all systems, with their owners, in order of creation.

    Parameters
    ----------
    archived : bool or None
        Whether archived ones are wanted; None means both kinds.
    page : int
        Which page, from 1.
    count : int, optional
        How many badges a page has; without it all badges are on one.

    Returns
    -------
    tuple[list[Badge], int]
        The page, and how many badges there are on all pages.
    """
    wanted: Any = (
        Badge.select(Badge, System, Issuer, Program)
        .join(System, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Issuer, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Program, JOIN.LEFT_OUTER)
        .order_by(Badge.id)
    )
    if archived is not None:
        wanted = wanted.where(Badge.archived == archived)
    if count is None:
        found = list(wanted)
        return found, len(found)
    return list(wanted.paginate(page, count)), wanted.count()
