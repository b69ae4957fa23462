"""How long whoever asked can wait for a database that sleeps while nobody needs it.

Aurora Serverless takes some 15 seconds to wake up, and wakes up when somebody connects. Who waits
longer than that needs to be told nothing; who cannot wait so long gets `errors.WakingUp`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

WORKER = 40.0  # seconds, of the 60 that workers have
CLIENT = 22.0  # API Gateway gives up after 29; what is sent by a form must not get lost
READER = 3.0  # then a page tells, and loads itself again
SENDER = 3.0  # of a webhook, which is parked

patience: ContextVar[float] = ContextVar("patience", default=WORKER)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Have whatever is done inside wait for the database for so many seconds at the most."""
    token = patience.set(seconds)
    try:
        yield
    finally:
        patience.reset(token)
