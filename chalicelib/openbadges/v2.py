"""Open Badges 2.0 documents: rows in, JSON-LD out.

Specification: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html.
Every function takes the same arguments as the function of the same name in `v1`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from chalicelib import texts, times
from chalicelib.data.models import Award, Badge
from chalicelib.domain.badges.details import AlignmentView, CriterionView, Details
from chalicelib.domain.images import images
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.owners.issuer_profiles import Profile
from chalicelib.domain.shared import email_addresses
from chalicelib.openbadges import markdown
from chalicelib.openbadges.links import Links
from chalicelib.web_addresses import web_address

CONTEXT = "https://w3id.org/openbadges/v2"
NO_REASON = "Revoked by the issuer."


def assertion(links: Links, award: Award, *, baked: bool = False) -> dict[str, Any]:
    """Return the assertion of an award (OB 2.0, "Assertion").

    Parameters
    ----------
    links : Links
        The public URLs.
    award : Award
        An award with its badge and the badge's owners.
    baked : bool
        Whether to name the baked image even if the row has none yet, as while baking it.
    """
    document = {
        "@context": CONTEXT,
        "id": links.assertion(award.slug),
        "type": "Assertion",
        "recipient": recipient(award),
        "badge": links.badge(badge_of(award)),
        "verification": {"type": "HostedBadge"},
        "issuedOn": times.iso(award.issued_on),
    }
    if baked or award.baked_key:
        document["image"] = _image(links.assertion_image(award.slug), image_alt(award))
    if award.expires is not None:
        document["expires"] = times.iso(award.expires)
    if narrative := markdown.from_plain(award.comment or ""):
        document["narrative"] = narrative
    return document


def _image(url: str, alt: str) -> str | dict[str, str]:
    """Return an image (OB 2.0, "Image"), which is just its URL if there is no alt text."""
    return {"id": url, "caption": texts.line(alt)} if alt else url


def image_alt(award: Award) -> str:
    """Return the alt text of an award's image; empty if there is none.

    An award with a note was baked into the default image, which the badge's alt text does not
    describe.
    """
    return "" if award.baked_note else images.alt(badge_of(award).image)


def recipient(award: Award) -> dict[str, Any]:
    """Return the recipient of an award (OB 2.0, "IdentityObject" and "IdentityHash").

    The hash is that of the address in lower case, which is what backpacks store and compare; the
    specification leaves letter case open (1EdTech/openbadges-specification#2). Files that were
    baked with the hash of another spelling stay valid: this hosted document decides.
    """
    address = email_addresses.key(award.email)
    identity = hashlib.sha256((address + award.salt).encode("utf-8")).hexdigest()
    return {
        "type": "email",
        "hashed": True,
        "salt": award.salt,
        "identity": f"sha256${identity}",
    }


def revoked(links: Links, award: Award) -> dict[str, Any]:
    """Return the assertion of a revoked award (OB 2.0, "Assertion": served with 410 Gone)."""
    return {
        "@context": CONTEXT,
        "id": links.assertion(award.slug),
        "type": "Assertion",
        "revoked": True,
        "revocationReason": award.revocation_reason or NO_REASON,
    }


def badge_class(links: Links, badge: Badge, details: Details) -> dict[str, Any]:
    """Return a badge (OB 2.0, "BadgeClass").

    Parameters
    ----------
    links : Links
        The public URLs.
    badge : Badge
        The badge with its owners and its image.
    details : Details
        Its criteria, alignments and tags.
    """
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "id": links.badge(badge),
        "type": "BadgeClass",
        "name": texts.line(badge.name),
        "description": description(badge),
        "image": _image(links.image(badge.image), images.alt(badge.image)),
        "criteria": _criteria(links.criteria(badge), details.criteria),
        "issuer": links.issuer(badge, issuer_profiles.of_badge(badge)),
    }
    if tags := [value for tag in details.tags if (value := texts.line(tag.value))]:
        document["tags"] = tags
    if alignments := [found for row in details.alignments if (found := _alignment(row))]:
        document["alignment"] = alignments
    return document


def description(badge: Badge) -> str:
    """Return a badge's public description."""
    return badge.consumer_description or texts.lines(badge.strapline or badge.name)


def _criteria(url: str, rows: Sequence[CriterionView]) -> str | dict[str, str]:
    """Return the criteria (OB 2.0, "Criteria"), which are just their URL if none are listed.

    Sites that were made for Open Badges 1.0 print a link to them, also when an assertion led them
    to this document.
    """
    listed = [row for row in rows if row.description.strip()]
    return {"id": url, "narrative": markdown.bullets(map(_criterion, listed))} if listed else url


def _criterion(criterion: CriterionView) -> str:
    """Return a criterion as Markdown, without its note, which is for reviewers."""
    text = markdown.from_plain(criterion.description)
    return f"{text} (required)" if criterion.required else text


def _alignment(row: AlignmentView) -> dict[str, Any] | None:
    """Return an alignment (OB 2.0, "AlignmentObject"), or None if it has no URL or no name."""
    url = web_address(row.url)
    if not (url and row.name):
        return None
    document = {"type": "AlignmentObject", "targetName": texts.line(row.name), "targetUrl": url}
    if row.description:
        document["targetDescription"] = row.description
    return document


def issuer(links: Links, profile: Profile, *, email: str) -> dict[str, Any]:
    """Return an issuer's profile (OB 2.0, "Profile").

    Parameters
    ----------
    links : Links
        The public URLs.
    profile : Profile
        What it says.
    email : str
        The address used if it has none, perhaps with a name (the setting ``MAIL_FROM``).
    """
    return _issuer(links.profile(profile), members(links, profile, email=email))


def issuer_of(links: Links, badge: Badge, *, email: str) -> dict[str, Any]:
    """Return the profile of a badge's issuer, even if the badge's system was deleted."""
    profile = issuer_profiles.of_badge(badge)
    return _issuer(links.issuer(badge, profile), members_of(links, badge, profile, email=email))


def _issuer(url: str, members: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "id": url,
        "type": "Issuer",  # not "Profile", which readers of Open Badges 1.1 do not know
        **members,
    }


def members(links: Links, profile: Profile, *, email: str) -> dict[str, Any]:
    """Return the members that profiles of all versions have in common, except for the image."""
    found = {
        "name": texts.line(profile.name),
        "url": links.typed(profile.url) or links.profile(profile),
        "description": profile.description,
        "email": profile.email or _address(email),
        "image": links.image(profile.image) if profile.image else None,
    }
    return {name: value for name, value in found.items() if value}


def members_of(
    links: Links, badge: Badge, profile: Profile | None, *, email: str
) -> dict[str, Any]:
    """Return the same of a badge's issuer; if that is unknown, the badge's own data is left."""
    if profile is not None:
        return members(links, profile, email=email)
    url = links.typed(badge.issuer_url) or links.badge(badge)
    return {"name": urlsplit(url).hostname or url, "url": url, "email": _address(email)}


def _address(mailbox: str) -> str:
    """Return the bare address of a mailbox that may have a name (RFC 5322, 3.4)."""
    from email.utils import parseaddr

    return parseaddr(mailbox)[1] or mailbox


def badge_of(award: Award) -> Badge:
    """Return the badge of an award.

    Raises
    ------
    ValueError
        If it is unknown, as for an award of which only the revocation was recorded.
    """
    if award.badge is None:
        raise ValueError("an award of an unknown badge has no assertion")
    return award.badge
