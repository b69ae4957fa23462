"""Permissions of accounts, drafts and templates; what the pages of activity look things up by."""

from peewee import *

from chalicelib.data.fields import IdField, LongTextField, MomentField, SlugField
from chalicelib.data.migration_ops import create, extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Image(Table):
    pass


class System(Table):
    pass


class Issuer(Table):
    pass


class Program(Table):
    pass


class Account(Table):
    pass


class Grant(Table):
    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    system = SlugField(255)
    issuer = SlugField(255, default="")
    program = SlugField(255, default="")
    can_draft = BooleanField(default=False)
    can_publish = BooleanField(default=False)
    can_review = BooleanField(default=False)

    class Meta:
        table_name = "permission"
        indexes = ((("account", "system", "issuer", "program"), True),)


class Draft(Table):
    slug = SlugField(64, unique=True)
    status = CharField(16, index=True)
    system = ForeignKeyField(System, backref="drafts", on_delete="CASCADE")
    issuer = ForeignKeyField(Issuer, null=True, backref="drafts", on_delete="CASCADE")
    program = ForeignKeyField(Program, null=True, backref="drafts", on_delete="CASCADE")
    name = CharField(255, default="")
    content = LongTextField()
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    author = CharField(255)
    published_as = CharField(255, null=True)
    created = MomentField()
    updated = MomentField()


class DraftLabel(Table):
    draft = ForeignKeyField(Draft, backref="labels", on_delete="CASCADE")
    kind = CharField(16)
    label = CharField(255)

    class Meta:
        indexes = ((("kind", "label"), False),)


class Event(Table):
    source = CharField(16)
    action = CharField(64)
    subject = CharField(255, null=True)
    badge_slug = CharField(255, null=True)
    received = MomentField()

    class Meta:
        indexes = ((("received", "action", "badge_slug", "subject", "source"), False),)


class Job(Table):
    kind = CharField(32, index=True)


def up(migrator, db):
    create(db, [Grant, Draft, DraftLabel])
    extend(db, [Event, Job])
