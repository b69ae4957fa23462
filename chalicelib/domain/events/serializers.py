"""Serializers: rows as JSON, with exactly the members that badgekit-api's clients expect.

Both the API's responses and webhooks use them.

Source: badgekit-api 0.2.22, the `toResponse` of its models. Flags of badges and criteria are 0 or
1 where the original's are; issuer and program are absent where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib import config, times
from chalicelib.domain.badges import criteria_pages, fields
from chalicelib.domain.badges.field_kinds import Flag, Moment

if TYPE_CHECKING:
    from chalicelib.data.models import (
        Application,
        Award,
        ClaimCode,
        Consumer,
        Evidence,
        Image,
        Issuer,
        Program,
        Review,
        ReviewItem,
        System,
        Webhook,
    )
    from chalicelib.domain.badges.catalog import AnyOwner, BadgeView, Picture
    from chalicelib.domain.badges.details import Details, MilestoneView

Json = dict[str, Any]

# Not of badgekit-api: whether the API emails the earner about an award, a revocation or a review
# itself. Another deployment that is in front of this one then does not.
MAILS_EARNER = "mailsEarner"


def image_url(image: Image | Picture | None) -> str | None:
    """Return the URL of an image."""
    if image is None:
        return None
    return image.url or config.settings().url(f"/public/images/{image.slug}")


def _owner(row: AnyOwner, image: Image | Picture | None) -> Json:
    return {
        "id": row.id,
        "slug": row.slug,
        "url": row.url,
        "name": row.name,
        "email": row.email,
        "imageUrl": image_url(image),
    }


def system(row: System, issuers: Sequence[Issuer] = ()) -> Json:
    """Return a system; it has no description, as in the original."""
    return {**_owner(row, row.image), "issuers": [issuer(one) for one in issuers]}


def issuer(row: Issuer, programs: Sequence[Program] = ()) -> Json:
    """Return an issuer."""
    return {
        **_owner(row, row.image),
        "description": row.description,
        "programs": [program(one) for one in programs],
    }


def program(row: Program) -> Json:
    """Return a program."""
    return {**_owner(row, row.image), "description": row.description}


def badge(entry: BadgeView) -> Json:
    """Return a badge with its details."""
    return badges([entry])[0]


def badges(entries: Sequence[BadgeView]) -> list[Json]:
    """Return badges with their details; owners that they share are serialized once."""
    shown: dict[int, Json] = {}

    def owner(row: Any, serialize: Callable[[Any], Json]) -> Json:
        if id(row) not in shown:
            shown[id(row)] = serialize(row)
        return shown[id(row)]

    found = []
    for entry in entries:
        row = _badge(entry.badge, entry.details)
        row["imageUrl"] = image_url(entry.image)
        if entry.system is not None:
            row["system"] = owner(entry.system, system)
            row["criteriaUrl"] = criteria_pages.url(entry.badge, entry.system.slug)
        if entry.issuer is not None:
            row["issuer"] = owner(entry.issuer, issuer)
        if entry.program is not None:
            row["program"] = owner(entry.program, program)
        row["milestones"] = [milestone(one) for one in entry.details.milestones]
        found.append(row)
    return found


def bare_badge(row: Any) -> Json:
    """Return a badge without details, as badgekit-api did where it had not loaded them."""
    return _badge(row, None)


_NAMES = ("id", *(field.name for field in fields.stored()))
_values = attrgetter("id", *(field.column for field in fields.stored()))
_CONVERTED = [field for field in fields.stored() if isinstance(field.kind, (Flag, Moment))]


def _badge(row: Any, details: Details | None) -> Json:
    shown: Json = dict(zip(_NAMES, _values(row), strict=True))
    for field in _CONVERTED:
        shown[field.name] = field.kind.answered(shown[field.name])
    shown["criteriaUrl"] = criteria_pages.url(row)
    shown["criteria"] = [
        {"id": c.id, "description": c.description, "required": int(c.required), "note": c.note}
        for c in (details.criteria if details else ())
    ]
    shown["alignments"] = [
        {"id": a.id, "name": a.name, "url": a.url, "description": a.description}
        for a in (details.alignments if details else ())
    ]
    shown["categories"] = details.categories if details else []
    shown["tags"] = [
        {"id": tag.id, "value": tag.value} for tag in (details.tags if details else ())
    ]
    shown["milestones"] = []
    return shown


def code(row: ClaimCode) -> Json:
    """Return a claim code."""
    return {
        "id": row.id,
        "code": row.code,
        "claimed": row.claimed,
        "email": row.email,
        "multiuse": row.multiuse,
    }


def milestone(row: MilestoneView) -> Json:
    """Return a milestone; its badges are bare."""
    return {
        "id": row.id,
        "action": row.action,
        "numberRequired": row.number_required,
        "primaryBadge": bare_badge(row.primary),
        "supportBadges": [bare_badge(one) for one in row.support],
    }


def consumer(row: Consumer) -> Json:
    """Return a consumer, without its secret."""
    return {
        "apiKey": row.api_key,
        "description": row.description,
        "created": times.iso(row.created),
    }


def webhook(row: Webhook) -> Json:
    """Return a system's webhook, without its secret."""
    return {"url": row.url}


def application(row: Application, about: Json, evidence: Sequence[Evidence]) -> Json:
    """Return an application; `about` is its serialized badge."""
    return {
        "id": row.id,
        "slug": row.slug,
        "learner": row.learner,
        "created": times.iso(row.created),
        "assignedTo": row.assigned_to,
        "assignedExpiration": _moment(row.assigned_expiration),
        "badge": about,
        "processed": _moment(row.processed),
        "evidence": [
            {"url": e.url, "mediaType": e.media_type, "reflection": e.reflection} for e in evidence
        ],
    }


def review(row: Review, items: Sequence[ReviewItem]) -> Json:
    """Return a review."""
    return {
        "id": row.id,
        "slug": row.slug,
        "author": row.author,
        "comment": row.comment,
        "reviewItems": [
            {
                "criterionId": item.criterion_id,
                "satisfied": int(item.satisfied),
                "comment": item.comment,
            }
            for item in items
        ],
    }


def instance(
    row: Award, about: Json | None, *, new: bool = False, mails_earner: bool | None = None
) -> Json:
    """Return an award as a badge instance; `about` is its serialized badge, or None.

    A new one shows its claim code only if it has one. `mails_earner` is whether this deployment
    emails the earner about what becomes of it; None in lists, which do not say.
    """
    code = {} if new and row.claim_code is None else {"claimCode": row.claim_code}
    mails = {} if mails_earner is None else {MAILS_EARNER: mails_earner}
    return {
        "slug": row.slug,
        "email": row.email,
        "expires": _moment(row.expires),
        "issuedOn": times.iso(row.issued_on),
        **code,
        "assertionUrl": assertion_url(row),
        "badge": about,
        **mails,
    }


def assertion_url(row: Award) -> str:
    """Return the public URL of an award."""
    return config.settings().url(f"/public/assertions/{quote(row.slug, safe='')}")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else times.iso(moment)
