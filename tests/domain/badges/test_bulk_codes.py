"""Claim codes in bulk: created, refused, searched, counted."""

from __future__ import annotations

import re

import peewee
import pytest

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes, codes
from chalicelib.domain.badges.bulk_codes import Problem, State
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound, TooLarge, ValidationError
from tests.domain.places import chicago, published
from tests.names import DIFFERENT, SAME

ALL = Page(1, 50)


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader")


def found(badge: Badge, search: str = "", show: State | None = None) -> list[str]:
    return [code.code for code in bulk_codes.find(badge, search, show, ALL).rows]


def test_a_thousand_random_codes_take_few_statements(badge: Badge, statements: list[str]) -> None:
    statements.clear()
    bulk_codes.create_random(badge, 1000, multiuse=False)
    assert len(statements) <= 6
    made = [code.code for code in ClaimCode.select()]
    assert len(set(made)) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{10}", code) for code in made)
    assert bulk_codes.counts(badge) == {State.UNUSED: 1000, State.CLAIMED: 0, State.MULTIUSE: 0}


@pytest.mark.parametrize("number", [0, -1, 1001])
def test_not_any_number_of_codes_is_made(badge: Badge, number: int) -> None:
    with pytest.raises(ValidationError):
        bulk_codes.create_random(badge, number, multiuse=False)


def test_codes_are_named(badge: Badge) -> None:
    bulk_codes.create_named(badge, ["honey", "Wax 2026"], multiuse=True)
    assert found(badge) == ["Wax 2026", "honey"]
    assert all(code.multiuse for code in ClaimCode.select())


def test_each_refused_code_is_reported_and_none_is_created(badge: Badge) -> None:
    codes.create(badge, {"code": "Honey"})
    names = ["honey", "new", "NEW", "x" * 256, "a\tb", "fine"]
    with pytest.raises(ValidationError) as refused:
        bulk_codes.create_named(badge, names, multiuse=False)
    assert [(one["code"][:5], one["problem"]) for one in refused.value.details] == [
        ("honey", Problem.TAKEN),
        ("NEW", Problem.TWICE),
        ("xxxxx", Problem.LONG),
        ("a\tb", Problem.UNPRINTABLE),
    ]
    assert found(badge) == ["Honey"]


def test_a_code_that_another_request_just_created_is_reported(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes.create(badge, {"code": "🦄-1"})
    monkeypatch.setattr(bulk_codes, "refused", lambda *_: [])  # it was not there yet
    names = [f"code {number}" for number in range(250)]  # more than one statement has
    with pytest.raises(ValidationError) as refused:
        bulk_codes.create_named(badge, [*names, "🦄-1"], multiuse=False)
    assert [one["problem"] for one in refused.value.details] == [Problem.ALIKE]
    assert ClaimCode.select().count() == 1


def test_codes_are_the_same_as_the_table_of_names_says(badge: Badge) -> None:
    """Those that were made before, and those in one list."""
    for number, (one, other) in enumerate((*SAME, *DIFFERENT)):
        is_same = (one, other) in SAME
        codes.create(badge, {"code": f"{number} {one}"})
        told = bulk_codes._refused(badge, [f"{number} {other}"])
        assert (Problem.TAKEN in [row["problem"] for row in told]) == is_same, (one, other)
        told = bulk_codes.refused([one, other], frozenset())
        assert (Problem.TWICE in [row["problem"] for row in told]) == is_same, (one, other)


def test_a_search_tells_emoji_apart(badge: Badge) -> None:
    bulk_codes.create_named(badge, ["🦄-1", "🍣-1"], multiuse=False)
    assert found(badge, "🦄") == ["🦄-1"]


def test_they_are_found_by_code_address_and_state(badge: Badge) -> None:
    bulk_codes.create_named(badge, ["honey-1", "honey-2", "wax_1"], multiuse=False)
    bulk_codes.create_named(badge, ["all"], multiuse=True)
    codes.claim(badge, "honey-2", "Ada@example.org")
    assert found(badge, "HONEY") == ["honey-2", "honey-1"]
    assert found(badge, "ada@EXAMPLE") == ["honey-2"]
    assert found(badge, "_") == ["wax_1"]
    assert found(badge, "%") == []
    assert found(badge, show=State.CLAIMED) == ["honey-2"]
    assert found(badge, show=State.UNUSED) == ["wax_1", "honey-1"]
    assert found(badge, show=State.MULTIUSE) == ["all"]
    assert bulk_codes.counts(badge) == {State.UNUSED: 2, State.CLAIMED: 1, State.MULTIUSE: 1}


def test_an_empty_badge_has_counts_too(badge: Badge) -> None:
    assert set(bulk_codes.counts(badge).values()) == {0}


def test_a_file_has_an_end(badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_codes, "MOST_LISTED", 2)
    bulk_codes.create_random(badge, 2, multiuse=False)
    assert len(bulk_codes.all_codes(badge, "", None)) == 2
    bulk_codes.create_random(badge, 1, multiuse=False)
    with pytest.raises(TooLarge):
        bulk_codes.all_codes(badge, "", None)


def test_only_unclaimed_codes_are_deleted(badge: Badge) -> None:
    bulk_codes.create_named(badge, ["honey", "wax"], multiuse=False)
    codes.claim(badge, "wax")
    honey, wax = ClaimCode.select().order_by(ClaimCode.id)
    assert codes.delete_unclaimed(badge, honey.code)
    assert not codes.delete_unclaimed(badge, wax.code)
    with pytest.raises(NotFound):
        codes.delete_unclaimed(badge, honey.code)
    with pytest.raises(NotFound):
        codes.delete_unclaimed(published(badge.system, "other"), wax.code)
    assert found(badge) == ["wax"]
