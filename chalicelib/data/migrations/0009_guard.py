"""Who asked for a sign-in link; limits of emails to an address; locks."""

from peewee import *

from chalicelib.data.fields import IdField, MomentField
from chalicelib.data.migration_ops import create, extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class SignIn(Table):
    email = CharField(255, index=True)
    network = CharField(64, null=True)
    known = CharField(64, null=True)


class Job(Table):
    pass


class MailTurn(Table):
    address = CharField(64)
    job = ForeignKeyField(Job, unique=True, on_delete="CASCADE")
    at = MomentField(index=True)

    class Meta:
        indexes = ((("address", "at"), False),)


class Lock(Table):
    name = CharField(64, unique=True)
    since = MomentField(index=True)


def up(migrator, db):
    create(db, [MailTurn, Lock])
    extend(db, [SignIn])
