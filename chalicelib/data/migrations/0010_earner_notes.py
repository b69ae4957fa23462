"""A note to the earner for the email only, beside the public comment of an award.

What was typed as the comment of "Issue by email" was published, and becomes such a note.
"""

from peewee import *

from chalicelib.data import earner_notes
from chalicelib.data.fields import IdField
from chalicelib.data.migration_ops import extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Award(Table):
    note = TextField(null=True)


def up(migrator, db):
    extend(db, [Award])
    earner_notes.make_private(db)
