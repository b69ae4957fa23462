"""Turns of limited emails: at most so many to an address in any hour, in order, and none lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from chalicelib.data.models import Job, MailTurn
from chalicelib.domain.jobs import kinds, mail_turns
from chalicelib.limits import FEEDBACK_MAILS_PER_HOUR
from tests.conftest import Clock

HOUR = timedelta(hours=1)
MOST = FEEDBACK_MAILS_PER_HOUR


def job(kind: str = kinds.FEEDBACK_MAIL) -> Job:
    return Job.create(kind=kind, state="working")


def turns(clock: Clock, address: str, number: int) -> list[datetime]:
    return [mail_turns.take(job(), address) - clock.now for _ in range(number)]  # type: ignore[misc]


def test_beyond_the_limit_each_waits_for_an_hour_after_an_earlier_one(
    database: peewee.Database, clock: Clock
) -> None:
    now, later = timedelta(), HOUR
    assert turns(clock, "a@example.org", 2 * MOST + 1) == [now] * MOST + [later] * MOST + [2 * HOUR]
    clock.move(HOUR / 2)
    assert turns(clock, "A@Example.ORG", MOST - 1) == [HOUR * 3 / 2] * (MOST - 1)
    assert turns(clock, "b@example.org", 1) == [now]


def test_no_hour_has_more_than_the_limit(database: peewee.Database, clock: Clock) -> None:
    taken: list[datetime] = []
    for minutes in (0, 1, 50, 5, 3, 30, 1, 0, 0, 40, 70, 2) * 2:
        clock.move(timedelta(minutes=minutes))
        taken.append(mail_turns.take(job(), "a@example.org"))
    assert taken == sorted(taken)
    for first in taken:
        assert sum(first <= one < first + HOUR for one in taken) <= MOST


def test_another_attempt_has_the_same_turn(database: peewee.Database, clock: Clock) -> None:
    turns(clock, "a@example.org", MOST)
    last = job()
    at = mail_turns.take(last, "a@example.org")
    clock.move(HOUR / 2)
    assert mail_turns.take(last, "a@example.org") == at
    clock.move(HOUR / 2)
    assert mail_turns.take(last, "a@example.org") == at


def test_turns_are_forgotten_after_an_hour(database: peewee.Database, clock: Clock) -> None:
    turns(clock, "a@example.org", MOST)
    clock.move(HOUR)
    turns(clock, "b@example.org", 1)
    assert MailTurn.select().count() == 1
    assert "example" not in MailTurn.get().address


def test_emails_about_awards_are_not_limited(database: peewee.Database, clock: Clock) -> None:
    for kind in (kinds.AWARD_MAIL, kinds.REVOCATION_MAIL):
        for _ in range(MOST + 1):
            assert mail_turns.take(job(kind), "a@example.org") == clock.now
    assert MailTurn.select().count() == 0


def test_of_many_at_once_no_more_get_a_turn(
    database: peewee.Database, clock: Clock, together: Any
) -> None:
    jobs = [job() for _ in range(8)]
    taken = together(*[lambda one=one: mail_turns.take(one, "a@example.org") for one in jobs])
    assert sorted(taken) == [clock.now] * MOST + [clock.now + HOUR] * MOST
