"""Drafts made from published badges."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import System
from chalicelib.domain.drafts import drafts, from_badge
from chalicelib.domain.owners.places import Scope
from tests.domain.places import chicago, published

ADA = "ada@example.org"


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


@pytest.fixture
def scope(system: System) -> Scope:
    return Scope(system)


def test_a_published_badge_is_copied_with_its_details(system: System, scope: Scope) -> None:
    badge = published(
        system, "reader", type="Strange", limit=3, tags=["books"], categories=["Storytelling"],
        criteria=[{"description": "Read", "required": 1, "note": "a book"}],
        alignments=[{"name": "A", "url": "https://example.org/a", "description": "d"}],
    )  # fmt: skip
    draft = from_badge.create(badge, scope, ADA)
    said = drafts.content(draft)
    assert (said["name"], said["limit"], said["type"]) == ("reader", 3, "")
    assert (said["tags"], said["categories"]) == (["books"], ["Storytelling"])
    assert said["criteria"] == [{"description": "Read", "required": True, "note": "a book"}]
    assert said["alignments"] == [{"name": "A", "url": "https://example.org/a", "description": "d"}]
    assert draft.image == badge.image
    assert drafts.missing(draft) == [("description", "strapline")]
