"""When another BadgeKit API last listed a system, issuer, program or badge."""

from peewee import *

from chalicelib.data.fields import IdField, MomentField
from chalicelib.data.migration_ops import extend


class Table(Model):
    id = IdField()
    listed = MomentField(null=True)

    class Meta:
        legacy_table_names = False


class System(Table):
    pass


class Issuer(Table):
    pass


class Program(Table):
    pass


class Badge(Table):
    pass


def up(migrator, db):
    extend(db, [System, Issuer, Program, Badge])
