"""Claim codes: each is used once, unless it is reusable."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import badges, codes
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import CodeAlreadyUsed, Conflict, NotFound, ValidationError
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def badge(database: Any) -> Badge:
    return places.published(places.chicago(), "reader")


def test_a_code_is_found_whatever_its_letter_case(badge: Badge) -> None:
    made = codes.create(badge, {"code": "Summer"})
    assert codes.find(badge, "SUMMER") == made
    assert (made.claimed, made.multiuse, made.email) == (False, False, None)


def test_a_badge_has_a_code_once_and_two_badges_may_share_it(badge: Badge) -> None:
    codes.create(badge, {"code": "Summer"})
    with pytest.raises(Conflict):
        codes.create(badge, {"code": "summer"})
    other = places.published(badge.system, "other")  # type: ignore[arg-type]
    codes.create(other, {"code": "summer"})
    assert codes.badge_of(Scope(badge.system), "summer")[0] == badge  # type: ignore[arg-type]


def test_a_random_code_is_ten_digits_that_were_not_asked_for(badge: Badge) -> None:
    made = codes.create_random(badge, {"code": "mine"})
    assert re.fullmatch("[0-9a-f]{10}", made.code)


@pytest.mark.parametrize("no", [False, 0, "0", "false", None])
def test_what_means_no_means_no(badge: Badge, no: Any) -> None:
    made = codes.create(badge, {"code": "a", "claimed": no, "multiuse": no})
    assert (made.claimed, made.multiuse) == (False, False)


def test_a_code_is_claimed_once(badge: Badge) -> None:
    codes.create(badge, {"code": "a"})
    assert codes.claim(badge, "A", "earner@example.org").email == "earner@example.org"
    with pytest.raises(CodeAlreadyUsed):
        codes.claim(badge, "a", "other@example.org")
    assert codes.badge_of(Scope(badge.system), "a") == (badge, True)  # type: ignore[arg-type]


def test_a_code_for_many_is_claimed_again_even_by_the_same(badge: Badge) -> None:
    codes.create(badge, {"code": "a", "multiuse": True})
    for _ in range(3):
        assert codes.claim(badge, "a", "earner@example.org").claimed
    assert codes.badge_of(Scope(badge.system), "a") == (badge, False)  # type: ignore[arg-type]


def test_of_two_who_claim_at_once_one_is_late(
    badge: Badge, together: Callable[..., list[Any]]
) -> None:
    codes.create(badge, {"code": "a"})
    answers = together(*[lambda: codes.claim(badge, "a", "earner@example.org")] * 4)
    assert sum(isinstance(answer, CodeAlreadyUsed) for answer in answers) == 3


def test_a_claim_without_an_address_keeps_the_one_it_was_made_for(badge: Badge) -> None:
    codes.create(badge, {"code": "a", "email": "earner@example.org"})
    assert codes.claim(badge, "a").email == "earner@example.org"


def test_what_is_no_address_or_no_code_is_refused(badge: Badge) -> None:
    codes.create(badge, {"code": "a"})
    with pytest.raises(ValidationError):
        codes.claim(badge, "a", "nope")
    with pytest.raises(NotFound):
        codes.claim(badge, "b")
    with pytest.raises(ValidationError):
        codes.create(badge, {"code": "x" * 256})


def test_only_an_unclaimed_code_of_the_badge_is_deleted(badge: Badge) -> None:
    other = places.published(badge.system, "other")  # type: ignore[arg-type]
    theirs, claimed, free = (
        codes.create(one, {"code": code})
        for one, code in ((other, "a"), (badge, "b"), (badge, "c"))
    )
    codes.claim(badge, "b")
    with pytest.raises(NotFound):
        codes.delete_unclaimed(badge, theirs.code)
    assert not codes.delete_unclaimed(badge, claimed.code)
    assert codes.delete_unclaimed(badge, free.code)
    assert [code.code for code in ClaimCode.select().order_by(ClaimCode.id)] == ["a", "b"]


def test_codes_go_with_their_badge(badge: Badge) -> None:
    codes.create(badge, {"code": "a"})
    badges.delete(badge)
    with pytest.raises(NotFound):
        codes.badge_of(Scope(badge.system), "a")  # type: ignore[arg-type]
