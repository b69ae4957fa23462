"""What waits for a person: the numbers that the navigation shows on every page."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import SQL, Select, fn

from chalicelib.data.connection import database, transactional
from chalicelib.data.models import Application, Badge
from chalicelib.domain.badges import badges
from chalicelib.domain.jobs import activity
from chalicelib.domain.owners.places import Scope

MOST = 99  # a greater number is shown as "99+", so that no page counts more rows


class Attention(NamedTuple):
    """Numbers of what waits, up to one more than `MOST`.

    Parameters
    ----------
    applications : int
        Pending applications in a place.
    failures : int
        Events of which something failed.
    """

    applications: int = 0
    failures: int = 0


@transactional
def count(applications_in: Scope | None, failures_of: activity.Filters | None) -> Attention:
    """Count what waits for a person, in one statement.

    Parameters
    ----------
    applications_in : Scope or None
        The place whose applications the person may review.
    failures_of : Filters or None
        The events that the person may see.
    """
    counted: dict[str, Any] = {}
    if applications_in is not None:
        pending = Application.select(Application.id).join(Badge)
        counted["applications"] = pending.where(
            Application.processed.is_null(), badges.inside(applications_in)
        )
    if failures_of is not None:
        counted["failures"] = activity.failed(failures_of)
    if not counted:
        return Attention()
    columns = [
        Select([query.limit(MOST + 1).alias(name)], [fn.COUNT(SQL("1"))])
        for name, query in counted.items()
    ]
    ((*numbers,),) = Select(columns=columns).bind(database).tuples()
    return Attention(**dict(zip(counted, numbers, strict=True)))
