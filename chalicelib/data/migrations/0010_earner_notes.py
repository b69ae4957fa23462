"""A note to the earner for the email only, beside the public comment of an award.

What was typed as the comment of "Issue by email" was promised to stand in the email, and was
published. It becomes such a note, leaves our copies of webhooks, and the awards are baked again.
"""

import json

from peewee import *

from chalicelib import times
from chalicelib.data.fields import IdField, MomentField
from chalicelib.data.migration_ops import extend

ROWS = 200  # read and changed at a time


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Award(Table):
    note = TextField(null=True)


def up(migrator, db):
    extend(db, [Award])
    last = 0
    while rows := execute(db, ISSUED_BY_EMAIL, last, "issue:%").fetchall():
        with db.atomic():
            for number, comment, request in rows:
                if request is None or "narrative" not in json.loads(request):
                    make_private(db, number, comment)
        last = rows[-1][0]


ISSUED_BY_EMAIL = (
    "SELECT award.id, award.comment, event.body FROM award "
    "LEFT JOIN event ON event.`key` = award.origin "
    "WHERE award.id > ? AND award.origin LIKE ? AND award.comment IS NOT NULL "
    f"ORDER BY award.id LIMIT {ROWS}"
)


def execute(db, sql, *values):
    return db.execute_sql(sql.replace("?", db.param), values)


def make_private(db, number, comment):
    """Make a comment the earner's note; the sweep sends the message of the job that bakes again."""
    name, now = f"note:{number}", MomentField().db_value(times.now())
    if not execute(db, "SELECT 1 FROM job WHERE `key` = ?", name).fetchone():
        execute(
            db,
            "INSERT INTO job (kind, `key`, award_id, state, attempts, due, created, updated) "
            "VALUES ('rebaking', ?, ?, 'received', 0, ?, ?, ?)",
            name, number, now, now, now,
        )  # fmt: skip
    announced = f"award:{number}"
    for (body,) in execute(db, "SELECT body FROM event WHERE `key` = ?", announced).fetchall():
        without = json.dumps(
            {**json.loads(body), "comment": None}, ensure_ascii=False, separators=(",", ":")
        )
        execute(db, "UPDATE event SET body = ? WHERE `key` = ?", without, announced)
    execute(db, "UPDATE award SET note = ?, comment = NULL WHERE id = ?", comment, number)
