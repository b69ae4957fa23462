"""Public reads: badges, awards and images, each in at most four statements.

Slugs are compared without regard to case, as in badgekit-api.
"""

from __future__ import annotations

from typing import Any

from peewee import JOIN, fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, BadgeVersion, Image, Issuer, Program, System, Table
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.domain.badges import block_counts, versions
from chalicelib.domain.owners import addresses
from chalicelib.domain.owners.places import Place, Scope, missing
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.errors import NotFound


@transactional
def assertion(slug: str) -> Award:
    """Return an award with its badge as it was then, the badge's owners and all their images.

    Raises
    ------
    NotFound
        If there is no award with that slug, in badgekit-api's words.
    """
    award = badge_repository.with_badge(Award, slug)
    if award is None:
        raise NotFound("Could not find badge instance")
    badge = award.badge
    is_earlier = badge is not None and award.badge_class != badge.public_id
    if badge is not None and is_earlier and (version := versions.of_award(award)):
        versions.as_of(badge, version)
    return award


@transactional
def badge(public_id: str) -> Badge:
    """Return the badge with a public id, as it was under that id, with its owners and images.

    Raises
    ------
    NotFound
        If there is none.
    """
    if found := badge_repository.by_public_id(public_id):
        return found
    version = BadgeVersion.get_or_none(BadgeVersion.public_id == public_id)
    if version is None:
        raise missing("badge", "id", public_id)
    return versions.as_of(badge_repository.by_id(version.badge_id), version)


@transactional
def badge_at(place: Place | None, slug: str, *, present: bool = False) -> Badge:
    """Return the badge that an address with slugs names, even if it was renamed or deleted since.

    Parameters
    ----------
    place : Place or None
        The slugs of its owners, if the address has them.
    slug : str
        Its own slug.
    present : bool
        Whether to return the badge as it is now, not as it was when its address was baked.

    Raises
    ------
    NotFound
        If there is none.
    """
    named = addresses.badge_at(place, slug)
    if named is not None:
        return badge_repository.by_id(named.badge_id) if present else badge(named.public_id)
    if place is None:
        return badge_repository.by_slug(slug)
    return badge_repository.find(place, slug, even_deleted=True)


@transactional
def criteria_at(system: str, slug: str) -> Badge:
    """Return the badge whose criteria an address with slugs names (see `badge_at`)."""
    named = addresses.criteria_at(system, slug)
    if named is not None:
        return badge(named.public_id)
    return badge_repository.find(Place(system), slug, even_deleted=True)


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
def badges_of(scope: Scope, page: Page) -> Listed[Badge]:
    """Return a page of the badges that a place and those within it award now, by name."""
    query = _with(Image, Issuer, Program).where(
        badge_repository.inside(scope), Badge.with_archived(False)
    )
    return listed(query.order_by(fn.LOWER(Badge.name), Badge.id), page)


def _with(*tables: type[Table]) -> Any:
    """Return the query for badges, each with its row of these tables, if it has one."""
    query: Any = Badge.select(Badge, *tables)
    for table in tables:
        query = query.join_from(Badge, table, JOIN.LEFT_OUTER)
    return query


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
    wanted = _with(System, Issuer, Program).where(Badge.live()).order_by(Badge.id)
    if archived is not None:
        wanted = wanted.where(Badge.with_archived(archived))
    if page is None:
        return listed(wanted, None)
    at = block_counts.badge_page(block_counts.ALL, page, archived=archived)
    wanted = wanted.where(Badge.id.between(at.first, at.last))
    return Listed(list(wanted.limit(page.size).offset(at.skip)), at.total)
