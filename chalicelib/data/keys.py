"""Fills in keys of slugs and codes that rows lack because an earlier version wrote them.

The migration that added the keys does this for all rows, and so do each deployment and the sweep,
because the previous version writes rows while a deployment replaces its functions, and after a
rollback. It uses no models, so that it stays true for the migration.

Databases may have kept apart what is equal now (SQLite knew no letter case but ASCII's, and neither
knew normal forms). Then the oldest row keeps its name, and the others get a number at its end.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

import peewee

from chalicelib import limits, texts
from chalicelib.data import connection
from chalicelib.data.migration_ops import execute

log = logging.getLogger("badgekit")

ROWS = 500  # read and changed at a time
MOST_ALIKE = 500  # rows whose names were kept apart, and are equal now


class _Named(NamedTuple):
    """A table, and its columns that hold names."""

    table: str
    columns: tuple[str, ...]
    within: str = ""  # names are unique within rows that share this column


_TABLES = (
    _Named("system", ("slug",)),
    _Named("issuer", ("slug",), "system_id"),
    _Named("program", ("slug",), "issuer_id"),
    _Named("badge", ("slug",)),
    _Named("claim_code", ("code",), "badge_id"),
)
_GRANTS = _Named("permission", ("system", "issuer", "program"), "account_id")


def fill_missing(database: peewee.Database | None = None) -> int:
    """Give keys to all rows that have none; return to how many.

    Parameters
    ----------
    database : peewee.Database, optional
        The database; by default the configured one.
    """
    database = database or connection.database.obj
    return sum(_fill(database, named) for named in (*_TABLES, _GRANTS))


def _fill(database: peewee.Database, named: _Named) -> int:
    count = 0
    names = ", ".join(f"`{name}`" for name in named.columns)
    query = (
        f"SELECT id, {names} FROM `{named.table}` WHERE `{named.columns[0]}_key` IS NULL "  # noqa: S608
        f"ORDER BY id LIMIT {ROWS}"
    )
    while rows := database.execute_sql(query).fetchall():
        try:
            with database.atomic():
                _write(database, named, rows)
        except peewee.IntegrityError:
            for row in rows:
                _write_one(database, named, row)
        count += len(rows)
    return count


def _write(database: peewee.Database, named: _Named, rows: Sequence[Any]) -> None:
    """Write the keys of rows in one statement."""
    ids = [row[0] for row in rows]
    changes, values = [], []
    for position, name in enumerate(named.columns, 1):
        changes.append(f"`{name}_key` = CASE id {'WHEN ? THEN ? ' * len(rows)}END")
        for row in rows:
            values += [row[0], texts.key(row[position])]
    marks = ", ".join("?" * len(rows))
    execute(
        database,
        f"UPDATE `{named.table}` SET {', '.join(changes)} WHERE id IN ({marks})",  # noqa: S608
        *values, *ids,
    )  # fmt: skip


def _write_one(database: peewee.Database, named: _Named, row: Any) -> None:
    """Write the keys of a row; if an older one has its name, rename it, or delete a second grant."""
    try:
        with database.atomic():
            _write(database, named, [row])
    except peewee.IntegrityError:
        if named is _GRANTS:
            execute(database, "DELETE FROM permission WHERE id = ?", row[0])
        else:
            _rename(database, named, *row)


def _rename(database: peewee.Database, named: _Named, row_id: int, name: str) -> None:
    """Give a row the first free name that begins like its own and ends in a number."""
    (column,) = named.columns
    for count in range(2, MOST_ALIKE):
        end = f"-{count}"
        free = name[: limits.SLUG - len(end)] + end
        sql = f"UPDATE `{named.table}` SET `{column}` = ?, `{column}_key` = ? WHERE id = ?"  # noqa: S608
        try:
            with database.atomic():
                execute(database, sql, free, texts.key(free), row_id)
        except peewee.IntegrityError:
            continue
        log.warning("%s %d had the same name as an older one, and is renamed", named.table, row_id)
        return
    raise ValueError(f"{named.table} {row_id} has the same name as too many others")
