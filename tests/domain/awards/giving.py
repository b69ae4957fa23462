"""A badge to award, and what its awards leave behind."""

from __future__ import annotations

from typing import Any

from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import awards

EARNER = "Earner@example.org"
OTHER = "other@example.org"


def counts() -> tuple[int, int, int]:
    """Return how many awards, events and jobs there are."""
    return Award.select().count(), Event.select().count(), Job.select().count()


def given(badge: Badge, email: str = EARNER, **more: Any) -> Award:
    """Give an award that must be new."""
    award, new = awards.give(badge, email, **more)
    assert new
    return award


def again(award: Award) -> Award:
    """Read an award anew."""
    row: Award = Award.get_by_id(award.id)
    return row
