"""Wake-up calls: which queue a job's message goes to, and the sweeper for those that got lost.

Sending may fail and nothing is lost: the row stays due, and the sweeper sends again. Jobs that are
to wait get their call when their time has come, so that the sweeper need not come often: it would
keep a database awake that could sleep.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

from chalicelib import config, times
from chalicelib.aws import queues
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.jobs import messages as job_messages
from chalicelib.domain.jobs.messages import Call
from chalicelib.queues import Queue

log = logging.getLogger("badgekit")

_held = threading.local()


def announce(calls: Sequence[Call]) -> None:
    """Send wake-up calls, now or at the end of the `together` around it."""
    collected: list[Call] | None = getattr(_held, "calls", None)
    if collected is None:
        _send(calls)
    else:
        collected.extend(calls)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Send the wake-up calls of everything done inside in few requests, at the end."""
    _held.calls = []
    try:
        yield
    finally:
        send_held()
        _held.calls = None


def send_held() -> None:
    """Send what is held by the `together` around this, whose end may never come."""
    collected, _held.calls = _held.calls, []
    if collected:
        _send(collected)


def is_early(call: Call) -> bool:
    """Tell whether nobody may work on a job yet."""
    return call.due is not None and call.due > times.now()


def put_off(calls: Sequence[Call]) -> bool:
    """Send calls that came too early on, to come when it is time; tell whether SQS took them.

    SQS keeps a message back for a quarter of an hour at the most. No database is asked here.
    """
    return len(_sent(calls)) == len(calls)


def _send(calls: Sequence[Call]) -> None:
    if sent := [call.job for call in _sent(calls) if call.due is None]:
        with _or_the_sweeper(len(sent)):
            outbox.mark_queued(sent)


def _sent(calls: Sequence[Call]) -> list[Call]:
    """Send calls, each to the queue of its kind; return those that SQS took."""
    by_queue: dict[Queue, list[Call]] = defaultdict(list)
    for call in calls:
        by_queue[kinds.of(call.kind).queue].append(call)
    sent: list[Call] = []
    for queue, some in by_queue.items():
        messages = [job_messages.message(call) for call in some]
        with _or_the_sweeper(len(some)):
            url = config.settings().text(queue.setting)
            queues.send(url, messages, [_delay(call) for call in some])
            sent += some
    return sent


def _delay(call: Call) -> int:
    """Return for how many seconds SQS is to keep a call back."""
    if call.due is None:
        return 0
    left = math.ceil((call.due - times.now()).total_seconds()) + 1
    return max(0, min(left, queues.LONGEST_DELAY))


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
    calls = outbox.overdue()
    if calls:
        _send(calls)
    return len(calls)
