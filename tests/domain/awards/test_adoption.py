"""Adoption: which awards an award through the API takes over, what they then say, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import adoption, awards
from chalicelib.domain.badges import badges
from chalicelib.errors import ValidationError
from tests.domain.places import chicago, published

EARNER = "Earner@example.org"
EXPIRES = datetime(2031, 1, 1, tzinfo=UTC)
ISSUED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader", limit=1)


def automatic(badge: Badge, email: str = EARNER) -> Award:
    award, _ = awards.give(badge, email, origin=f"application:{email}", adoptable=True)
    return Award.get_by_id(award.id)


def test_what_is_said_replaces_what_the_award_says_and_nothing_is_announced(badge: Badge) -> None:
    award = automatic(badge)
    said: dict[str, Any] = {
        "comment": "Well done", "expires": EXPIRES, "issued_on": ISSUED, "claim_code": "c",
    }  # fmt: skip
    (adopted,) = adoption.adopt(badge, [EARNER.upper()], **said)
    now = Award.get_by_id(award.id)
    assert adopted.__data__ == now.__data__
    assert {name: getattr(now, name) for name in said} == said
    kept = ("id", "slug", "email", "salt", "origin", "active_key", "position")
    assert [getattr(now, name) for name in kept] == [getattr(award, name) for name in kept]
    assert Badge.get_by_id(badge.id).awarded == Event.select().count() == 1
    assert [(job.kind, job.event) for job in Job.select().where(Job.event.is_null(False)).order_by(Job.id)] == [
        ("award", Event.get()), ("rebaking", Event.get()),
    ]  # fmt: skip


def test_what_is_not_said_stays(badge: Badge) -> None:
    award = automatic(badge)
    (adopted,) = adoption.adopt(badge, [EARNER])
    assert adopted.__data__ == {**award.__data__, "adoptable": False}


def test_an_award_is_taken_over_once(badge: Badge, together: Callable[..., list[Any]]) -> None:
    automatic(badge)
    taken = together(*[lambda: adoption.adopt(badges.by_id(badge.id), [EARNER])] * 5)
    assert sorted(map(len, taken)) == [0, 0, 0, 0, 1]
    assert Job.select().where(Job.kind == "rebaking").count() == 1


def test_other_awards_are_not_taken_over(badge: Badge) -> None:
    open_to_all = published(badge.system, "open")
    awards.give(open_to_all, "api@example.org")
    awards.give(open_to_all, "person@example.org", origin="application:person")
    awards.revoke(automatic(open_to_all, "revoked@example.org"))
    automatic(badge, "elsewhere@example.org")
    emails = [f"{name}@example.org" for name in ("api", "person", "revoked", "elsewhere", "new")]
    assert adoption.adopt(open_to_all, emails) == []
    assert Job.select().where(Job.kind == "rebaking").count() == 0


def test_an_award_is_not_taken_over_to_expire_before_it_was_issued(badge: Badge) -> None:
    award = automatic(badge, "earner@example.org")
    day = timedelta(days=1)
    for said in (
        {"expires": award.issued_on - day},
        {"issued_on": award.issued_on + 2 * day, "expires": award.issued_on + day},
    ):
        with pytest.raises(ValidationError):
            adoption.adopt(badge, ["earner@example.org"], **said)
    assert Award.get_by_id(award.id).adoptable is True


def test_many_are_taken_over_in_few_statements(badge: Badge, statements: list[str]) -> None:
    open_to_all = published(badge.system, "open")
    emails = [f"earner{number}@example.org" for number in range(50)]
    for email in emails:
        automatic(open_to_all, email)
    statements.clear()
    assert [award.email for award in adoption.adopt(open_to_all, emails)] == emails
    assert len(statements) <= 10
