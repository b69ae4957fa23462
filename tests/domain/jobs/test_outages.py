"""After an outage, every queued job is due."""

from __future__ import annotations

from datetime import timedelta

import peewee

from chalicelib.data import locks
from chalicelib.data.models import Job
from chalicelib.domain.jobs import outages, outbox
from tests.conftest import Clock

MINUTE = timedelta(minutes=1)


def jobs_in_each_state(clock: Clock) -> dict[str, Job]:
    later = clock.now + timedelta(hours=1)
    ended = (outbox.DONE, outbox.FAILED)
    states = (outbox.RECEIVED, outbox.QUEUED, outbox.WORKING, outbox.WAITING, *ended)
    return {
        state: Job.create(kind="review", state=state, due=None if state in ended else later)
        for state in states
    }


def test_only_queued_jobs_become_due(database: peewee.Database, clock: Clock) -> None:
    outages.recall()
    jobs = jobs_in_each_state(clock)
    clock.move(2 * MINUTE)
    assert outages.recall() == 1
    assert [message.job for message in outbox.overdue()] == [jobs[outbox.QUEUED].id]


def test_sweeps_that_run_each_minute_wake_none(database: peewee.Database, clock: Clock) -> None:
    outages.recall()
    jobs_in_each_state(clock)
    for _ in range(5):
        assert outages.recall() == 0
        clock.move(MINUTE)


def test_the_pause_is_longer_than_between_two_sweeps_and_shorter_than_between_three() -> None:
    assert MINUTE < outages.PAUSE < 2 * MINUTE


def test_an_outage_of_days_counts_even_if_locks_are_tidied_first(
    database: peewee.Database, clock: Clock
) -> None:
    outages.recall()
    clock.move(timedelta(days=2))
    jobs_in_each_state(clock)
    locks.tidy()
    assert outages.recall() == 1
