"""Pages of long lists: found by what is counted of blocks of ids, wherever they begin."""

from __future__ import annotations

from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.badges import awards, catalog, holders, published, publishing, tallies
from chalicelib.badges.owners import Place
from chalicelib.badges.paging import Page
from chalicelib.badges.tallies import Start
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, System, Tally
from tests.badges import places

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have several blocks where there are few rows."""
    monkeypatch.setattr(tallies, "SMALL", 3)
    monkeypatch.setattr(tallies, "BIG", 9)


def started(offset: int, *names: str, size: int = 1) -> Start:
    page = Page(offset // size + 1, size)
    assert page.offset == offset
    return tallies.start(list(names) or ["badge:1"], page)


def test_an_empty_list_has_no_rows_to_skip() -> None:
    assert started(4) == Start(first=0, last=tallies.LAST, skip=4, total=0)


def test_a_page_lies_in_the_block_that_its_first_row_is_in() -> None:
    tallies.count_awards(1, [1, 2, 5, 6, 7, 8, 30], 1)
    found = [started(offset)[:3] for offset in range(7)]
    # No more rows than a small block may have are ever skipped.
    assert found[:4] == [(0, tallies.LAST, skip) for skip in range(4)]
    assert found[4:] == [(6, 8, 1), (6, 8, 2), (30, 32, 0)]
    assert {started(offset).total for offset in range(9)} == {7}


def test_a_page_goes_on_into_other_blocks() -> None:
    tallies.count_awards(1, [1, 2, 5, 6, 7, 8, 10, 11, 30, 31], 1)
    assert started(4, size=4) == Start(first=6, last=17, skip=1, total=10)
    assert started(5, size=5) == Start(first=6, last=35, skip=2, total=10)


def test_behind_the_end_nothing_is_left() -> None:
    tallies.count_awards(1, [1, 2, 30], 1)
    at = started(8)
    assert (at.first, at.skip, at.total) == (30, 6, 3)


def test_an_emptied_block_is_passed_over() -> None:
    tallies.count_awards(1, [1, 14, 22, 31], 1)
    tallies.count_awards(1, [14], -1)
    assert [started(offset).first for offset in range(3)] == [0, 21, 30]


def test_two_lists_are_one() -> None:
    tallies.count_awards(1, [1, 4], 1)
    tallies.count_awards(2, [2, 5, 7, 30], 1)
    assert started(4, "badge:1", "badge:2") == Start(first=6, last=8, skip=0, total=6)


def test_what_is_counted_twice_at_once_is_counted_twice(together: Any) -> None:
    together(*[lambda: transact(lambda: tallies.count_awards(1, [1], 1))] * 5)
    assert [row.number for row in Tally.select()] == [5, 5]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["publish", "archive", "restore", "delete"]), st.integers(0, 30)),
        min_size=5,
        max_size=25,
    )
)
@profile(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_all_pages_together_are_the_whole_list(
    steps: list[tuple[str, int]], database: peewee.Database
) -> None:
    for table in (Badge, System, Tally):
        table.delete().execute()
    system = places.chicago()
    for number, (verb, which) in enumerate(steps):
        rows = list(Badge.select().where(Badge.deleted.is_null()))
        if verb == "publish" or not rows:
            places.published(system, f"badge-{number}")
            continue
        badge = rows[which % len(rows)]
        if verb == "delete":
            publishing.delete(badge)
        else:
            publishing.update(badge, {"archived": verb == "archive"})
    for archived in (True, False, None):
        whole = [
            entry.badge.slug for entry in catalog.inside(Place("chicago"), archived=archived).rows
        ]
        assert whole == [row.slug for row in published.badges(archived=archived).rows]
        for number in range(1, len(whole) + 3):
            page = Page(number, 2)
            found = catalog.inside(Place("chicago"), archived=archived, page=page)
            everywhere = published.badges(archived=archived, page=page)
            wanted = whole[page.offset : page.offset + 2]
            assert [entry.badge.slug for entry in found.rows] == wanted
            assert [row.slug for row in everywhere.rows] == wanted
            assert found.total == everywhere.total == len(whole)


def test_pages_of_awards_go_on_without_those_that_were_revoked(database: peewee.Database) -> None:
    badge = places.published(places.chicago(), "reader")
    awards.give_all(badge, [f"{number}@example.org" for number in range(10)])
    awards.give(badge, "late@example.org")
    for number in (0, 4, 5, 6):
        awards.revoke(holders.active(badge, f"{number}@example.org"))
    left = [row.email for row in Award.select().where(Award.revoked.is_null()).order_by(Award.id)]
    pages = [holders.of(badge, Page(number, 3)) for number in (1, 2, 3, 4)]
    assert [row.email for page in pages for row in page.rows] == left
    assert {page.total for page in pages} == {7}
