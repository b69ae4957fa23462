"""Milestones: a badge follows from others, by itself and once."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Award, Badge, Milestone, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, lookup, milestones
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.errors import ValidationError
from tests.conftest import Clock
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")

EARNER = "Earner@example.org"


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


@pytest.fixture
def badges(system: System) -> list[Badge]:
    """The badge of the milestone, and three that support it."""
    return [places.published(system, slug) for slug in ("master", "one", "two", "three")]


def made(system: System, badges: list[Badge], required: int = 2, **more: Any) -> Milestone:
    primary, *support = badges
    data = {
        "primaryBadgeId": primary.id, "numberRequired": required,
        "supportBadges": [badge.id for badge in support], **more,
    }  # fmt: skip
    return milestones.create(system, data)


def give(badge: Badge, email: str = EARNER) -> Award:
    return awards.give(badge_repository.by_id(badge.id), email)[0]


def who_has(badge: Badge) -> list[str]:
    return [award.email for award in lookup.of_badge(badge).rows]


def test_its_badge_follows_when_enough_are_there(system: System, badges: list[Badge]) -> None:
    made(system, badges)
    give(badges[1])
    assert who_has(badges[0]) == []
    give(badges[2], EARNER.upper())
    assert [email.lower() for email in who_has(badges[0])] == [EARNER.lower()]


def test_it_follows_once_and_is_not_taken_back(system: System, badges: list[Badge]) -> None:
    made(system, badges)
    first = give(badges[1])
    give(badges[2])
    awards.revoke(first)
    assert len(who_has(badges[0])) == 1
    awards.revoke(lookup.active(badges[0], EARNER))
    give(badges[3])
    assert who_has(badges[0]) == []


def test_a_revoked_award_does_not_count_towards_it(system: System, badges: list[Badge]) -> None:
    made(system, badges)
    awards.revoke(give(badges[1]))
    give(badges[2])
    assert who_has(badges[0]) == []
    give(badges[3])
    assert who_has(badges[0]) == [EARNER]


def test_it_follows_from_awards_to_many(system: System, badges: list[Badge]) -> None:
    made(system, badges)
    emails = [f"{number}@example.org" for number in range(5)]
    for badge in badges[1:3]:
        awards.give_all(badge_repository.by_id(badge.id), emails)
    assert sorted(who_has(badges[0])) == emails


def test_one_may_follow_from_another(system: System, badges: list[Badge]) -> None:
    grand = places.published(system, "grand")
    made(system, badges, 1)
    made(system, [grand, badges[0]], 1)
    give(badges[1])
    assert who_has(grand) == [EARNER]


@pytest.mark.parametrize("change", [{"archived": True}, {"limit": 1}])
def test_a_milestone_badge_that_cannot_be_awarded_stops_no_other_award(
    system: System, badges: list[Badge], change: dict[str, Any]
) -> None:
    made(system, badges, 1)
    give(badges[0], "first@example.org")
    badge_repository.update(badges[0], change)
    give(badges[1])
    assert (who_has(badges[0]), who_has(badges[1])) == (["first@example.org"], [EARNER])


def test_a_milestone_badge_without_a_limit_is_awarded_whatever_spells_that(
    system: System, badges: list[Badge]
) -> None:
    made(system, badges, 1)
    badge_repository.update(badges[0], {"limit": 0})
    give(badges[1])
    assert who_has(badges[0]) == [EARNER]


def test_an_application_is_queued_instead_once(system: System, badges: list[Badge]) -> None:
    made(system, badges, 1, action="queue-application")
    for badge in badges[1:]:
        give(badge)
    assert [row.learner for row in applications.of_badge(badges[0]).rows] == [EARNER]
    assert who_has(badges[0]) == []


def test_many_reach_it_in_few_statements(
    system: System, badges: list[Badge], statements: list[str]
) -> None:
    queued = places.published(system, "queued")
    made(system, badges, 1)
    made(system, [queued, badges[0]], 1, action="queue-application")
    emails = [f"{number:03}@example.org" for number in range(400)]
    statements.clear()
    awards.give_all(badge_repository.by_id(badges[1].id), emails)
    assert len(statements) <= 60
    assert who_has(badges[0]) == emails
    assert [row.learner for row in applications.of_badge(queued).rows] == emails
    assert Badge.get_by_id(badges[0].id).awarded == 400


@pytest.mark.parametrize("change", [{"limit": 1}, {"archived": True}, {}])
def test_an_award_that_expired_stays_findable_unless_another_takes_its_place(
    system: System, badges: list[Badge], clock: Clock, change: dict[str, Any]
) -> None:
    made(system, badges, 1, action=None if change else "queue-application")
    old, _ = awards.give(badges[0], EARNER, expires=clock.now + timedelta(days=1))
    clock.move(timedelta(days=2))
    badge_repository.update(badges[0], change)
    give(badges[1])
    assert lookup.active(badges[0], EARNER) == old


def test_as_many_reach_it_as_may(system: System, badges: list[Badge]) -> None:
    made(system, badges, 1)
    badge_repository.update(badges[0], {"limit": 2})
    awards.give_all(badge_repository.by_id(badges[1].id), [f"{n}@example.org" for n in range(5)])
    assert len(who_has(badges[0])) == 2
    assert len(who_has(badges[1])) == 5


@pytest.mark.slow
def test_one_may_follow_from_another_as_often_as_there_are_badges(system: System) -> None:
    line = [places.published(system, f"badge-{number}") for number in range(200)]
    for first, second in itertools.pairwise(line):
        made(system, [second, first], 1)
    give(line[0])
    assert all(who_has(badge) == [EARNER] for badge in line)


def test_badges_are_added_again_and_taken_away_again(system: System, badges: list[Badge]) -> None:
    milestone = made(system, badges[:2])
    for _ in range(2):
        milestones.add_badge(milestone, {"badgeId": badges[2].id})
    assert [row.slug for row in milestones.view(milestone).support] == ["one", "two"]
    for _ in range(2):
        milestones.remove_badge(milestone, {"badgeId": str(badges[1].id)})
    assert [row.slug for row in milestones.view(milestone).support] == ["two"]


def test_support_badges_that_are_sent_replace_those_before(
    system: System, badges: list[Badge]
) -> None:
    milestone = made(system, badges[:3])
    milestones.update(milestone, {"supportBadges": [badges[3].id, badges[2].id]})
    assert [row.slug for row in milestones.view(milestone).support] == ["three", "two"]


def test_what_is_not_sent_of_a_milestone_stays(system: System, badges: list[Badge]) -> None:
    milestone = made(system, badges[:3], action="queue-application")
    milestones.update(milestone, {"numberRequired": 1})
    row, support = Milestone.get_by_id(milestone.id), milestones.view(milestone).support
    assert (row.primary_badge_id, row.number_required, row.action) == (
        badges[0].id, 1, "queue-application",
    )  # fmt: skip
    assert [one.slug for one in support] == ["one", "two"]


@pytest.mark.parametrize(
    "change",
    [
        {"action": "dance"}, {"supportBadges": [99_999]}, {"primaryBadgeId": 99_999},
        {"supportBadges": "1"}, {"supportBadges": [None]}, {"numberRequired": "x"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    system: System, badges: list[Badge], change: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        made(system, badges, **change)
    milestone = made(system, badges)
    with pytest.raises(ValidationError):
        milestones.update(milestone, change)
    assert milestones.of_system(system).total == 1


def test_another_system_s_badges_do_not_count(system: System, badges: list[Badge]) -> None:
    elsewhere = places.published(places.chicago("boston"), "elsewhere")
    with pytest.raises(ValidationError):
        made(system, [badges[0], elsewhere])


def test_it_goes_with_its_badge(system: System, badges: list[Badge]) -> None:
    made(system, badges, 1)
    give(badges[1])
    badge_repository.delete(badge_repository.by_id(badges[0].id))
    assert milestones.of_system(system).rows == []
