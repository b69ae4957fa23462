"""Block counts: every page of a long list is found by them."""

from __future__ import annotations

from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, System, Tally
from chalicelib.domain.awards import awards, lookup
from chalicelib.domain.badges import badges, block_counts, catalog, public
from chalicelib.domain.badges.block_counts import PageSpan
from chalicelib.domain.owners.places import Place
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import Conflict
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have several blocks where there are few rows."""
    monkeypatch.setattr(block_counts, "SMALL", 3)
    monkeypatch.setattr(block_counts, "LARGE", 9)


def count(system: int, *ids: int, by: int = 1) -> None:
    """Count badges of a system, by their ids."""
    for number in ids:
        block_counts.count_badge(Badge(id=number, system=system), by)


def started(offset: int, *, size: int = 1, owner: str = "system:1") -> PageSpan:
    page = Page(offset // size + 1, size)
    assert page.offset == offset
    return block_counts.badge_page(owner, page, archived=False)


def test_an_empty_list_has_no_rows_to_skip() -> None:
    assert started(4) == PageSpan(first=0, last=block_counts.UNBOUNDED, skip=4, total=0)


def test_a_page_lies_in_the_block_that_its_first_row_is_in() -> None:
    count(1, 1, 2, 5, 6, 7, 8, 30)
    found = [started(offset)[:3] for offset in range(7)]
    # No more rows than a small block may have are ever skipped.
    assert found[:4] == [(0, block_counts.UNBOUNDED, skip) for skip in range(4)]
    assert found[4:] == [(6, 8, 1), (6, 8, 2), (30, 32, 0)]
    assert {started(offset).total for offset in range(9)} == {7}


def test_a_page_goes_on_into_other_blocks() -> None:
    count(1, 1, 2, 5, 6, 7, 8, 10, 11, 30, 31)
    assert started(4, size=4) == PageSpan(first=6, last=17, skip=1, total=10)
    assert started(5, size=5) == PageSpan(first=6, last=35, skip=2, total=10)


def test_behind_the_end_nothing_is_left() -> None:
    count(1, 1, 2, 30)
    at = started(8)
    assert (at.first, at.skip, at.total) == (30, 6, 3)


def test_an_emptied_block_is_passed_over() -> None:
    count(1, 1, 14, 22, 31)
    count(1, 14, by=-1)
    assert [started(offset).first for offset in range(3)] == [0, 21, 30]


def test_archived_badges_and_others_are_lists_that_can_be_read_as_one() -> None:
    count(1, 1, 4)
    for number in (2, 5, 7, 30):
        block_counts.count_badge(Badge(id=number, system=1, archived=True), 1)
    at = block_counts.badge_page("system:1", Page(5, 1), archived=None)
    assert at == PageSpan(first=6, last=8, skip=0, total=6)
    assert block_counts.badge_page("system:1", Page(1, 1), archived=True).total == 4


def test_where_rows_lie_far_apart_there_is_no_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    count(1, *range(1, 9), 300, 301)
    assert started(6, size=3).last == 305
    monkeypatch.setattr(block_counts, "WIDE", 100)
    assert started(6, size=3).last == block_counts.UNBOUNDED


def test_what_is_counted_twice_at_once_is_counted_twice(together: Any) -> None:
    together(*[lambda: transact(lambda: count(1, 1))] * 5)
    assert {row.number for row in Tally.select()} == {5}


def test_of_awards_only_those_that_are_gone_are_counted() -> None:
    for position in (0, 1, 4, 9, 10, 11, 12):
        block_counts.count_revoked(1, position)
    left = [2, 3, 5, 6, 7, 8, 13, 14]  # of 15
    for offset, position in enumerate(left):
        at = block_counts.award_page(1, 15, Page(offset + 1, 1))
        inside = [one for one in left if at.first <= one <= at.last]
        assert (inside[at.skip], at.total) == (position, 8)
        assert at.skip <= block_counts.SMALL
    assert block_counts.award_page(2, 0, Page(1, 1)) == PageSpan(0, block_counts.UNBOUNDED, 0, 0)


@pytest.mark.slow
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
            badges.delete(badge)
        else:
            badges.update(badge, {"archived": verb == "archive"})
    for archived in (True, False, None):
        whole = [
            entry.badge.slug for entry in catalog.inside(Place("chicago"), archived=archived).rows
        ]
        assert whole == [row.slug for row in public.badges(archived=archived).rows]
        for number in range(1, len(whole) + 3):
            page = Page(number, 2)
            found = catalog.inside(Place("chicago"), archived=archived, page=page)
            everywhere = public.badges(archived=archived, page=page)
            wanted = whole[page.offset : page.offset + 2]
            assert [entry.badge.slug for entry in found.rows] == wanted
            assert [row.slug for row in everywhere.rows] == wanted
            assert found.total == everywhere.total == len(whole)


def test_pages_of_awards_go_on_without_those_that_were_revoked(database: peewee.Database) -> None:
    badge = places.published(places.chicago(), "reader")
    awards.give_all(badge, [f"{number}@example.org" for number in range(10)])
    awards.give(badge, "late@example.org")
    for number in (0, 4, 5, 6):
        awards.revoke(lookup.active(badge, f"{number}@example.org"))
    with pytest.raises(Conflict):  # which takes no position
        awards.give(badge, "else@example.org", slug=Award.get().slug)
    awards.give(badge, "later@example.org")
    left = [row.email for row in Award.select().where(Award.revoked.is_null()).order_by(Award.id)]
    now = badges.by_id(badge.id)
    pages = [lookup.of_badge(now, Page(number, 3)) for number in (1, 2, 3, 4)]
    assert [row.email for page in pages for row in page.rows] == left
    assert {page.total for page in pages} == {8}
