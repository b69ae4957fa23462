"""The outbox relay: sends the SQS message of each new job, and sweeps up those that got lost.

Sending may fail without loss: the row stays due, and the sweeper sends its message again. A job
that waits gets a delayed message, so that the sweeper can run rarely: it would keep a database
awake that could sleep.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib import config, times
from chalicelib.aws import queues
from chalicelib.domain.jobs import kinds, outages, outbox
from chalicelib.domain.jobs import messages as job_messages
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.queues import Queue

log = logging.getLogger("badgekit")

OUTAGE_DELAY = timedelta(seconds=30)
MOST_ROUNDS = 10  # of one sweep, which is stopped after a minute

_thread = threading.local()


def publish(messages: Sequence[JobMessage]) -> None:
    """Send messages, now or at the end of the surrounding `batched`."""
    held: list[JobMessage] | None = getattr(_thread, "held", None)
    if held is None:
        _send(messages)
    else:
        held.extend(messages)


@contextlib.contextmanager
def batched() -> Iterator[None]:
    """Hold the messages of everything done inside, and send them in few requests at the end."""
    _thread.held = []
    try:
        yield
    finally:
        flush()
        _thread.held = None


def flush() -> None:
    """Send the messages held by the surrounding `batched`, whose end may never be reached."""
    held, _thread.held = _thread.held, []
    if held:
        _send(held)


def is_early(message: JobMessage) -> bool:
    """Return whether a job is not due yet."""
    return message.due is not None and message.due > times.now()


def requeue(messages: Sequence[JobMessage]) -> bool:
    """Send early messages again, with a delay; tell whether SQS took them.

    SQS delays a message by at most 15 minutes. The database is not used here.
    """
    return len(_sent(messages)) == len(messages)


def _send(messages: Sequence[JobMessage]) -> None:
    if sent := [message.job for message in _sent(messages) if message.due is None]:
        with _leave_to_sweeper(len(sent)):
            outbox.mark_queued(sent)


def _sent(messages: Sequence[JobMessage]) -> list[JobMessage]:
    """Send messages, each to the queue of its kind; return those that SQS took."""
    by_queue: dict[Queue, list[JobMessage]] = defaultdict(list)
    for message in messages:
        by_queue[kinds.of(message.kind).queue].append(message)
    sent: list[JobMessage] = []
    for queue, batch in by_queue.items():
        bodies = [job_messages.serialize(message) for message in batch]
        with _leave_to_sweeper(len(batch)):
            url = config.settings().text(queue.setting)
            queues.send(url, bodies, [_delay(message) for message in batch])
            sent += batch
    return sent


def _delay(message: JobMessage) -> int:
    """Return by how many seconds SQS should delay a message."""
    if message.due is None:
        return 0
    left = math.ceil((message.due - times.now()).total_seconds()) + 1
    return max(0, min(left, queues.LONGEST_DELAY))


@contextlib.contextmanager
def _leave_to_sweeper(count: int) -> Iterator[None]:
    """Log any error and go on: the jobs are stored and due, so the sweeper sends them later."""
    try:
        yield
    except Exception as error:
        log.warning("%d jobs wait for the sweeper: %s", count, type(error).__name__)


def put_off(messages: Sequence[JobMessage]) -> bool:
    """Send messages again, to come back soon, and tell whether SQS took them.

    For an outage of the database: received again and again, a message would become a dead letter,
    and between two times SQS hides it for minutes. The database is not used here.
    """
    due = times.now() + OUTAGE_DELAY
    return requeue([message._replace(due=due) for message in messages])


def sweep() -> int:
    """Send messages for all overdue jobs; return how many there were."""
    outages.recall()
    seen: set[int] = set()
    for _ in range(MOST_ROUNDS):
        messages = [one for one in outbox.overdue() if one.job not in seen]
        if not messages:
            break
        _send(messages)
        seen.update(message.job for message in messages)
    return len(seen)
