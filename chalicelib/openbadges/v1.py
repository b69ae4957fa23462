"""Open Badges 1.0 documents, as badgekit-api served them.

Clients of the old API compare Unix times, which Open Badges 2.0 forbids, and plain criteria URLs,
which cannot tell the criteria, so each version has its own documents. Source: badgekit-api 0.2.22,
`app/routes/public.js`.
"""

from __future__ import annotations

from typing import Any

from chalicelib import texts, times
from chalicelib.data.models import Award, Badge
from chalicelib.domain.badges.details import AlignmentView, Details
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.owners.issuer_profiles import Profile
from chalicelib.openbadges import v2
from chalicelib.openbadges.links import Links
from chalicelib.web_addresses import web_address


def assertion(links: Links, award: Award) -> dict[str, Any]:
    """Return the assertion of an award."""
    url = links.assertion(award.slug)
    document = {
        "uid": award.slug,
        "recipient": v2.recipient(award),
        "badge": links.badge_at_slug(v2.badge_of(award)),
        "verify": {"url": url, "type": "hosted"},
        "issuedOn": times.unix(award.issued_on),
    }
    if award.baked_key:
        document["image"] = links.assertion_image(award.slug)
    if award.expires is not None:
        document["expires"] = times.unix(award.expires)
    return document


def badge_class(links: Links, badge: Badge, details: Details) -> dict[str, Any]:
    """Return a badge with its image and alignments."""
    return {
        "name": texts.line(badge.name),
        "description": v2.description(badge),
        "image": links.image_at_source(badge.image),
        "criteria": links.criteria_at_slug(badge),
        "alignment": [
            _alignment(row, url) for row in details.alignments if (url := web_address(row.url))
        ],
        "issuer": links.issuer_at_slug(badge),
    }


def _alignment(row: AlignmentView, url: str) -> dict[str, str]:
    return {"name": texts.line(row.name), "url": url, "description": row.description or ""}


def issuer(links: Links, profile: Profile, *, email: str) -> dict[str, Any]:
    """Return the profile of a system, issuer or program."""
    return _members(links, profile, v2.members(links, profile, email=email))


def issuer_of(links: Links, badge: Badge, *, email: str) -> dict[str, Any]:
    """Return the profile of a badge's issuer."""
    profile = issuer_profiles.of_badge(badge)
    return _members(links, profile, v2.members_of(links, badge, profile, email=email))


def _members(links: Links, profile: Profile | None, members: dict[str, Any]) -> dict[str, Any]:
    if profile is not None and profile.image:
        members["image"] = links.image_at_source(profile.image)
    return members
