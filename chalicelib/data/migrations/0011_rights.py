"""The right to award, invitations, makers of API keys, the badges of events, and waiting applications."""

import unicodedata

from peewee import *

from chalicelib.data.fields import IdField, MomentField
from chalicelib.data.migration_ops import execute, extend

ROWS = 500  # read and changed at a time


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Consumer(Table):
    made_by = CharField(255, null=True)


class Account(Table):
    invited = MomentField(null=True)
    invited_by = CharField(255, null=True)
    accepted = MomentField(null=True)


class Grant(Table):
    can_award = BooleanField(default=False, constraints=[SQL("DEFAULT 0")])

    class Meta:
        table_name = "permission"


class Event(Table):
    badge_id = IntegerField(null=True)
    received = MomentField()

    class Meta:
        indexes = ((("badge_id", "received"), False),)


class Application(Table):
    processed = MomentField(null=True, index=True)


def up(migrator, db):
    extend(db, [Consumer, Account, Grant, Event, Application])
    name_badges(db)


def name_badges(db):
    """Give events the badge that their slug named; not one that was made after the event."""
    rows = execute(db, "SELECT slug, id, created FROM badge").fetchall()
    badges = {key(slug): (number, created) for slug, number, created in rows}
    last = 0
    while events := execute(
        db,
        "SELECT id, badge_slug, received FROM event "
        f"WHERE id > ? AND badge_id IS NULL AND badge_slug IS NOT NULL ORDER BY id LIMIT {ROWS}",
        last,
    ).fetchall():
        last = events[-1][0]
        about = {}
        for event, slug, received in events:
            number, created = badges.get(key(slug), (None, None))
            if number is not None and created <= received:
                about.setdefault(number, []).append(event)
        for number, found in about.items():
            marks = ", ".join("?" * len(found))
            execute(db, f"UPDATE event SET badge_id = ? WHERE id IN ({marks})", number, *found)


def key(slug):
    return unicodedata.normalize("NFC", slug).lower()
