"""Makes comments private that an earlier version published, although its form called them private.

What was typed as the comment of "Issue by email" was promised to stand in the email. It becomes a
note to the earner, leaves our copies of webhooks, and the awards are baked again. The migration
does this for all awards, and `tidy` daily for those that the previous version gave later: while a
deployment replaced its functions, or after a rollback. It uses no models, so that it stays true for
the migration.
"""

from __future__ import annotations

import json

import peewee

from chalicelib import times
from chalicelib.data import connection
from chalicelib.data.fields import MomentField
from chalicelib.data.migration_ops import execute

ROWS = 200  # read and changed at a time

# Requests of the present version have a narrative, even if it is null. In a text of JSON's, the
# quotation marks would be escaped.
_PUBLISHED = (
    "SELECT award.id, award.comment FROM award "  # noqa: S608
    "LEFT JOIN event ON event.`key` = award.origin AND event.body LIKE ? "
    "WHERE award.id > ? AND award.origin LIKE ? AND award.comment IS NOT NULL AND event.id IS NULL "
    f"ORDER BY award.id LIMIT {ROWS}"
)


def make_private(database: peewee.Database | None = None) -> int:
    """Make such comments notes to the earners; return how many.

    The awards are baked again by jobs, whose messages the sweep sends.

    Parameters
    ----------
    database : peewee.Database, optional
        The database; by default the configured one.
    """
    database = database or connection.database.obj
    count = last = 0
    while rows := execute(database, _PUBLISHED, '%"narrative":%', last, "issue:%").fetchall():
        with database.atomic():
            for number, comment in rows:
                _make_private(database, number, comment)
        count, last = count + len(rows), rows[-1][0]
    return count


def _make_private(database: peewee.Database, number: int, comment: str) -> None:
    name, now = f"note:{number}", MomentField().db_value(times.now())
    if not execute(database, "SELECT 1 FROM job WHERE `key` = ?", name).fetchone():
        execute(
            database,
            "INSERT INTO job (kind, `key`, award_id, state, attempts, due, created, updated) "
            "VALUES ('rebaking', ?, ?, 'received', 0, ?, ?, ?)",
            name, number, now, now, now,
        )  # fmt: skip
    announced = f"award:{number}"
    for (body,) in execute(
        database, "SELECT body FROM event WHERE `key` = ?", announced
    ).fetchall():
        without = json.dumps(
            {**json.loads(body), "comment": None}, ensure_ascii=False, separators=(",", ":")
        )
        execute(database, "UPDATE event SET body = ? WHERE `key` = ?", without, announced)
    execute(database, "UPDATE award SET note = ?, comment = NULL WHERE id = ?", comment, number)
