"""When an award is valid, and which periods are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards, validity
from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.errors import ValidationError
from tests.conftest import Clock
from tests.domain.places import chicago, published

MOMENT, YEAR = timedelta(microseconds=1), timedelta(days=365)
NO_TIME = timedelta(0)
# When an award is issued and when it expires, seen from now; and what it is then.
PERIODS: list[tuple[timedelta, timedelta | None, AwardStatus]] = [
    (NO_TIME, None, AwardStatus.VALID),
    (-YEAR, None, AwardStatus.VALID),
    (-YEAR, MOMENT, AwardStatus.VALID),
    (-YEAR, NO_TIME, AwardStatus.EXPIRED),
    (-2 * YEAR, -YEAR, AwardStatus.EXPIRED),
    (MOMENT, None, AwardStatus.NOT_YET_VALID),
    (YEAR, 2 * YEAR, AwardStatus.NOT_YET_VALID),
    # Rows of earlier versions, which did not refuse them.
    (YEAR, -YEAR, AwardStatus.EXPIRED),
    (2 * YEAR, YEAR, AwardStatus.NOT_YET_VALID),
]


@pytest.fixture
def badge(database: peewee.Database, clock: Clock) -> Badge:
    return published(chicago(), "reader")


def test_an_award_is_valid_from_its_issue_until_it_expires(badge: Badge, clock: Clock) -> None:
    for number, (issued_on, expires, status) in enumerate(PERIODS):
        award, _ = awards.give(badge, f"e{number}@example.org")
        award.issued_on = clock.now + issued_on
        award.expires = None if expires is None else clock.now + expires
        award.save()
        assert validity.status_of(award) is status
        having = [one for one in AwardStatus if _has(award, one)]
        assert having == [status], (issued_on, expires)


def _has(award: Award, status: AwardStatus) -> bool:
    return bool(Award.select().where(Award.id == award.id, validity.having(status)).exists())


def test_a_revoked_award_is_nothing_else(badge: Badge, clock: Clock) -> None:
    for number, (issued_on, expires, _) in enumerate(PERIODS):
        award, _ = awards.give(badge, f"e{number}@example.org")
        award.issued_on = clock.now + issued_on
        award.expires = None if expires is None else clock.now + expires
        award.save()
        awards.revoke(award)
        award = Award.get_by_id(award.id)
        assert validity.status_of(award) is AwardStatus.REVOKED
        assert [one for one in AwardStatus if _has(award, one)] == [AwardStatus.REVOKED]


def test_the_status_can_be_asked_for_at_another_moment(badge: Badge, clock: Clock) -> None:
    issued, expires = clock.now + YEAR, clock.now + 2 * YEAR
    award, _ = awards.give(badge, "ada@example.org", issued_on=issued, expires=expires)
    told = [
        validity.status_of(award, moment)
        for moment in (issued - MOMENT, issued, expires - MOMENT, expires)
    ]
    assert told == [
        AwardStatus.NOT_YET_VALID, AwardStatus.VALID, AwardStatus.VALID, AwardStatus.EXPIRED,
    ]  # fmt: skip


def give(badge: Badge, **times: datetime) -> Any:
    return awards.give(badge, "ada@example.org", **times)


def give_all(badge: Badge, **times: datetime) -> Any:
    return awards.give_all(badge, ["ada@example.org", "bob@example.org"], **times)


@pytest.mark.parametrize("give", [give, give_all])
def test_an_award_that_would_expire_before_it_is_issued_is_refused(
    badge: Badge, clock: Clock, give: Callable[..., Any]
) -> None:
    refused: tuple[dict[str, datetime], ...] = (
        {"expires": clock.now - MOMENT},  # it would be issued now
        {"issued_on": clock.now + YEAR, "expires": clock.now + YEAR - MOMENT},
        {"issued_on": clock.now - YEAR, "expires": clock.now - 2 * YEAR},
    )
    for times in refused:
        with pytest.raises(ValidationError) as refusal:
            give(badge, **times)
        (detail,) = refusal.value.details
        assert detail["field"] == "expires"
        assert "issuedOn" in detail["message"]
    assert Award.select().count() == 0


@pytest.mark.parametrize("give", [give, give_all])
def test_an_award_of_the_past_may_have_expired_long_ago(
    badge: Badge, clock: Clock, give: Callable[..., Any]
) -> None:
    give(badge, issued_on=clock.now - 2 * YEAR, expires=clock.now - YEAR)
    assert {validity.status_of(award) for award in Award.select()} == {AwardStatus.EXPIRED}
