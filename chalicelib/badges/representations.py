"""Rows as badgekit-api's clients know them, member for member.

Source: badgekit-api 0.2.22, the `toResponse` of its models. Flags of badges and criteria are 0 or
1 where the original's are; issuer and program are absent where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from chalicelib import config, times
from chalicelib.badges.publishing import Details
from chalicelib.data.models import (
    Application,
    Award,
    Badge,
    Evidence,
    Image,
    Issuer,
    Owner,
    Program,
    Review,
    ReviewItem,
    System,
)

Json = dict[str, Any]


def image_url(image: Image | None) -> str | None:
    """Return where a picture can be seen."""
    if image is None:
        return None
    return image.url or config.settings().url(f"/public/images/{image.slug}")


def _owner(row: Owner, image: Image | None) -> Json:
    return {
        "id": row.id,
        "slug": row.slug,
        "url": row.url,
        "name": row.name,
        "email": row.email,
        "imageUrl": image_url(image),
    }


def system(row: System, issuers: Sequence[Issuer] = ()) -> Json:
    """Return a system; it shows no description, as in the original."""
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


def badge(row: Badge, details: Details) -> Json:
    """Return a badge with what belongs to it."""
    owners: Json = {}
    if row.system:
        owners["system"] = system(row.system)
    if row.issuer:
        owners["issuer"] = issuer(row.issuer)
    if row.program:
        owners["program"] = program(row.program)
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "strapline": row.strapline,
        "earnerDescription": row.earner_description,
        "consumerDescription": row.consumer_description,
        "issuerUrl": row.issuer_url,
        "rubricUrl": row.rubric_url,
        "timeValue": row.time_value,
        "timeUnits": row.time_units,
        "limit": row.award_limit,
        "unique": int(row.is_unique),
        "created": times.iso(row.created),
        "imageUrl": image_url(row.image),
        "type": row.type,
        "archived": row.archived,
        **owners,
        "criteriaUrl": row.criteria_url,
        "criteria": [
            {"id": c.id, "description": c.description, "required": int(c.required), "note": c.note}
            for c in details.criteria
        ],
        "alignments": [
            {"id": a.id, "name": a.name, "url": a.url, "description": a.description}
            for a in details.alignments
        ],
        "evidenceType": row.evidence_type,
        "categories": details.categories,
        "tags": [{"id": tag.id, "value": tag.value} for tag in details.tags],
        "milestones": [],
    }


def application(row: Application, about: Json, evidence: Sequence[Evidence]) -> Json:
    """Return an application; `about` is its badge, represented."""
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


def instance(row: Award, about: Json | None, extra: Mapping[str, Any] | None = None) -> Json:
    """Return an award as a badge instance; `about` is its badge, represented, or None."""
    return {
        "slug": row.slug,
        "email": row.email,
        "expires": _moment(row.expires),
        "issuedOn": times.iso(row.issued_on),
        **(extra or {}),
        "assertionUrl": assertion_url(row),
        "badge": about,
    }


def assertion_url(row: Award) -> str:
    """Return the public URL of an award."""
    return config.settings().url(f"/public/assertions/{quote(row.slug, safe='')}")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else times.iso(moment)
