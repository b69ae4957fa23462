"""Sites that award badges and write to earners themselves: awards they take over, and which mails."""

from peewee import *

from chalicelib.data.fields import IdField
from chalicelib.data.migration_ops import extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class System(Table):
    mail_policy = CharField(16, null=True)


class Award(Table):
    adoptable = BooleanField(null=True)


def up(migrator, db):
    extend(db, [System, Award])
