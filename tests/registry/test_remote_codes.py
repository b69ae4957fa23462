"""Claim codes at another BadgeKit API: listed, searched, created and deleted there, none here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges.bulk_codes import Problem, State
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound, TooLarge, Unavailable, ValidationError
from chalicelib.registry import registry, remote_codes
from chalicelib.registry.claim_codes import CodesIncomplete
from tests.contract.original import SECRET, OriginalApi
from tests.domain.places import chicago, published

ALL = Page(1, 1000)
PATH = "/systems/chicago/badges/reader/codes"


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader")


@pytest.fixture
def api(badge: Badge, settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({"reader": {"slug": "reader"}}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


def there(api: OriginalApi) -> list[tuple[str, bool]]:
    return [(one["code"], one["multiuse"]) for one in api.codes.get("reader", ())]


def put(api: OriginalApi, *codes: str, **more: Any) -> None:
    known = api.codes.setdefault("reader", [])
    for code in codes:
        known.append(
            {"id": len(known) + 1, "code": code, "claimed": False, "email": None, "multiuse": False,
             **more}
        )  # fmt: skip


def found(badge: Badge, search: str = "", show: State | None = None, page: Page = ALL) -> list[str]:
    return [code.code for code in registry().codes.find(badge, search, show, page).found.rows]


def test_codes_are_created_there_and_nowhere_else(api: OriginalApi, badge: Badge) -> None:
    registry().codes.create_random(badge, 2, multiuse=False)
    registry().codes.create_random(badge, 1, multiuse=True)
    registry().codes.create_named(badge, ["honey", "wax 2026/ü"], multiuse=False)
    registry().codes.create_named(badge, ["all"], multiuse=True)
    # What is not to be reusable is not sent: the original takes false for true.
    assert [many for _, many in there(api)] == [False, False, True, False, False, True]
    assert [code for code, _ in there(api)][3:] == ["honey", "wax 2026/ü", "all"]
    assert ClaimCode.select().count() == 0


def test_codes_that_cannot_be_created_are_named_before_any_is(
    api: OriginalApi, badge: Badge
) -> None:
    put(api, "Honey")
    with pytest.raises(ValidationError) as refused:
        registry().codes.create_named(badge, ["new", "honey", "NEW"], multiuse=False)
    assert [(one["code"], one["problem"]) for one in refused.value.details] == [
        ("honey", Problem.TAKEN), ("NEW", Problem.TWICE),
    ]  # fmt: skip
    assert there(api) == [("Honey", False)]


def test_codes_beyond_those_that_are_read_are_asked_for_one_by_one(
    api: OriginalApi, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_codes, "PAGE", 2)
    monkeypatch.setattr(remote_codes, "MOST_READ", 4)
    put(api, "honey", *map(str, range(6)))
    with pytest.raises(ValidationError):
        registry().codes.create_named(badge, ["HONEY"], multiuse=False)


def test_creating_that_stops_says_how_far_it_came(
    api: OriginalApi, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = api.answer

    def failing(method: str, *rest: Any) -> Any:
        full = len(there(api)) == 2
        return (500, {"message": "The disk is full"}) if method == "POST" and full else (
            answer(method, *rest)
        )  # fmt: skip

    monkeypatch.setattr(api, "answer", failing)
    with pytest.raises(CodesIncomplete) as stopped:
        registry().codes.create_named(badge, ["a", "b", "c", "d"], multiuse=False)
    assert (stopped.value.made, there(api)) == (2, [("a", False), ("b", False)])
    assert stopped.value.cause == "The BadgeKit API returned 500: The disk is full"
    with pytest.raises(Unavailable) as refused:
        registry().codes.create_random(badge, 2, multiuse=False)
    assert not isinstance(refused.value, CodesIncomplete)


def test_creating_takes_a_while_at_most(
    api: OriginalApi, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_codes, "SECONDS", -1)
    with pytest.raises(CodesIncomplete, match="slow"):
        registry().codes.create_random(badge, 2, multiuse=False)
    assert there(api) == []


def test_codes_are_listed_newest_first_and_searched(api: OriginalApi, badge: Badge) -> None:
    put(api, "honey-1", "wax_1")
    put(api, "honey-2", claimed=True, email="Ada@example.org")
    put(api, "all", multiuse=True, claimed=True)
    assert found(badge) == ["all", "honey-2", "wax_1", "honey-1"]
    assert found(badge, "HONEY") == ["honey-2", "honey-1"]
    assert found(badge, "ada@EXAMPLE") == ["honey-2"]
    assert found(badge, show=State.UNUSED) == ["wax_1", "honey-1"]
    assert found(badge, page=Page(2, 3)) == ["honey-1"]
    listed = registry().codes.find(badge, "", None, Page(1, 1))
    assert listed.counts == {State.UNUSED: 2, State.CLAIMED: 1, State.MULTIUSE: 1}
    assert (listed.found.total, listed.newest) == (4, None)
    assert [code.code for code in registry().codes.all_codes(badge, "honey", None)] == [
        "honey-1", "honey-2",
    ]  # fmt: skip
    assert set(api.calls) == {f"GET {PATH}?page=1&count=1000"}


def test_of_too_many_codes_the_newest_are_read(
    api: OriginalApi, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_codes, "PAGE", 2)
    monkeypatch.setattr(remote_codes, "MOST_READ", 4)
    put(api, *"abc")
    assert found(badge) == ["c", "b", "a"]
    assert registry().codes.find(badge, "", None, ALL).newest is None
    put(api, *"defg")
    api.calls.clear()
    listed = registry().codes.find(badge, "", None, ALL)
    assert [code.code for code in listed.found.rows] == ["g", "f", "e"]
    assert listed.newest == 4
    assert [call[-14:] for call in api.calls] == [
        "page=1&count=2",
        "page=3&count=2",
        "page=4&count=2",
    ]
    with pytest.raises(TooLarge, match="more than 4 codes"):
        registry().codes.all_codes(badge, "", None)


def test_only_unclaimed_codes_are_deleted(api: OriginalApi, badge: Badge) -> None:
    put(api, "wax 2026/ü")
    put(api, "honey", claimed=True)
    assert registry().codes.delete_unclaimed(badge, "wax 2026/ü")
    assert not registry().codes.delete_unclaimed(badge, "honey")
    with pytest.raises(NotFound):
        registry().codes.delete_unclaimed(badge, "wax 2026/ü")
    assert there(api) == [("honey", False)]


def test_what_is_not_a_code_is_left_out(
    api: OriginalApi, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [None, {"code": 7}, {"code": "fine", "email": 7, "claimed": "maybe"}]
    monkeypatch.setattr(api, "answer", lambda *_: (200, {"claimCodes": codes}))
    assert found(badge) == ["fine"]
    monkeypatch.setattr(api, "answer", lambda *_: (200, {"claimCodes": None, "pageData": 1}))
    assert found(badge) == []
