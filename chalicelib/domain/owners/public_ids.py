"""Fills in public ids that rows lack because an earlier version wrote them.

While a deployment replaces its functions, the previous version writes to the new tables. Until such
rows have an id, documents name them by their slugs.
"""

from __future__ import annotations

from typing import Any

from chalicelib.data.connection import transact
from chalicelib.data.fields import new_public_id
from chalicelib.data.models import Badge, Issuer, Program, System

MOST = 1_000  # rows of each table at once

_TABLES: tuple[Any, ...] = (System, Issuer, Program, Badge)


def fill_missing(most: int = MOST) -> int:
    """Give public ids to rows that have none; return to how many."""
    return sum(_fill(table, most) for table in _TABLES)


def _fill(table: Any, most: int) -> int:
    rows = transact(
        lambda: list(table.select(table.id).where(table.public_id.is_null()).limit(most))
    )
    return sum(_name(table, row.id) for row in rows)


def _name(table: Any, number: int) -> int:
    change = table.update(public_id=new_public_id())
    return int(transact(change.where(table.id == number, table.public_id.is_null()).execute))
