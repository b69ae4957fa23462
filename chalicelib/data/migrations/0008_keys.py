"""Keys by which slugs and claim codes are compared, in place of the databases' collations."""

from peewee import *

from chalicelib.data import keys
from chalicelib.data.fields import IdField, KeyField
from chalicelib.data.migration_ops import drop_unique, extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class System(Table):
    slug_key = KeyField(unique=True)


class Issuer(Table):
    system = IntegerField(column_name="system_id")
    slug_key = KeyField()

    class Meta:
        indexes = ((("system", "slug_key"), True),)


class Program(Table):
    issuer = IntegerField(column_name="issuer_id")
    slug_key = KeyField()

    class Meta:
        indexes = ((("issuer", "slug_key"), True),)


class Badge(Table):
    slug = CharField(255, index=True)
    slug_key = KeyField(unique=True)


class ClaimCode(Table):
    badge = IntegerField(column_name="badge_id")
    code_key = KeyField(index=True)

    class Meta:
        indexes = ((("badge", "code_key"), True),)


class Grant(Table):
    account = IntegerField(column_name="account_id")
    system_key = KeyField()
    issuer_key = KeyField()
    program_key = KeyField()

    class Meta:
        table_name = "permission"
        indexes = ((("account", "system_key", "issuer_key", "program_key"), True),)


def up(migrator, db):
    drop_unique(db, "system", "slug")
    drop_unique(db, "issuer", "system_id", "slug")
    drop_unique(db, "program", "issuer_id", "slug")
    drop_unique(db, "badge", "slug")
    drop_unique(db, "claim_code", "badge_id", "code")
    drop_unique(db, "permission", "account_id", "system", "issuer", "program")
    extend(db, [System, Issuer, Program, Badge, ClaimCode, Grant])
    keys.fill_missing(db)
