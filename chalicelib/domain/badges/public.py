"""Public reads: badges, awards and images, each in at most four statements.

Slugs are compared without regard to case, as in badgekit-api.
"""

from __future__ import annotations

from typing import Any

from peewee import JOIN

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Image, Issuer, Program, System
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.domain.badges import block_counts
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.errors import NotFound


@transactional
def assertion(slug: str) -> Award:
    """Return an award with its badge, the badge's owners and all their images.

    Raises
    ------
    NotFound
        If there is no award with that slug, in badgekit-api's words.
    """
    award = badge_repository.with_badge(Award, slug)
    if award is None:
        raise NotFound("Could not find badge instance")
    return award


@transactional
def image(slug: str) -> Image:
    """Return an image.

    Raises
    ------
    NotFound
        If there is no image with that slug.
    """
    found: Image | None = Image.get_or_none(Image.slug == slug)
    if found is None:
        raise missing("image", "slug", slug)
    return found


@transactional
def badges(*, archived: bool | None = False, page: Page | None = None) -> Listed[Badge]:
    """Return the badges of all systems, with their owners, in order of creation.

    Parameters
    ----------
    archived : bool or None
        Whether to return archived badges or others; None means both.
    page : Page, optional
        Which page; None means all.
    """
    wanted: Any = (
        Badge.select(Badge, System, Issuer, Program)
        .join(System, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Issuer, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Program, JOIN.LEFT_OUTER)
        .where(Badge.live())
        .order_by(Badge.id)
    )
    if archived is not None:
        wanted = wanted.where(Badge.with_archived(archived))
    if page is None:
        return listed(wanted, None)
    at = block_counts.badge_page(block_counts.ALL, page, archived=archived)
    wanted = wanted.where(Badge.id.between(at.first, at.last))
    return Listed(list(wanted.limit(page.size).offset(at.skip)), at.total)
