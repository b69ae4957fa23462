"""Archiving a badge and restoring it: here, and in another BadgeKit API without losing a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge, Criterion
from chalicelib.domain.badges import badges
from chalicelib.errors import NotFound, Unavailable
from chalicelib.registry import registry
from tests.contract.original import SECRET, OriginalApi
from tests.domain.places import chicago, counted, published

LISTS = {
    "criteria": [{"id": 7, "description": "Read a book", "required": 1, "note": "really"}],
    "alignments": [{"id": 1, "name": "Standard", "url": None, "description": None}],
    "categories": ["science"],
    "tags": [{"id": 1, "value": "books"}],
}


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    badge = published(chicago(), "reader")
    Criterion.create(badge=badge, description="Read a book", required=True)
    return badge


@pytest.fixture
def api(badge: Badge, settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({"reader": {"slug": "reader", "archived": False, **LISTS}}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


def is_archived(badge: Badge) -> bool:
    return bool(badges.by_id(badge.id).archived)


def test_a_badge_is_archived_and_restored_as_often_as_one_likes(badge: Badge) -> None:
    for _ in range(2):
        registry().archive(badge, True)
        assert is_archived(badge)
        assert counted("chicago") == (0, 1)
    for _ in range(2):
        registry().archive(badge, False)
        assert not is_archived(badge)
        assert counted("chicago") == (1, 0)
    assert Criterion.select().where(Criterion.badge == badge).count() == 1


def test_a_badge_that_was_deleted_meanwhile_cannot_be_archived(badge: Badge) -> None:
    badges.delete(badge)
    with pytest.raises(NotFound):
        registry().archive(badge, True)


def test_elsewhere_it_is_archived_with_all_that_belongs_to_it(
    badge: Badge, api: OriginalApi
) -> None:
    registry().archive(badge, True)
    assert api.badges["reader"] == {"slug": "reader", "archived": True, **LISTS}
    assert is_archived(badge)
    registry().archive(badge, False)
    assert api.badges["reader"]["archived"] is False
    assert not is_archived(badge)


@pytest.mark.parametrize("calls", [0, 1])
def test_an_error_there_leaves_the_badge_as_it_is_here(
    calls: int, badge: Badge, api: OriginalApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = api.answer
    seen: list[str] = []

    def failing(method: str, *rest: Any) -> Any:
        seen.append(method)
        return (500, {"message": "no"}) if len(seen) > calls else answer(method, *rest)

    monkeypatch.setattr(api, "answer", failing)
    with pytest.raises(Unavailable):
        registry().archive(badge, True)
    assert not is_archived(badge)
