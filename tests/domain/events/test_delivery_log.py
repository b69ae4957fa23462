"""The log of webhooks out: each delivery with its event and system, the newest first."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.data.models import Event, Job, System
from chalicelib.domain.events import delivery_log
from chalicelib.domain.jobs.activity import Show
from chalicelib.domain.owners import owners
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def chicago(database: Any) -> System:
    return places.chicago()


def delivery(number: int, system: System, **values: Any) -> Job:
    event = Event.create(
        key=str(number), source="own", action="award", subject=f"{number}@example.org",
        badge_slug="reader", body="{}",
    )  # fmt: skip
    Job.create(event=event, kind="award", state="done")
    job: Job = Job.create(
        event=event, **{"kind": "delivery", "system": system, "state": "done", **values}
    )
    return job


def shown(page: delivery_log.Page) -> list[int]:
    return [int(job.event.subject.partition("@")[0]) for job in page.jobs]


def test_deliveries_and_nothing_else_the_newest_first(
    chicago: System, statements: list[str]
) -> None:
    for number in range(26):
        delivery(number, chicago)
    statements.clear()
    first, second = (delivery_log.page(Show.ALL, number) for number in (1, 2))
    assert (shown(first), shown(second)) == (list(range(25, 0, -1)), [0])
    assert (first.is_last, second.is_last) == (False, True)
    job = first.jobs[0]
    assert (job.system_id, job.system.name, job.event.action) == (chicago.id, "C", "award")
    assert len(statements) == 2
    assert "body" not in statements[0]
    assert "COUNT" not in statements[0]


@pytest.mark.parametrize(
    ("show", "numbers"),
    [
        (Show.ALL, [5, 4, 3, 2, 1]),
        (Show.WAITING, [5, 4, 3]),
        (Show.FAILED, [2]),
        (Show.DONE, [1]),
    ],
)
def test_they_can_be_looked_for_by_state(show: Show, numbers: list[int], chicago: System) -> None:
    for number, state in enumerate(("done", "failed", "received", "working", "waiting"), 1):
        delivery(number, chicago, state=state)
    assert shown(delivery_log.page(show, 1)) == numbers


def test_they_can_be_looked_for_by_system_whatever_the_case_of_its_slug(chicago: System) -> None:
    delivery(1, chicago)
    delivery(2, places.chicago("boston"))
    assert shown(delivery_log.page(Show.ALL, 1, "Chicago")) == [1]
    assert shown(delivery_log.page(Show.DONE, 1, "boston")) == [2]
    assert shown(delivery_log.page(Show.ALL, 1, "nowhere' OR 1=1")) == []


def test_those_of_a_deleted_system_stay(chicago: System) -> None:
    delivery(1, chicago)
    owners.delete(chicago)
    (job,) = delivery_log.page(Show.ALL, 1).jobs
    assert job.system_id is None


def test_systems_to_choose_from_stand_by_their_names(chicago: System) -> None:
    owners.create_system({"slug": "z", "name": "Boston", "url": "http://example.org"})
    assert [(one.slug, one.name) for one in delivery_log.systems()] == [
        ("z", "Boston"),
        ("chicago", "C"),
    ]
