"""One active award of a badge to an address, whatever the spelling, the order and the races."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import awards, lookup
from chalicelib.domain.badges import badges
from chalicelib.domain.events import payloads
from chalicelib.domain.jobs import outbox
from chalicelib.errors import Conflict, NotFound, ValidationError
from tests.conftest import Clock
from tests.domain.awards.giving import EARNER, OTHER, again, counts, given

pytestmark = pytest.mark.usefixtures("database")

SPELLINGS = (EARNER, "earner@example.org", "EARNER@EXAMPLE.ORG")
Together = Callable[..., list[Any]]


class BrokenError(Exception):
    """Stands for anything that goes wrong between two statements."""


@contextmanager
def broken(database: peewee.Database, after: int) -> Iterator[None]:
    """Let something go wrong after so many statements."""
    numbers = count()

    def hook(_: Any) -> None:
        if next(numbers) == after:
            raise BrokenError

    database.query_hooks.append(hook)
    try:
        yield
    finally:
        database.query_hooks.remove(hook)


# Giving


def test_an_award_is_kept_as_it_was_given(badge: Badge, clock: Clock) -> None:
    row = again(given(badge))
    assert (row.badge, row.email, row.email_key) == (badge, EARNER, EARNER.lower())
    assert (row.comment, row.origin, row.expires, row.revoked) == (None, None, None, None)
    assert row.issued_on == clock.now
    assert re.fullmatch("[0-9a-f]{40}", row.slug)
    assert re.fullmatch("[0-9a-f]{32}", row.salt)


def test_an_award_may_come_with_its_slug_comment_and_times(badge: Badge) -> None:
    issued, expires = (datetime(year, 1, 1, 12, tzinfo=UTC) for year in (2014, 9999))
    award = given(
        badge, slug="my-award", comment="Well done ☃ 😀", issued_on=issued, expires=expires
    )
    row = again(award)
    assert (row.slug, row.comment) == ("my-award", "Well done ☃ 😀")
    assert (row.issued_on, row.expires) == (issued, expires)


def test_a_new_award_comes_with_one_event_and_one_job(badge: Badge) -> None:
    award = given(badge)
    event, job = Event.get(), Job.get()
    assert (event.source, event.action, event.subject) == ("own", "award", EARNER)
    assert (job.kind, job.event, job.award, job.state) == ("award", event, award, outbox.RECEIVED)
    assert counts() == (1, 1, 1)


@pytest.mark.parametrize(("first", "second"), list(product(SPELLINGS, SPELLINGS)))
def test_an_address_has_a_badge_once_whatever_its_letter_case(
    badge: Badge, first: str, second: str
) -> None:
    award = given(badge, first)
    assert awards.give(badge, second) == (award, False)
    assert again(award).email == first
    assert counts() == (1, 1, 1)


def test_a_badge_that_is_not_unique_is_given_once_all_the_same(badge: Badge) -> None:
    badge.is_unique = False
    award = given(badge)
    assert awards.give(badge, EARNER) == (award, False)


def test_other_addresses_and_other_badges_are_something_else(
    badge: Badge, other_badge: Badge
) -> None:
    given(badge)
    given(badge, OTHER)
    given(other_badge)
    assert counts() == (3, 3, 3)


@pytest.mark.parametrize("email", ["", "nope", "a@b", "a@b.co, c@d.co", "a@b.co\n", None, 5])
def test_only_addresses_are_given_badges(badge: Badge, email: Any) -> None:
    with pytest.raises(ValidationError) as problem:
        awards.give(badge, email)
    assert problem.value.details == [{"message": "Invalid email", "field": "email", "value": email}]
    assert counts() == (0, 0, 0)


def test_an_archived_badge_is_not_given(badge: Badge) -> None:
    badges.update(badge, {"archived": True})
    with pytest.raises(Conflict, match="archived"):
        awards.give(badge, EARNER)
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("slug", ["taken", "TAKEN"])
def test_a_slug_is_given_once_whatever_its_letter_case(badge: Badge, slug: str) -> None:
    given(badge, slug="taken")
    with pytest.raises(Conflict) as problem:
        awards.give(badge, OTHER, slug=slug)
    assert problem.value.message == "badgeInstance with that `slug` already exists"
    assert problem.value.details == {"slug": slug}
    assert counts() == (1, 1, 1)


def test_an_existing_award_is_returned_whatever_slug_is_sent(badge: Badge) -> None:
    award = given(badge, slug="taken")
    assert awards.give(badge, EARNER, slug="taken") == (award, False)


def test_a_slug_may_be_as_long_as_a_slug_can_be(badge: Badge) -> None:
    award = given(badge, slug="a" * 255)
    given(badge, OTHER, slug="a" * 254 + "b")
    assert awards.revoke(award)
    assert counts() == (2, 3, 3)


# What an award answers


def test_an_origin_is_answered_once(badge: Badge, other_badge: Badge) -> None:
    award = given(badge, origin="application:1")
    assert awards.give(badge, EARNER, origin="application:1") == (award, False)
    assert awards.give(badge, OTHER, origin="application:1") == (award, False)
    assert awards.give(other_badge, OTHER, origin="application:1") == (award, False)
    assert counts() == (1, 1, 1)


def test_an_origin_is_not_answered_again_after_a_revocation(badge: Badge) -> None:
    award = given(badge, origin="application:1")
    awards.revoke(award)
    found, new = awards.give(badge, EARNER, origin="application:1")
    assert (found, new, found.revoked is not None) == (award, False, True)
    assert counts() == (1, 2, 2)


def test_an_origin_is_not_answered_again_after_the_award_expired(
    badge: Badge, clock: Clock
) -> None:
    award = given(badge, origin="application:1", expires=clock.now + timedelta(days=1))
    clock.move(timedelta(days=2))
    before = again(award).__data__
    assert awards.give(badge, EARNER, origin="application:1") == (award, False)
    assert again(award).__data__ == before


def test_another_origin_does_not_give_the_badge_a_second_time(badge: Badge) -> None:
    award = given(badge, origin="application:1")
    assert awards.give(badge, EARNER, origin="application:2") == (award, False)
    assert awards.give(badge, EARNER) == (award, False)
    assert again(award).origin == "application:1"


def test_an_award_is_found_by_what_it_answers(badge: Badge) -> None:
    award = given(badge, origin="application:1")
    assert awards.by_origin("application:1") == award
    assert awards.by_origin("application:2") is None


# Anew


def test_a_revoked_badge_can_be_given_anew(badge: Badge) -> None:
    first = given(badge)
    awards.revoke(first)
    second = given(badge, SPELLINGS[2])
    assert lookup.active(badge, EARNER) == second
    assert again(first).revoked
    assert [event.action for event in Event.select().order_by(Event.id)] == [
        "award", "revoke", "award",
    ]  # fmt: skip


def test_a_badge_can_be_given_anew_from_the_moment_it_expires(badge: Badge, clock: Clock) -> None:
    expires = clock.now + timedelta(days=1)
    first = given(badge, expires=expires)
    clock.now = expires - timedelta(microseconds=1)
    assert awards.give(badge, EARNER) == (first, False)
    clock.now = expires
    second = given(badge)
    assert lookup.active(badge, EARNER) == second
    assert again(first).revoked is None
    assert counts() == (2, 2, 2)


def test_only_the_expired_award_makes_room(badge: Badge, other_badge: Badge, clock: Clock) -> None:
    expires = clock.now + timedelta(days=1)
    given(badge, expires=expires)
    others = [given(badge, OTHER, expires=expires), given(other_badge, expires=expires)]
    clock.move(timedelta(days=2))
    given(badge)
    assert [again(award).active_key is None for award in others] == [False, False]


# Races


def test_many_at_once_end_with_one_award_one_event_and_one_job(
    badge: Badge, together: Together
) -> None:
    answers = together(*[lambda email=email: awards.give(badge, email) for email in SPELLINGS * 2])
    assert sorted(new for _, new in answers) == [False] * 5 + [True]
    assert len({award.id for award, _ in answers}) == 1
    assert counts() == (1, 1, 1)


def test_many_answers_at_once_to_one_origin_end_with_one_award(
    badge: Badge, together: Together
) -> None:
    answers = together(
        *[
            lambda n=n: awards.give(badge, f"earner{n}@example.org", origin="application:1")
            for n in range(5)
        ]
    )
    assert sorted(new for _, new in answers) == [False] * 4 + [True]
    assert len({award.id for award, _ in answers}) == 1
    assert counts() == (1, 1, 1)


def test_many_at_once_for_one_slug_end_with_one_award(badge: Badge, together: Together) -> None:
    answers = together(
        *[
            lambda n=n: awards.give(badge, f"earner{n}@example.org", slug="the-slug")
            for n in range(4)
        ]
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True, True, True]
    assert counts() == (1, 1, 1)


def test_many_at_once_after_an_award_expired_end_with_one_more(
    badge: Badge, together: Together, clock: Clock
) -> None:
    given(badge, expires=clock.now + timedelta(days=1))
    clock.move(timedelta(days=2))
    answers = together(*[lambda: awards.give(badge, EARNER)] * 4)
    assert sorted(new for _, new in answers) == [False, False, False, True]
    assert counts() == (2, 2, 2)


def test_many_revocations_at_once_are_one(badge: Badge, together: Together) -> None:
    award = given(badge)
    answers = together(*[lambda: awards.revoke(Award.get_by_id(award.id))] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert counts() == (1, 2, 2)


# All or nothing


def test_a_failure_after_any_statement_leaves_nothing(
    badge: Badge, database: peewee.Database, statements: list[str]
) -> None:
    given(badge, OTHER)
    statements.clear()
    given(badge, "third@example.org")
    total = len(statements)
    before = counts()
    for number in range(total):
        with broken(database, number), pytest.raises(BrokenError):
            awards.give(badge, EARNER)
        assert counts() == before
    given(badge)


def test_a_failed_revocation_changes_nothing(badge: Badge, database: peewee.Database) -> None:
    award = given(badge)
    before = again(award).__data__
    for number in range(3):
        with broken(database, number), pytest.raises(BrokenError):
            awards.revoke(award)
        assert (again(award).__data__, counts()) == (before, (1, 1, 1))
    assert awards.revoke(award)


def test_an_expired_award_keeps_its_place_when_the_new_one_fails(
    badge: Badge, clock: Clock
) -> None:
    old = given(badge, expires=clock.now + timedelta(days=1))
    given(badge, OTHER, slug="taken")
    clock.move(timedelta(days=2))
    with pytest.raises(Conflict):
        awards.give(badge, EARNER, slug="taken")
    assert lookup.active(badge, EARNER) == old


# Revoking


def test_a_revocation_writes_its_reason_and_one_event(badge: Badge, clock: Clock) -> None:
    award = given(badge)
    assert awards.revoke(award, "By mistake")
    row = again(award)
    assert (row.revoked, row.revocation_reason, row.active_key) == (clock.now, "By mistake", None)
    event = Event.select().order_by(Event.id.desc()).get()
    assert json.loads(event.body)["action"] == event.action == "revoke"
    job = Job.get(Job.event == event)
    assert (job.kind, job.award) == ("revocation", award)


def test_revoking_again_changes_nothing(badge: Badge, clock: Clock) -> None:
    award = given(badge)
    awards.revoke(award, "By mistake")
    before = again(award).__data__
    clock.move(timedelta(days=1))
    assert not awards.revoke(award, "Another reason")
    assert (again(award).__data__, counts()) == (before, (1, 2, 2))


# Finding


def test_the_active_award_is_found_whatever_the_letter_case(badge: Badge) -> None:
    award = given(badge)
    assert [lookup.active(badge, spelling) for spelling in SPELLINGS] == [award] * 3


def test_an_address_without_the_badge_is_answered_as_the_original_did(badge: Badge) -> None:
    given(badge, OTHER)
    with pytest.raises(NotFound) as problem:
        lookup.active(badge, EARNER)
    assert problem.value.message == (
        f"Could not find badgeInstance field: `email`, value: `{EARNER}`"
    )


def test_a_badge_s_awards_are_listed_in_order_without_the_revoked(
    badge: Badge, other_badge: Badge
) -> None:
    first, second, third = (given(badge, f"earner{n}@example.org") for n in range(3))
    given(other_badge)
    awards.revoke(second)
    assert lookup.of_badge(badge).rows == [first, third]


def test_what_happened_here_reads_like_a_webhook(badge: Badge) -> None:
    award = given(badge, comment="Good", issued_on=datetime(2014, 6, 10, tzinfo=UTC))
    awards.revoke(award)
    first, second = (
        payloads.parse(payloads.load(event.body)) for event in Event.select().order_by(Event.id)
    )
    assert isinstance(first, payloads.AwardPayload)
    assert (first.uid, first.email, first.comment) == (award.slug, EARNER, "Good")
    assert (first.issued_on, first.of_milestone) == (award.issued_on, False)
    assert isinstance(second, payloads.RevocationPayload)
    assert (second.uid, second.email) == (award.slug, EARNER)
