"""Statistics of a published badge: counts, and its latest awards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from peewee import Case, fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, ClaimCode
from chalicelib.domain.workspace import directory

LAST = 5


class Numbers(NamedTuple):
    """Counts of a badge.

    Parameters
    ----------
    awarded : int
        Awards that were not revoked.
    pending : int
        Applications that await a review.
    codes, claimed : int
        Claim codes, and how many of them were used.
    """

    awarded: int
    pending: int
    codes: int
    claimed: int


@transactional
def numbers(badge: Badge) -> Numbers:
    """Return the counts of a badge, in two statements."""
    codes, claimed = (
        ClaimCode.select(
            fn.COUNT(ClaimCode.id), fn.COALESCE(fn.SUM(Case(None, [(ClaimCode.claimed, 1)], 0)), 0)
        )
        .where(ClaimCode.badge == badge.id)
        .scalar(as_tuple=True)
    )
    pending = directory.pending([badge.id])[badge.id]
    return Numbers(badge.awarded, pending, codes, int(claimed))


@transactional
def last_awards(badge: Badge) -> Sequence[Award]:
    """Return the latest awards of a badge, newest first, including revoked ones."""
    numbered = Award.select().where(Award.badge == badge.id, Award.position.is_null(False))
    return list(numbered.order_by(Award.position.desc()).limit(LAST))
