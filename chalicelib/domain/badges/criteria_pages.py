"""Where a badge's criteria are: on our own page, whose address is built, or at a stored address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from chalicelib import config
from chalicelib.data.models import Badge, BadgeVersion
from chalicelib.domain.owners import addresses

OWN = ""  # what the column holds for our own page


def path(system: str, slug: str) -> str:
    """Return the path of a badge's criteria page by slugs, as in BadgeKit's web app."""
    return f"/system/{quote(system, safe='')}/badge/{quote(slug, safe='')}/criteria"


def path_by_id(public_id: str) -> str:
    """Return the path of a badge's criteria page, which never changes."""
    return f"/id/badges/{public_id}/criteria"


def stored(url: str, paths: Iterable[str]) -> str:
    """Return how to store the address of a badge's criteria, whose own pages have these paths."""
    own = config.settings().own_path(url)
    return OWN if own is not None and own in paths else url


def stored_of(badge: Badge, url: str, new_slug: str | None = None) -> str:
    """Return how to store the address of an existing badge's criteria (see `stored`).

    Clients may send what they read before the badge was renamed or changed.
    """
    slugs = (badge.slug, new_slug or badge.slug)
    paths = [path(badge.system.slug, slug) for slug in slugs] if badge.system else []
    earlier = BadgeVersion.select(BadgeVersion.public_id).where(BadgeVersion.badge == badge)
    ids = (badge.public_id, *(version.public_id for version in earlier))
    paths += [path_by_id(public_id) for public_id in ids if public_id]
    return OWN if _was_at(badge, url) else stored(url, paths)


def _was_at(badge: Badge, url: str) -> bool:
    """Return whether an address is that of a badge's own page before a change of a slug in it."""
    found = re.fullmatch(
        r"/system/([^/]+)/badge/([^/]+)/criteria", config.settings().own_path(url) or ""
    )
    named = found and addresses.criteria_at(unquote(found[1]), unquote(found[2]))
    return bool(named and named.badge_id == badge.id)


def url(badge: Badge, system: str | None = None) -> str:
    """Return the address of a badge's criteria, as the API answers with it.

    Parameters
    ----------
    badge : Badge
        The badge, or a row with its columns.
    system : str, optional
        The slug of its system; without it, our own page is named by the badge's id.
    """
    own_page = path(system, badge.slug) if system else path_by_id(badge.public_id or "")
    return badge.criteria_url or config.settings().url(own_page)
