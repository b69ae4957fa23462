"""How often jobs are tried, and how long the pauses get."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple


class Patience(NamedTuple):
    """How often something is tried, and how long the pauses get; each is twice the one before.

    Parameters
    ----------
    attempts : int
        After so many it is given up.
    first, longest : timedelta
        Pauses.
    jitter : float
        By how much of itself a pause may be shorter or longer, so that what failed together comes
        apart.
    """

    attempts: int = 10
    first: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.0

    def pause(self, attempt: int) -> timedelta:
        """Return how long to wait after an attempt, the first of which is 1."""
        doubled: timedelta = self.first * 2 ** min(attempt - 1, 20)
        pause = min(doubled, self.longest)
        return pause * secrets.SystemRandom().uniform(1 - self.jitter, 1 + self.jitter)


USUAL = Patience()
# Somebody else's server: 8 pauses of together an hour, and 23 of an hour; a day, give or take.
OF_KIND = {"delivery": Patience(attempts=32, jitter=0.2)}


def of(kind: str) -> Patience:
    """Return how often a kind of job is tried."""
    return OF_KIND.get(kind, USUAL)
