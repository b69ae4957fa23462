"""Deadline for a sleeping database: how long the current caller can wait for it to wake up.

Aurora Serverless resumes on a connection attempt, which takes some 15 seconds. Callers that can
wait that long notice nothing; callers that cannot get `errors.WakingUp`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

WORKER = 30.0  # seconds for each connection; a worker has 60 in all
CLIENT = 22.0  # for API calls and forms, which must not get lost; API Gateway times out after 29
PAGE = 3.0  # for a page that is read: it then shows a notice and reloads itself
WEBHOOK = 3.0  # for an incoming webhook, which is then parked

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit the time that the code inside waits for the database, in seconds in all."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def remaining() -> float:
    """Return how many seconds the caller can still wait; at least 0."""
    until = _until.get()
    return WORKER if until is None else max(0.0, until - time.monotonic())
