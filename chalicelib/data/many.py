"""Writing many rows in few statements, on either database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import peewee

from chalicelib.data import prepared

M = TypeVar("M", bound=peewee.Model)

AT_ONCE = 200  # rows in a statement; they must fit into one packet to the server


def pieces(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Return a sequence in pieces for one statement each."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def insert(table: type[M], rows: Sequence[dict[str, Any]], key: Any) -> dict[Any, M]:
    """Insert rows and return their models by a unique column, in the transaction under way.

    Parameters
    ----------
    table : type[M]
        Where to.
    rows : Sequence[dict[str, Any]]
        Values by field name, of the same fields in each row.
    key : Field
        The unique column, which all rows have.

    Raises
    ------
    peewee.IntegrityError
        If a row is there already; rows of earlier pieces may have been written.
    """
    if len(rows) == 1:
        return {rows[0][key.name]: prepared.insert(table, rows[0])}
    found: dict[Any, M] = {}
    for piece in pieces(rows):
        table.insert_many(piece).execute()
        known = {row[key.name]: row for row in piece}
        query: Any = table.select(table._meta.primary_key, key).where(key.in_(list(known)))
        for number, value in query.tuples():
            found[value] = table(**known[value], id=number)
    return found
