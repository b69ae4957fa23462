"""Chicago's badges: rows as the specifications below need them, not stored unless a test does."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, TypeVar

from chalicelib.data.models import (
    Award,
    Badge,
    Image,
    Issuer,
    Program,
    System,
    Table,
)
from chalicelib.domain.badges import block_counts
from chalicelib.domain.badges.details import AlignmentView, CriterionView, Details, TagView
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges.links import Links

T = TypeVar("T", bound=Table)

BASE = "https://badges.example.org"
LINKS = Links(BASE)
MAIL_FROM = "badges@example.org"


def stored(row: T) -> T:
    """Store a row and return it, counted as the domain would have."""
    row.save(force_insert=True)
    if isinstance(row, Badge):
        block_counts.count_badge(row, 1)
    if isinstance(row, Award) and row.badge_id is not None and row.revoked is None:
        row.position = row.badge.given
        row.save()
        row.badge.given += 1
        row.badge.save()
    return row


def public_id(slug: str) -> str:
    """Return a public id that is the same for each run of a test."""
    return hashlib.sha256(slug.encode()).hexdigest()[:32]


def _named(values: dict[str, Any]) -> dict[str, Any]:
    return {"public_id": public_id(values["slug"])} | values


def system(**changes: Any) -> System:
    return System(
        **_named(
            {
                "slug": "chicago",
                "name": "Chicago",
                "url": "http://cityofchicago.org",
                "description": "The City of Chicago",
                "email": "mayor@cityofchicago.org",
            }
            | changes
        )
    )


def issuer(of: System, **changes: Any) -> Issuer:
    return Issuer(
        **_named(
            {
                "system": of,
                "slug": "library",
                "name": "Chicago Public Library",
                "url": "http://www.chipublib.org/",
                "description": "Books",
                "email": "lib@chipublib.org",
            }
            | changes
        )
    )


def program(of: Issuer, **changes: Any) -> Program:
    return Program(
        **_named(
            {
                "issuer": of,
                "slug": "scratch",
                "name": "MIT Scratch",
                "url": "http://scratch.mit.edu/",
                "description": "Games",
                "email": "scratch@mit.edu",
            }
            | changes
        )
    )


def badge(scope: Scope | None, **changes: Any) -> Badge:
    return Badge(
        **_named(
            {
                "system": scope and scope.system,
                "issuer": scope and scope.issuer,
                "program": scope and scope.program,
                "slug": "explorer",
                "name": "Explorer",
                "strapline": "Looks around",
                "earner_description": "You looked around",
                "consumer_description": "Looked around the city",
                "criteria_url": "http://example.org/criteria",
                "image": None,
            }
            | changes
        )
    )


def award(of: Badge | None, **changes: Any) -> Award:
    return Award(
        **{
            "slug": "0bcd798eaafa80e451eb337d09fca6fd0fa38a1b",
            "badge": of,
            "email": "Ada@example.org",
            "email_key": "ada@example.org",
            "salt": "5a17",
            "issued_on": datetime(2014, 6, 10, 14, 2, 57, tzinfo=UTC),
        }
        | changes
    )


def image(**changes: Any) -> Image:
    return Image(**{"slug": "e016f5ce"} | changes)


def details(
    criteria: list[CriterionView] | None = None,
    alignments: list[AlignmentView] | None = None,
    tags: list[str] | None = None,
) -> Details:
    return Details(
        criteria=criteria or [],
        alignments=alignments or [],
        tags=[TagView(id=number, value=value) for number, value in enumerate(tags or [])],
    )
