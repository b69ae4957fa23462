"""Award quotas: how often a badge was awarded and still may be, counted under a lock on its row."""

from __future__ import annotations

from chalicelib.data.compiled_queries import CompiledChange, parameter
from chalicelib.data.models import Badge
from chalicelib.errors import Conflict

_ADD_ONE = CompiledChange(
    lambda: Badge.update(awarded=Badge.awarded + 1, given=Badge.given + 1).where(
        Badge.id == parameter("badge"),
        Badge.with_archived(False),
        Badge.live(),
        Badge.below_limit(),
    )
)


def lock(badge_id: int) -> None:
    """Lock a badge for awards and changes until the current transaction ends.

    What is then read of the badge, its awards and its archiving stays true until the end.
    """
    Badge.update(awarded=Badge.awarded).where(Badge.id == badge_id).execute()


def remaining(badge: Badge) -> int | None:
    """Lock a badge, and return how often it may still be awarded.

    Returns
    -------
    int or None
        None if there is no limit; 0 if it is archived or was deleted.
    """
    lock(badge.id)
    now = Badge.get_or_none(Badge.id == badge.id)
    return 0 if now is None else now.awards_left


def add_award(badge: Badge) -> bool:
    """Count an award and issue its position, if the badge may be awarded once more.

    The row stays locked until the current transaction ends, so that others wait.

    Returns
    -------
    bool
        Whether it may; `refusal` returns the reason if not.
    """
    return bool(_ADD_ONE(badge=badge.id))


def refusal(badge: Badge) -> Conflict:
    """Return the error for a badge that cannot be awarded again."""
    now = Badge.get_or_none(Badge.id == badge.id)
    if now is None or not now.is_live:
        return Conflict(f"Badge {badge.slug} was deleted and cannot be awarded")
    if now.archived:
        return Conflict(f"Badge {badge.slug} is archived and cannot be awarded")
    return Conflict(
        f"Badge {badge.slug} can be awarded {now.most_awards} times, "
        f"and it was awarded {now.awarded} times already"
    )


def count(badge_id: int, *, awards: int, positions: int = 0) -> None:
    """Add to the counts of awards and positions, whatever the limit; -1 subtracts."""
    changes = {Badge.awarded: Badge.awarded + awards, Badge.given: Badge.given + positions}
    Badge.update(changes).where(Badge.id == badge_id).execute()
