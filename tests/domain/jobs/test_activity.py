"""Events, the newest first, with what was done about each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Event, Job
from chalicelib.domain.jobs import activity
from chalicelib.domain.jobs.activity import Filters, Show


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


@pytest.fixture
def various(database: peewee.Database) -> None:
    """Events that differ in what can be looked for."""
    for number, (action, subject, slug, received) in enumerate(
        [
            ("review", "Eve@example.org", "Beekeeper", (2026, 3, 13, 23, 59, 59, 999999)),
            ("award", "eve@example.org", "beekeeper", (2026, 3, 14, 0, 0)),
            ("award", "steve@example.org", "reader", (2026, 3, 14, 23, 59, 59, 999999)),
            ("shout", "100%_sure@example.org", None, (2026, 3, 15, 0, 0)),
            ("award", None, "keeper", (2026, 3, 16, 0, 0)),
        ],
        1,
    ):
        row = Event.create(
            id=number, key=str(number), source="own", action=action, subject=subject, body="{}",
            badge_slug=slug, received=datetime(*received, tzinfo=UTC),  # type: ignore[misc]
        )  # fmt: skip
        Job.create(event=row, kind="award", state="failed" if number == 2 else "done")


DAY = date(2026, 3, 14)


@pytest.mark.usefixtures("various")
@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [5, 4, 3, 2, 1]),
        (Filters(action="award"), [5, 3, 2]),
        (Filters(badge="KEEPER"), [5, 2, 1]),
        (Filters(badge="beekeeper"), [2, 1]),
        (Filters(address="EVE@example.org"), [2, 1]),
        (Filters(address="eve"), [3, 2, 1]),
        (Filters(address="0%_s"), [4]),
        (Filters(address="%"), [4]),
        (Filters(address="_"), [4]),
        (Filters(address="nobody \"at' all\\"), []),
        (Filters(since=DAY), [5, 4, 3, 2]),
        (Filters(until=DAY), [3, 2, 1]),
        (Filters(since=DAY, until=DAY), [3, 2]),
        (Filters(since=date.min, until=date.max), [5, 4, 3, 2, 1]),
        (Filters(since=date(2026, 3, 15), until=DAY), []),
        (Filters(event=3), [3]),
        (Filters(action="award", badge="beekeeper", address="eve@example.org", since=DAY), [2]),
    ],
)
def test_what_is_looked_for_is_shown_and_counted(filters: Filters, numbers: list[int]) -> None:
    for show, fits in ((Show.ALL, numbers), (Show.FAILED, [n for n in numbers if n == 2]),
                       (Show.DONE, [n for n in numbers if n != 2]), (Show.WAITING, [])):  # fmt: skip
        shown = [entry.event.id for entry in activity.page(show, 1, filters).entries]
        assert shown == fits
        assert activity.counts(filters)[show] == len(fits)


def test_the_newest_are_those_that_came_last(database: peewee.Database) -> None:
    for number, hour in ((1, 9), (2, 8), (3, 9)):
        Event.create(
            id=number, key=str(number), source="own", action="award", body="{}",
            received=datetime(2026, 3, 14, hour, tzinfo=UTC),
        )  # fmt: skip
    assert [entry.event.id for entry in activity.page(Show.ALL, 1).entries] == [3, 1, 2]


def test_looking_for_something_costs_as_much_as_looking_at_all(
    database: peewee.Database, statements: list[str]
) -> None:
    event(1, "done")
    statements.clear()
    filters = Filters("award", "bee", "eve", DAY, DAY)
    activity.page(Show.DONE, 1, filters)
    activity.counts(filters)
    assert len(statements) == 4


def test_an_index_is_all_that_is_looked_through(
    database: peewee.Database, statements: list[str]
) -> None:
    """Bodies lie beside what is looked for, and a hundred thousand of them are not to be read."""
    for number in range(50):
        event(number, "done")
    statements.clear()
    activity.page(Show.ALL, 1, Filters(action="award", badge="a", address="b"))
    is_sqlite = isinstance(database, peewee.SqliteDatabase)
    sql, plan = statements[0], "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    marks = sql.count(database.param)
    rows = database.execute_sql(plan + sql, ("a",) * (marks - 2) + (1, 0)).fetchall()
    said = " ".join(str(column) for row in rows for column in row)
    assert ("COVERING INDEX" if is_sqlite else "Using index") in said
    assert "TEMP B-TREE" not in said
    assert "filesort" not in said
