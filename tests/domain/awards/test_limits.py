"""How often a badge is awarded: counted with its awards, and never more often than it may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Award, Badge, Event, System
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.errors import Conflict, ValidationError
from tests.conftest import Clock
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")


def emails(count: int, start: int = 0) -> list[str]:
    return [f"earner-{number}@example.org" for number in range(start, start + count)]


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


def counted(badge: Badge) -> int:
    found = Badge.get_by_id(badge.id).awarded
    there = Award.select().where(Award.badge == badge, Award.revoked.is_null()).count()
    assert found == there
    return int(found)


def test_the_next_one_is_refused_and_a_revocation_makes_room(system: System) -> None:
    badge = places.published(system, "rare", limit=1)
    award, _ = awards.give(badge, "a@example.org")
    with pytest.raises(Conflict, match="1 times"):
        awards.give(badge, "b@example.org")
    awards.revoke(award)
    assert awards.give(badge, "b@example.org")[1]
    assert counted(badge) == 1


@pytest.mark.parametrize("limit", [0, -1])
def test_zero_and_less_are_no_limit(system: System, limit: int) -> None:
    badge = places.published(system, "open", limit=limit)
    for email in emails(2):
        assert awards.give(badge, email)[1]
    assert len(awards.give_all(badge, emails(2, 2))) == 2
    now = Badge.get_by_id(badge.id)
    assert (now.award_limit, now.most_awards, now.awards_left) == (limit, None, None)
    badges.archive(badge, True)
    assert Badge.get_by_id(badge.id).awards_left == 0


@pytest.mark.parametrize(("more", "left"), [({}, None), ({"limit": 3}, 2), ({"limit": 1}, 0)])
def test_what_is_left_is_what_the_limit_leaves(
    system: System, more: dict[str, int], left: int | None
) -> None:
    badge = places.published(system, "reader", **more)
    awards.give(badge, "a@example.org")
    assert badges.by_id(badge.id).awards_left == left
    badges.archive(badge, True)
    assert badges.by_id(badge.id).awards_left == 0


def test_an_existing_award_is_returned_even_at_the_limit(system: System) -> None:
    badge = places.published(system, "rare", limit=1)
    award, _ = awards.give(badge, "a@example.org")
    assert awards.give(badge, "A@example.org") == (award, False)
    assert counted(badge) == 1


def test_an_award_that_is_not_new_is_not_counted(system: System) -> None:
    badge = places.published(system, "reader")
    for origin in ("one", "two"):
        awards.give(badge, "a@example.org", origin=origin)
    assert counted(badge) == Badge.get_by_id(badge.id).given == 1


def test_of_many_at_once_as_many_get_it_as_may(
    system: System, together: Callable[..., list[Any]]
) -> None:
    badge = places.published(system, "rare", limit=2)
    answers = together(*[lambda e=e: awards.give(badge, e) for e in emails(5)])
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert counted(badge) == 2


def test_all_of_many_get_it_or_none(system: System) -> None:
    badge = places.published(system, "rare", limit=3)
    with pytest.raises(Conflict):
        awards.give_all(badge, emails(4))
    with pytest.raises(ValidationError):
        awards.give_all(badge, [*emails(2), "nope"])
    assert (counted(badge), Event.select().count()) == (0, 0)
    assert len(awards.give_all(badge, emails(3))) == counted(badge) == 3


def test_a_list_of_those_who_have_it_may_be_sent_again_at_the_limit(system: System) -> None:
    badge = places.published(system, "rare", limit=2)
    assert len(awards.give_all(badge, emails(2))) == 2
    assert awards.give_all(badge, emails(2)) == []
    with pytest.raises(Conflict):
        awards.give_all(badge, emails(3))


def test_who_has_it_and_who_comes_twice_is_left_out(system: System) -> None:
    badge = places.published(system, "reader")
    awards.give_all(badge, emails(2))
    given = awards.give_all(badge, [*emails(3), "EARNER-2@example.org"])
    assert [award.email for award in given] == ["earner-2@example.org"]
    assert (counted(badge), places.jobs_of_events()) == (3, 3)


def test_an_expired_one_makes_room_for_another(system: System, clock: Clock) -> None:
    badge = places.published(system, "reader")
    awards.give_all(badge, emails(1), expires=clock.now + timedelta(days=1))
    clock.move(timedelta(days=2))
    assert len(awards.give_all(badge, emails(1))) == 1


def test_a_thousand_take_a_few_statements_for_each_two_hundred(
    system: System, statements: list[str]
) -> None:
    badge = places.published(system, "reader")
    statements.clear()
    awards.give_all(badge, emails(1000))
    assert len(statements) <= 50
    assert (counted(badge), Event.select().count(), places.jobs_of_events()) == (1000, 1000, 1000)


def test_a_badge_read_before_it_was_archived_or_deleted_is_not_awarded(
    system: System,
) -> None:
    archived, deleted = (places.published(system, slug) for slug in ("one", "two"))
    badges.update(archived, {"archived": True})
    badges.delete(deleted)
    for badge in (archived, deleted):
        with pytest.raises(Conflict):
            awards.give_all(badge, emails(1))


def test_places_count_their_badges(system: System) -> None:
    first, second = (places.published(system, slug) for slug in ("one", "two"))
    assert places.counted("chicago") == (2, 0)
    badges.update(first, {"archived": True})
    badges.update(first, {"archived": 1})
    assert places.counted("chicago") == (1, 1)
    badges.delete(badges.by_id(first.id))
    badges.delete(badges.by_id(second.id))
    assert places.counted("chicago") == (0, 0)
