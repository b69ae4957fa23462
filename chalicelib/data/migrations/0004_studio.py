"""What pictures show, in words and as a design; which of them nobody needs any more."""

from peewee import *

from chalicelib.data.fields import IdField, LongTextField, MomentField
from chalicelib.data.migration_ops import create, extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Image(Table):
    key = CharField(255, null=True, index=True)
    alt = TextField(null=True)
    design = LongTextField(null=True)


class Unused(Table):
    key = CharField(255, unique=True)
    since = MomentField(index=True)


def up(migrator, db):
    extend(db, [Image])
    create(db, [Unused])
