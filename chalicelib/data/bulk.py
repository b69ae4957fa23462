"""Bulk inserts: many rows in few statements, on either database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import peewee

from chalicelib.data import compiled_queries

M = TypeVar("M", bound=peewee.Model)

AT_ONCE = 200  # rows in a statement
# Characters in a statement, which must fit into a packet to the server: 4 MB where it is small.
LONGEST = 1_000_000


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Return a sequence in pieces for one statement each."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def insert(table: type[M], rows: Sequence[dict[str, Any]]) -> list[M]:
    """Insert rows and return their models in the same order, in the transaction under way.

    Parameters
    ----------
    table : type[M]
        Where to.
    rows : Sequence[dict[str, Any]]
        Values by field name, of the same fields in each row.

    Raises
    ------
    peewee.IntegrityError
        If a row is there already; rows of earlier pieces may have been written.
    """
    made: list[M] = []
    for piece in chunks(rows):
        longest = max(sum(len(v) for v in row.values() if isinstance(v, str)) for row in piece)
        together = max(1, LONGEST // (longest + 1))
        for start in range(0, len(piece), together):
            made += compiled_queries.insert_all(table, piece[start : start + together])
    return made
