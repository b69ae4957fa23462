"""Rows of an earlier version get public ids; until then, documents name them by their slugs."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.data.models import Badge, System
from chalicelib.domain.owners import public_ids
from tests.domain.places import chicago, published


@pytest.mark.usefixtures("database")
def test_rows_without_a_public_id_get_one_and_others_keep_theirs() -> None:
    system = chicago()
    first, second = (published(system, slug) for slug in ("first", "second"))
    Badge.update(public_id=None).where(Badge.id == first.id).execute()
    System.update(public_id=None).execute()
    assert public_ids.fill_missing() == 2
    assert public_ids.fill_missing() == 0
    ids = [row.public_id for row in (*Badge.select().order_by(Badge.id), *System.select())]
    assert all(len(one) == 32 for one in ids)
    assert ids[1] == second.public_id


@pytest.mark.usefixtures("database")
def test_a_run_fills_in_so_many_and_the_next_one_the_rest() -> None:
    system = chicago()
    for slug in ("first", "second", "third"):
        published(system, slug)
    Badge.update(public_id=None).execute()
    assert [public_ids.fill_missing(2), public_ids.fill_missing(2)] == [2, 1]


@pytest.mark.usefixtures("database")
def test_an_id_that_was_given_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    badge = published(chicago(), "reader")
    Badge.update(public_id=None).execute()
    name: Any = public_ids._name

    def late(table: Any, number: int) -> int:
        Badge.update(public_id="given").execute()
        return int(name(table, number))

    monkeypatch.setattr(public_ids, "_name", late)
    assert public_ids.fill_missing() == 0
    assert Badge.get_by_id(badge.id).public_id == "given"
