"""Wake-up calls: which queue a job's message goes to, and the sweeper for those that got lost.

Sending may fail and nothing is lost: the row stays due, and the sweeper sends again.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

from chalicelib import config
from chalicelib.aws import queues
from chalicelib.badges import outbox, wakeups

log = logging.getLogger("badgekit")

QUEUE_OF_KIND = {
    "review": "ISSUING_QUEUE_URL",
    "revocation": "ISSUING_QUEUE_URL",
    "issue": "ISSUING_QUEUE_URL",
    "award": "AWARD_QUEUE_URL",
    "award-mail": "MAIL_QUEUE_URL",
    "revocation-mail": "MAIL_QUEUE_URL",
    "feedback-mail": "MAIL_QUEUE_URL",
    "delivery": "WEBHOOK_QUEUE_URL",
}

_held = threading.local()


def announce(jobs: Sequence[tuple[int, str]]) -> None:
    """Send a wake-up call for each job, now or at the end of the `together` around it.

    Parameters
    ----------
    jobs : Sequence[tuple[int, str]]
        Ids and kinds.
    """
    collected: list[tuple[int, str]] | None = getattr(_held, "jobs", None)
    if collected is None:
        _send(jobs)
    else:
        collected.extend(jobs)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Send the wake-up calls of everything done inside in few requests, at the end."""
    _held.jobs = []
    try:
        yield
    finally:
        collected, _held.jobs = _held.jobs, None
        if collected:
            _send(collected)


def _send(jobs: Sequence[tuple[int, str]]) -> None:
    by_queue: dict[str, list[int]] = defaultdict(list)
    for job_id, kind in jobs:
        by_queue[QUEUE_OF_KIND[kind]].append(job_id)
    kinds = dict(jobs)
    sent: list[int] = []
    for setting, ids in by_queue.items():
        messages = [wakeups.message(kinds[job_id], job_id) for job_id in ids]
        with _or_the_sweeper(len(ids)):
            queues.send(config.settings().text(setting), messages)
            sent += ids
    if sent:
        with _or_the_sweeper(len(sent)):
            outbox.mark_queued(sent)


@contextlib.contextmanager
def _or_the_sweeper(count: int) -> Iterator[None]:
    """Let whatever goes wrong be: the jobs are written down and due, and the sweeper sends them."""
    try:
        yield
    except Exception as problem:
        log.warning("%d jobs wait for the sweeper: %s", count, type(problem).__name__)


def sweep() -> int:
    """Send wake-up calls for jobs that nobody seems to be at.

    Returns
    -------
    int
        How many there were.
    """
    jobs = outbox.overdue()
    if jobs:
        _send(jobs)
    return len(jobs)
