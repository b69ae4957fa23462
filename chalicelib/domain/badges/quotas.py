"""How often a badge was awarded, and how often it may be. Its row is what awards wait for."""

from __future__ import annotations

from chalicelib.data.compiled_queries import CompiledChange, parameter
from chalicelib.data.models import Badge
from chalicelib.errors import Conflict

_ONE_MORE = CompiledChange(
    lambda: Badge.update(awarded=Badge.awarded + 1, given=Badge.given + 1).where(
        Badge.id == parameter("badge"),
        Badge.archived == False,  # noqa: E712
        Badge.deleted.is_null(),
        Badge.award_limit.is_null() | (Badge.awarded < Badge.award_limit),
    )
)


def lock(badge_id: int) -> None:
    """Keep others from awarding and changing a badge until the transaction under way ends.

    Whatever is read of it, its awards and its archiving after this stays true until then.
    """
    Badge.update(awarded=Badge.awarded).where(Badge.id == badge_id).execute()


def room(badge: Badge) -> int | None:
    """Return how often a badge may still be awarded, and keep others from awarding it meanwhile.

    Returns
    -------
    int or None
        None when there is no limit; 0 also when it is archived or was deleted.
    """
    lock(badge.id)
    now = Badge.get_or_none(Badge.id == badge.id)
    if now is None or now.archived or now.deleted is not None:
        return 0
    return None if now.award_limit is None else max(0, now.award_limit - now.awarded)


def add_award(badge: Badge) -> bool:
    """Count an award and hand out its position, if the badge may be awarded once more.

    The row stays locked until the transaction under way ends, so that others wait to be counted.

    Returns
    -------
    bool
        Whether it may; `refusal` says why not.
    """
    return bool(_ONE_MORE(badge=badge.id))


def refusal(badge: Badge) -> Conflict:
    """Return the error for a badge that cannot be awarded so often."""
    now = Badge.get_or_none(Badge.id == badge.id)
    if now is None or now.deleted is not None:
        return Conflict(f"Badge {badge.slug} was deleted and cannot be awarded")
    if now.archived:
        return Conflict(f"Badge {badge.slug} is archived and cannot be awarded")
    return Conflict(
        f"Badge {badge.slug} can be awarded {now.award_limit} times, "
        f"and it was awarded {now.awarded} times already"
    )


def count(badge_id: int, *, awards: int, positions: int = 0) -> None:
    """Count awards and positions (or, by -1, no longer) whatever the limit."""
    changes = {Badge.awarded: Badge.awarded + awards, Badge.given: Badge.given + positions}
    Badge.update(changes).where(Badge.id == badge_id).execute()
