"""What anyone may read: published badges, awards and images, each in at most four statements.

Slugs are compared without regard to case, as badgekit-api does.
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
        If there is none of that slug; worded as badgekit-api does.
    """
    award = badge_repository.with_badge(Award, slug)
    if award is None:
        raise NotFound("Could not find badge instance")
    return award


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
def badges(*, archived: bool | None = False, page: Page | None = None) -> Listed[Badge]:
    """Return the badges of all systems, with their owners, in order of creation.

    Parameters
    ----------
    archived : bool or None
        Whether archived ones are wanted; None means both kinds.
    page : Page, optional
        Which page of them; without it all.
    """
    wanted: Any = (
        Badge.select(Badge, System, Issuer, Program)
        .join(System, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Issuer, JOIN.LEFT_OUTER)
        .switch(Badge)
        .join(Program, JOIN.LEFT_OUTER)
        .where(Badge.deleted.is_null())
        .order_by(Badge.id)
    )
    if archived is not None:
        wanted = wanted.where(Badge.archived == archived)
    if page is None:
        return listed(wanted, None)
    at = block_counts.badges(block_counts.ALL, page, archived=archived)
    wanted = wanted.where(Badge.id.between(at.first, at.last))
    return Listed(list(wanted.limit(page.size).offset(at.skip)), at.total)
