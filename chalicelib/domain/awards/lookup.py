"""Award lookup: by badge and by email address."""

from __future__ import annotations

from typing import Any

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards.awards import active_key
from chalicelib.domain.badges import badges, block_counts
from chalicelib.domain.owners.places import Scope, missing
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import Listed, Page, listed


@transactional
def latest(badge: Badge, email: str) -> Award | None:
    """Return the newest award of a badge to an address, active or not, or None."""
    award: Award | None = (
        Award.select()
        .where(Award.badge == badge, Award.email_key == email_addresses.key(email))
        .order_by(Award.id.desc())
        .first()
    )
    return award


@transactional
def active(badge: Badge, email: str) -> Award:
    """Return the active award of a badge to an address.

    Raises
    ------
    NotFound
        If there is none.
    """
    award: Award | None = Award.get_or_none(Award.active_key == active_key(badge, email))
    if award is None:
        raise missing("badgeInstance", "email", email)
    award.badge = badge
    return award


def belongs_to(award: Award, email: str) -> bool:
    """Return whether an award is to an address, as it was typed or in other letter case."""
    return award.email_key == email_addresses.key(email)


@transactional
def of_badge(badge: Badge, page: Page | None = None) -> Listed[Award]:
    """Return a badge's awards that are not revoked, in order of creation."""
    query: Any = Award.select().where(Award.badge == badge, Award.revoked.is_null())
    query = query.order_by(Award.position)
    if page is None:
        return listed(query, None)
    at = block_counts.award_page(badge.id, badge.given, page)
    query = query.where(Award.position.between(at.first, at.last))
    return Listed(list(query.limit(page.size).offset(at.skip)), at.total)


@transactional
def for_email(where: Scope, email: str, page: Page | None = None) -> Listed[Award]:
    """Return the awards to an address of the badges in a scope, in order of creation.

    Awards of deleted badges are left out, as in badgekit-api.
    """
    query = (
        Award.select()
        .join(Badge)
        .where(
            Award.email_key == email_addresses.key(email),
            Award.revoked.is_null(),
            badges.inside(where),
        )
        .order_by(Award.id)
    )
    return listed(query, page)
