"""Outages: after one, every queued job is due, because its message may be lost.

A message that fails too often while the database is away becomes a dead letter, and one that fails
less often is hidden for minutes. The sweeper runs every minute, and fails as well during an outage,
so that its own pause shows that there was one.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib import times
from chalicelib.data import locks
from chalicelib.data.connection import transact
from chalicelib.data.models import Job
from chalicelib.domain.jobs.outbox import QUEUED

SWEEP = "sweep"
PAUSE = timedelta(seconds=100)  # longer than between two sweeps, shorter than if one failed


def recall() -> int:
    """Make all queued jobs due, if the last sweep is longer ago than usual, or not known.

    It is not known after an outage of more than a day, and before the first sweep. Messages that
    are not lost after all find their jobs done, or taken.

    Returns
    -------
    int
        How many jobs became due.
    """

    def work() -> int:
        now = times.now()
        last = locks.last_held(SWEEP)
        locks.hold(SWEEP)
        if last is not None and now - last < PAUSE:
            return 0
        just_over = now - timedelta(microseconds=1)
        lost = Job.update(due=just_over).where(Job.state == QUEUED, Job.due > just_over)
        return int(lost.execute())

    return transact(work)
