"""Bulk inserts: many rows in few statements, on either database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import peewee

from chalicelib.data import compiled_queries

M = TypeVar("M", bound=peewee.Model)

ROWS_PER_STATEMENT = 200
# A statement must fit into a packet to the server, whose limit can be as low as 4 MB.
CHARACTERS_PER_STATEMENT = 1_000_000


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield slices of a sequence, each small enough for one statement."""
    for start in range(0, len(items), ROWS_PER_STATEMENT):
        yield items[start : start + ROWS_PER_STATEMENT]


def insert(table: type[M], rows: Sequence[dict[str, Any]]) -> list[M]:
    """Insert rows in the current transaction and return their models in the same order.

    Parameters
    ----------
    table : type[M]
        The table.
    rows : Sequence[dict[str, Any]]
        Values by field name; every row has the same fields.

    Raises
    ------
    peewee.IntegrityError
        If a row violates a constraint; rows of earlier statements may have been inserted.
    """
    inserted: list[M] = []
    for chunk in chunks(rows):
        longest = max(sum(len(v) for v in row.values() if isinstance(v, str)) for row in chunk)
        count = max(1, CHARACTERS_PER_STATEMENT // (longest + 1))
        for start in range(0, len(chunk), count):
            inserted += compiled_queries.insert_all(table, chunk[start : start + count])
    return inserted
