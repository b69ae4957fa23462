"""What waits for a person, in one statement, counted up to a bound."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import times
from chalicelib.data.models import Application, Event, Job
from chalicelib.domain.applications import applications
from chalicelib.domain.badges import areas
from chalicelib.domain.jobs.activity import Filters
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.workspace import attention
from chalicelib.domain.workspace.attention import Attention
from tests.domain import places


@pytest.fixture
def chicago(database: Any) -> Scope:
    """A system with two pending applications and a processed one, and two failures of an event."""
    system = places.chicago()
    badge = places.published(system, "reader")
    for learner in "abc":
        made = applications.create(badge, {"learner": f"{learner}@example.org"})
    Application.update(processed=times.now()).where(Application.slug == made.slug).execute()
    for number in (badge.id, None):
        event = Event.create(
            key=str(number), source="own", action="award", body="{}", badge_id=number
        )
        for state in ("failed", "failed", "done"):
            Job.create(kind="award", event=event, state=state)
    Job.create(kind="image", state="failed")
    return Scope(system)


def test_what_waits_is_counted_in_one_statement(chicago: Scope, statements: list[str]) -> None:
    mine = Filters(badges=areas.badges_in([areas.Area(chicago)]))
    other = Scope(places.chicago("boston"))
    none = Filters(badges=areas.badges_in([areas.Area(other)]))
    statements.clear()
    assert attention.count(chicago, mine) == Attention(2, 1)
    assert len(statements) == 1
    assert attention.count(chicago, Filters()) == Attention(2, 2)
    assert attention.count(other, none) == Attention(0, 0)
    assert attention.count(None, mine) == Attention(0, 1)
    assert attention.count(chicago, None) == Attention(2, 0)


def test_nothing_is_asked_for_a_person_who_sees_neither(
    chicago: Scope, statements: list[str]
) -> None:
    statements.clear()
    assert attention.count(None, None) == Attention(0, 0)
    assert statements == []


def test_no_page_counts_more_than_it_shows(chicago: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "MOST", 1)
    assert attention.count(chicago, Filters()) == Attention(2, 2)
    monkeypatch.setattr(attention, "MOST", 0)
    assert attention.count(chicago, Filters()) == Attention(1, 1)
