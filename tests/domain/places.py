"""Chicago with a badge or two, made through the domain."""

from __future__ import annotations

from typing import Any

from chalicelib.data.models import Badge, Job, System
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.images import images
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.shared.pagination import Page

PICTURE = images.Picture(url="http://example.org/b.png")


def jobs_of_events() -> int:
    """Return how many jobs there are, not counting those that copy images."""
    return int(Job.select().where(Job.event.is_null(False)).count())


def chicago(slug: str = "chicago") -> System:
    return owners.create_system({"slug": slug, "name": "C", "url": "http://example.org"})


def counted(slug: str) -> tuple[int, int]:
    """Return how many badges a system has, as pages of its lists say: current and archived ones."""
    totals = [
        catalog.inside(Place(slug), archived=archived, page=Page(1, 1)).total
        for archived in (False, True)
    ]
    return totals[0], totals[1]


def published(where: System | Scope, slug: str, **more: Any) -> Badge:
    data = {
        "name": slug, "slug": slug, "earnerDescription": "E", "consumerDescription": "C",
        "criteriaUrl": "http://example.org/c", "unique": 1, **more,
    }  # fmt: skip
    scope = where if isinstance(where, Scope) else Scope(where)
    return badges.by_id(badges.create(scope, data, PICTURE).id)
