"""Awards of another BadgeKit API are recorded once, in whatever order it reports them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards, lookup, mirrored
from chalicelib.domain.badges import badges
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound, ValidationError
from tests.conftest import Clock
from tests.domain.awards.giving import EARNER, OTHER, again, counts, given
from tests.openbadges import examples
from tests.openbadges.examples import stored

Together = Callable[..., list[Any]]


ORDERS = list(permutations(["award", "award again", "revocation", "revocation without badge"]))


def test_records_at_the_same_time_end_the_same_in_any_order(
    badge: Badge, together: Together
) -> None:
    for number in range(5):
        uid, email = f"uid-{number}", f"earner{number}@example.org"
        records = [
            lambda uid=uid, email=email: mirrored.record(uid, badge, email),
            lambda uid=uid, email=email: mirrored.record(uid, badge, email),
            lambda uid=uid, email=email: mirrored.record_revocation(uid, None, email),
            lambda uid=uid, email=email: mirrored.record_revocation(uid, badge, email),
        ]
        answers = together(*records)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        row = Award.get(Award.slug == uid)
        assert (row.badge, row.revoked is not None, row.active_key) == (badge, True, None)
    assert counts() == (5, 0, 0)


def test_an_award_may_be_revoked_elsewhere_while_it_is_written_down(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = awards.insert

    def late(*args: Any, **values: Any) -> Award | None:
        mirrored.record_revocation("uid", None, EARNER)
        return insert(*args, **values)

    monkeypatch.setattr(awards, "insert", late)
    award, new = mirrored.record("uid", badge, EARNER)
    assert (new, award.badge, award.revoked is not None) == (False, badge, True)
    assert counts() == (1, 0, 0)


def test_an_award_may_be_written_down_while_its_revocation_is(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = Award.create

    def late(**values: Any) -> Any:
        monkeypatch.setattr(Award, "create", insert)
        mirrored.record("uid", badge, EARNER)
        return insert(**values)

    monkeypatch.setattr(Award, "create", late)
    award = mirrored.record_revocation("uid", None, EARNER, "By mistake")
    assert (award.badge, award.revocation_reason) == (badge, "By mistake")
    assert award.revoked is not None
    assert counts() == (1, 0, 0)


def test_recording_an_award_writes_no_event(badge: Badge) -> None:
    issued = datetime(2014, 6, 10, tzinfo=UTC)
    award, new = mirrored.record(
        "uid", badge, EARNER, origin="application:1", comment="Good", issued_on=issued
    )
    row = again(award)
    assert new
    assert (row.slug, row.badge, row.email, row.comment) == ("uid", badge, EARNER, "Good")
    assert (row.origin, row.issued_on) == ("application:1", issued)
    assert lookup.active(badge, EARNER) == award
    assert counts() == (1, 0, 0)


def test_an_archived_badge_may_have_been_awarded_elsewhere(badge: Badge) -> None:
    badge.archived = True
    assert mirrored.record("uid", badge, EARNER)[1]


def test_hearing_of_an_award_again_changes_nothing(badge: Badge, other_badge: Badge) -> None:
    award, _ = mirrored.record("uid", badge, EARNER, comment="Good")
    before = again(award).__data__
    issued = datetime(2014, 6, 10, tzinfo=UTC)
    assert mirrored.record("uid", badge, EARNER) == (award, False)
    assert mirrored.record("UID", other_badge, OTHER, comment="x", issued_on=issued) == (
        award,
        False,
    )
    assert again(award).__data__ == before


def test_a_second_uid_for_the_same_badge_and_address_is_the_first_award(badge: Badge) -> None:
    first, _ = mirrored.record("uid-1", badge, EARNER)
    assert mirrored.record("uid-2", badge, EARNER.upper()) == (first, False)
    assert counts() == (1, 0, 0)


def test_after_a_revocation_a_second_uid_is_an_award_of_its_own(badge: Badge) -> None:
    first, _ = mirrored.record("uid-1", badge, EARNER)
    mirrored.record_revocation("uid-1", badge, EARNER)
    second, new = mirrored.record("uid-2", badge, EARNER)
    assert new
    assert second != first
    assert lookup.active(badge, EARNER) == second


def test_an_award_learns_what_it_answered_unless_another_did(badge: Badge) -> None:
    award, _ = mirrored.record("uid-1", badge, EARNER)
    mirrored.record("uid-1", badge, EARNER, origin="application:1")
    assert again(award).origin == "application:1"
    other, _ = mirrored.record("uid-2", badge, OTHER)
    assert mirrored.record("uid-2", badge, OTHER, origin="application:1") == (other, False)
    assert again(other).origin is None
    mirrored.record("uid-1", badge, EARNER, origin="application:2")
    assert again(award).origin == "application:1"


def test_an_unknown_uid_that_answers_what_was_answered_is_that_answer(badge: Badge) -> None:
    award = given(badge, origin="application:1")
    assert mirrored.record("uid", badge, OTHER, origin="application:1") == (award, False)


def test_a_revocation_may_be_recorded_before_its_award(badge: Badge, clock: Clock) -> None:
    award = mirrored.record_revocation("uid", None, EARNER, "By mistake")
    assert (award.badge_id, award.revoked, award.revocation_reason) == (
        None, clock.now, "By mistake",
    )  # fmt: skip
    issued = datetime(2014, 6, 10, tzinfo=UTC)
    found, new = mirrored.record("uid", badge, EARNER, issued_on=issued)
    assert (found, new) == (award, False)
    row = again(award)
    assert (row.badge, row.issued_on, row.revoked) == (badge, issued, clock.now)
    with pytest.raises(NotFound):
        lookup.active(badge, EARNER)


def test_a_revocation_is_recorded_once(badge: Badge, clock: Clock) -> None:
    mirrored.record("uid", badge, EARNER)
    first = mirrored.record_revocation("uid", badge, EARNER, "By mistake").__data__
    clock.move(timedelta(days=1))
    assert mirrored.record_revocation("uid", None, OTHER, "Another").__data__ == first
    assert counts() == (1, 0, 0)


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_whatever_the_order_the_award_is_known_and_revoked(
    badge: Badge, order: tuple[str, ...]
) -> None:
    for what in order:
        if what.startswith("award"):
            mirrored.record("uid", badge, EARNER)
        else:
            mirrored.record_revocation("uid", badge if what == "revocation" else None, EARNER)
    row = Award.get()
    assert (row.slug, row.badge, row.email) == ("uid", badge, EARNER)
    assert row.revoked is not None
    assert row.active_key is None
    assert counts() == (1, 0, 0)
    given(badge)


@pytest.mark.parametrize("email", ["", "nope", "a@b.co\n"])
def test_what_is_no_address_is_not_written_down(badge: Badge, email: str) -> None:
    with pytest.raises(ValidationError):
        mirrored.record("uid", badge, email)
    with pytest.raises(ValidationError):
        mirrored.record_revocation("uid", badge, email)
    assert counts() == (0, 0, 0)


def test_a_revoked_award_keeps_its_badge_whatever_is_recorded_later(
    badge: Badge,
) -> None:
    other = stored(examples.badge(badge.system, slug="another"))
    revoked, _ = awards.give(badge, EARNER)
    awards.revoke(revoked)
    moved, new = mirrored.record(revoked.slug, other, EARNER)
    assert (moved.badge_id, moved.revoked is None, new) == (badge.id, False, False)
    given = [awards.give(other, f"{number}@example.org")[0] for number in range(3)]
    assert lookup.of_badge(badges.by_id(other.id), Page(1, 3)).rows == given
    assert len(awards.give_all(other, ["late@example.org"])) == 1
