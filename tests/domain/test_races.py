"""What many do at the same moment ends as if they had done it one after the other."""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Application, Award, Badge, Program, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, lookup, milestones, mirrored
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.domain.badges import codes, public
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from chalicelib.errors import NotFound
from tests.conftest import MARIADB
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")

Together = Callable[..., list[Any]]
TIMES = 5
EARNER = "earner@example.org"


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


def counts() -> tuple[int, int]:
    """Return what is counted of the system's badges: current ones and archived ones."""
    return places.counted("chicago")


def kinds(answers: list[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def test_a_badge_is_deleted_once(system: System, together: Together) -> None:
    for number in range(TIMES):
        badge = places.published(system, f"reader-{number}")
        answers = together(*[lambda badge=badge: badge_repository.delete(badge)] * 4)
        assert kinds(answers) == {"NoneType": 1, "NotFound": 3}
        assert counts() == (0, 0)


def test_every_name_of_an_owner_that_is_renamed_by_many_leads_to_it(
    system: System, together: Together
) -> None:
    badge = places.published(system, "reader")
    awards.give(badge, EARNER)
    for number in range(TIMES):
        names = [f"{letter}-{number}" for letter in "abc"]
        loaded = [System.get() for _ in names]
        together(
            *(
                lambda row=row, name=name: owners.update(row, {"slug": name})
                for row, name in zip(loaded, names, strict=True)
            )
        )
        for name in ("chicago", *names):
            assert public.badge_at(Place(name), "reader").id == badge.id


def test_an_owner_is_deleted_once(system: System, together: Together) -> None:
    for number in range(TIMES):
        data = {"slug": f"library-{number}", "name": "L", "url": "http://example.org"}
        issuer = owners.create_issuer(system, data)
        answers = together(*[lambda issuer=issuer: owners.delete(issuer)] * 4)
        assert kinds(answers) == {"NoneType": 1, "NotFound": 3}


def test_an_owner_and_the_one_around_it_are_deleted_at_once(
    system: System, together: Together
) -> None:
    for number in range(TIMES):
        data = {"slug": f"library-{number}", "name": "L", "url": "http://example.org"}
        issuer = owners.create_issuer(system, data)
        programs = [owners.create_program(issuer, {**data, "slug": name}) for name in "ab"]
        rows = [issuer, *(Program.get_by_id(program.id) for program in programs)]
        answers = together(*(lambda row=row: owners.delete(row) for row in rows))
        assert set(kinds(answers)) <= {"NoneType", "NotFound"}
        assert Program.select().count() == 0


def test_a_badge_is_archived_once(system: System, together: Together) -> None:
    badge = places.published(system, "reader")
    for number in range(TIMES):
        archived = number % 2 == 0
        together(*[lambda to=archived: badge_repository.update(badge, {"archived": to})] * 4)
        assert counts() == ((0, 1) if archived else (1, 0))


def test_a_badge_that_is_awarded_while_it_is_deleted_keeps_its_award_or_refuses_it(
    system: System, together: Together
) -> None:
    for number in range(TIMES):
        badge = places.published(system, f"reader-{number}")
        deleted, given = together(
            lambda badge=badge: badge_repository.delete(badge),
            lambda badge=badge: awards.give(badge, EARNER),
        )
        assert deleted is None
        if isinstance(given, Exception):
            assert "deleted" in str(given)
            assert Award.select().where(Award.badge == badge).count() == 0
        else:
            assert lookup.latest(badge, EARNER) == given[0]
    assert counts() == (0, 0)


def test_many_lists_of_the_same_people_award_each_once(system: System, together: Together) -> None:
    badge = places.published(system, "reader")
    for number in range(TIMES):
        emails = [f"{one}-{number}@example.org" for one in range(30)]
        answers = together(*[lambda emails=emails: awards.give_all(badge, emails)] * 3)
        assert sorted(len(answer) for answer in answers) == [0, 0, 30]
    assert Badge.get_by_id(badge.id).awarded == Award.select().count() == 30 * TIMES


def test_a_badge_is_locked_before_it_is_read_who_has_it(
    system: System, statements: list[str]
) -> None:
    badge = places.published(system, "reader")
    statements.clear()
    awards.give_all(badge, [EARNER])
    assert statements[0].replace("`", '"').startswith('UPDATE "badge" SET "awarded"')


LOCK = re.compile(r'UPDATE "(\w+)" SET "(\w+)" = "\1"\."\2" WHERE \("\1"\."(\w+)" = [^ ]+\)')


def locks(statements: list[str]) -> list[str]:
    """Return what was locked, by updates that change nothing: tables, and what chose the rows."""
    found = [LOCK.fullmatch(sql.replace("`", '"')) for sql in statements]
    return [f"{one[1]}.{one[3]}" for one in found if one]


def test_a_badge_is_locked_while_an_award_of_it_is_recorded_or_revoked(
    system: System, statements: list[str]
) -> None:
    badge = places.published(system, "reader")
    award, _ = awards.give(badge, EARNER)
    for change in (
        lambda: mirrored.record("uid", badge, "other@example.org"),
        lambda: awards.revoke(award),
        lambda: mirrored.record_revocation("uid", badge, "other@example.org"),
    ):
        statements.clear()
        change()
        assert locks(statements) == ["badge.id"]


def test_a_system_s_milestones_are_locked_while_one_is_changed(
    system: System, statements: list[str]
) -> None:
    primary, support = (places.published(system, slug) for slug in ("one", "two"))
    sent = {"primaryBadgeId": primary.id, "numberRequired": 1, "supportBadges": []}
    milestone = milestones.create(system, sent)
    for change in (
        lambda: milestones.update(milestone, {"numberRequired": 2}),
        lambda: milestones.add_badge(milestone, {"badgeId": support.id}),
        lambda: milestones.remove_badge(milestone, {"badgeId": support.id}),
    ):
        statements.clear()
        change()
        assert locks(statements) == ["milestone.system_id"]


def test_two_awards_that_reach_a_milestone_together_reach_it(
    system: System, together: Together, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (places.published(system, slug) for slug in ("one", "two", "three"))
    milestones.create(
        system,
        {
            "primaryBadgeId": third.id, "numberRequired": 2,
            "supportBadges": [first.id, second.id],
        },
    )  # fmt: skip
    given = [badge_repository.by_id(badge.id) for badge in (first, second)]
    lock, line = milestones.lock, threading.Barrier(2)

    def together_with_the_other(system_id: int) -> None:
        if engine == MARIADB:  # SQLite lets only one of them come so far
            line.wait(timeout=30)
        lock(system_id)

    monkeypatch.setattr(milestones, "lock", together_with_the_other)
    together(*[lambda badge=badge: awards.give(badge, EARNER) for badge in given])
    assert lookup.active(third, EARNER)


def test_who_awards_waits_for_milestones_then_for_the_badge_and_then_reads(
    system: System, statements: list[str]
) -> None:
    first, second = (places.published(system, slug) for slug in ("one", "two"))
    sent = {"primaryBadgeId": second.id, "numberRequired": 1, "supportBadges": [first.id]}
    milestones.create(system, sent)
    badge = badge_repository.by_id(first.id)
    for award in (
        lambda: awards.give(badge, EARNER),
        lambda: awards.give_all(badge, ["other@example.org"]),
    ):
        statements.clear()
        award()
        tables = [sql.replace("`", '"').split('"')[1] for sql in statements[:2]]
        assert (tables, statements[0][:6]) == (["milestone", "badge"], "UPDATE")


def test_awards_and_revocations_and_milestones_that_cross_all_come_through(
    system: System, together: Together
) -> None:
    badges = [places.published(system, slug) for slug in ("one", "two", "three")]
    for primary, support in itertools.permutations(badges, 2):
        sent = {"primaryBadgeId": primary.id, "numberRequired": 1, "supportBadges": [support.id]}
        milestones.create(system, sent)
    supporting = [badge_repository.by_id(badge.id) for badge in badges]

    def work(number: int) -> None:
        for turn in range(TIMES):
            badge = supporting[(number + turn) % 3]
            award, _ = awards.give(badge, f"{number}-{turn}@example.org")
            if turn % 2:
                awards.revoke(award)
            badge_repository.update(
                places.published(system, f"b-{number}-{turn}"), {"archived": True}
            )

    assert together(*[lambda n=n: work(n) for n in range(4)]) == [None] * 4
    for badge in badges:
        row = Badge.get_by_id(badge.id)
        left = Award.select().where(Award.badge == badge, Award.revoked.is_null()).count()
        assert (row.awarded, row.given) == (left, 4 * TIMES)
    assert counts() == (3, 4 * TIMES)


def test_what_somebody_else_changed_meanwhile_stays(system: System) -> None:
    badge = places.published(system, "reader")
    slug = applications.create(badge, {"learner": EARNER}).slug
    mine, theirs = (Application.get(Application.slug == slug) for _ in range(2))
    applications.mark_processed(theirs)
    applications.update(mine, {"assignedTo": "reviewer@example.org"})
    now = Application.get(Application.slug == slug)
    assert now.processed is not None
    assert now.assigned_to == "reviewer@example.org"


def test_a_change_of_what_was_deleted_meanwhile_says_so(system: System) -> None:
    badge = places.published(system, "reader")
    badge_repository.delete(badge)
    with pytest.raises(NotFound):
        badge_repository.update(badge, {"name": "Late"})


def test_what_is_made_for_a_badge_that_was_deleted_meanwhile_says_so(system: System) -> None:
    badge = places.published(system, "reader")
    badge_repository.delete(badge)
    for make in (codes.create, codes.create_random):
        with pytest.raises(NotFound):
            make(badge, {"code": "a"})


def test_a_milestone_that_went_with_its_badge_says_so(system: System) -> None:
    badge = places.published(system, "reader")
    sent = {"primaryBadgeId": badge.id, "numberRequired": 1, "supportBadges": []}
    milestone = milestones.create(system, sent)
    badge_repository.delete(badge)
    with pytest.raises(NotFound):
        milestones.view(milestone)


def test_a_badge_is_added_to_a_milestone_once(system: System, together: Together) -> None:
    primary, support = (places.published(system, slug) for slug in ("one", "two"))
    sent = {"primaryBadgeId": primary.id, "numberRequired": 1, "supportBadges": []}
    milestone = milestones.create(system, sent)
    add = {"badgeId": support.id}
    assert together(*[lambda: milestones.add_badge(milestone, add)] * 4) == [None] * 4
    assert [row.id for row in milestones.view(milestone).support] == [support.id]


def test_many_badges_are_published_at_once(system: System, together: Together) -> None:
    answers = together(*[lambda n=n: places.published(system, f"badge-{n}") for n in range(12)])
    assert {type(answer) for answer in answers} == {Badge}
    assert counts() == (12, 0)
