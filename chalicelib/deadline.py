"""Deadline for a sleeping database: how long the current caller can wait for it to wake up.

Aurora Serverless takes some 15 seconds to wake up, and wakes up when somebody connects. Who waits
longer than that needs to be told nothing; who cannot wait so long gets `errors.WakingUp`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

WORKER = 30.0  # seconds for each connection, of the 60 that workers have for all
CLIENT = 22.0  # API Gateway gives up after 29; what is sent by a form must not get lost
PAGE = 3.0  # then a page tells, and loads itself again
WEBHOOK = 3.0  # of a webhook, which is parked

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Have whatever is done inside wait for the database for so many seconds in all."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def remaining() -> float:
    """Return for how many seconds it may be waited for; not fewer than 0."""
    until = _until.get()
    return WORKER if until is None else max(0.0, until - time.monotonic())
