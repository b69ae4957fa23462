"""Events, the newest first, with what was done about each."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from chalicelib.badges import activity
from chalicelib.badges.activity import Show
from chalicelib.data.models import Event, Job


def event(number: int, *states: str) -> Event:
    """Write an event down, with a job in each of these states."""
    row = Event.create(
        key=str(number), source="own", action="award", subject=f"{number}", body="{}" * 1000
    )
    for state in states:
        Job.create(event=row, kind="award", state=state)
    return row


@pytest.fixture
def mixed(database: peewee.Database) -> None:
    """Events in all conditions, and a job that no event caused."""
    event(1, "done")
    event(2, "done", "failed")
    event(3, "received")
    event(4, "queued", "failed")
    event(5, "working", "done")
    event(6)
    event(7, "done", "done")
    event(8, "failed", "failed")
    Job.create(kind="award", state="failed")


@pytest.mark.usefixtures("mixed")
class TestShow:
    @pytest.mark.parametrize(
        ("show", "numbers"),
        [
            (Show.ALL, [8, 7, 6, 5, 4, 3, 2, 1]),
            (Show.WAITING, [5, 4, 3]),
            (Show.FAILED, [8, 4, 2]),
            (Show.DONE, [7, 1]),
        ],
    )
    def test_chooses_and_counts_the_same_events(self, show: Show, numbers: list[int]) -> None:
        shown = [int(entry.event.subject or "") for entry in activity.page(show, 1).entries]
        assert shown == numbers
        assert activity.counts()[show] == len(numbers)

    def test_all_jobs_of_a_shown_event_come_along_in_order(self) -> None:
        entries = activity.page(Show.FAILED, 1).entries
        states = [[job.state for job in entry.jobs] for entry in entries]
        assert states == [["failed", "failed"], ["queued", "failed"], ["done", "failed"]]


@pytest.mark.usefixtures("database")
def test_nothing_happened_yet() -> None:
    assert activity.page(Show.ALL, 1) == activity.Page([], 1, is_last=True)
    assert set(activity.counts().values()) == {0}


def test_pages_hold_twenty_five(database: peewee.Database) -> None:
    for number in range(50):
        event(number)
    first, second, third = (activity.page(Show.ALL, number) for number in (1, 2, 3))
    assert [len(page.entries) for page in (first, second, third)] == [25, 25, 0]
    assert [page.is_last for page in (first, second, third)] == [False, True, True]
    assert first.entries[-1].event.id == second.entries[0].event.id + 1


def test_bodies_are_not_read_and_the_cost_is_constant(
    database: peewee.Database, statements: list[str]
) -> None:
    def cost(number: int) -> Any:
        for each in range(number):
            event(number * 100 + each, "done", "failed", "queued")
        statements.clear()
        activity.page(Show.FAILED, 1)
        activity.counts()
        assert not any("body" in statement for statement in statements)
        return len(statements)

    assert cost(1) == cost(24) == 4
