"""Chicago with a badge or two, made through the domain."""

from __future__ import annotations

from typing import Any

from chalicelib.badges import catalog, images, owners, publishing
from chalicelib.badges.owners import Place, Scope
from chalicelib.badges.paging import Page
from chalicelib.data.models import Badge, System

PICTURE = images.Picture(url="http://example.org/b.png")


def chicago(slug: str = "chicago") -> System:
    return owners.create_system({"slug": slug, "name": "C", "url": "http://example.org"})


def counted(slug: str) -> tuple[int, int]:
    """Return how many badges a system has, as pages of its lists say: current and archived ones."""
    totals = [
        catalog.inside(Place(slug), archived=archived, page=Page(1, 1)).total
        for archived in (False, True)
    ]
    return totals[0], totals[1]


def published(system: System, slug: str, **more: Any) -> Badge:
    data = {
        "name": slug, "slug": slug, "earnerDescription": "E", "consumerDescription": "C",
        "criteriaUrl": "http://example.org/c", "unique": 1, **more,
    }  # fmt: skip
    return publishing.by_id(publishing.create(Scope(system), data, PICTURE).id)
