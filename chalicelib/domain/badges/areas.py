"""Areas: the badges that a person has a permission for, as a query for their ids."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

from chalicelib.data.models import Badge
from chalicelib.domain.badges.badges import LEVELS
from chalicelib.domain.owners.places import Scope


class Area(NamedTuple):
    """A place and all in it, but for some places within.

    Parameters
    ----------
    inside : Scope
        The place.
    without : tuple[Scope, ...]
        The places within that do not belong to the area.
    """

    inside: Scope
    without: tuple[Scope, ...] = ()


def badges_in(areas: Sequence[Area]) -> Any:
    """Return the query for the ids of the badges in any of these areas, deleted ones too."""
    nothing: Any = Badge.id.is_null()
    return Badge.select(Badge.id).where(
        functools.reduce(operator.or_, [_condition(one) for one in areas], nothing)
    )


def _condition(area: Area) -> Any:
    condition = LEVELS[area.inside.level] == area.inside.innermost.id
    for other in area.without:
        column = LEVELS[other.level]
        condition &= column.is_null() | (column != other.innermost.id)
    return condition
