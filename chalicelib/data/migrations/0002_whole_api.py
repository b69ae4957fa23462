"""Claim codes, milestones, consumers, webhooks; deleted badges; counts for the pages of lists."""

from peewee import *

from chalicelib.data.fields import IdField, MomentField, SlugField
from chalicelib.data.schema import create, extend


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


def count():
    return IntegerField(default=0, constraints=[SQL("DEFAULT 0")])


class System(Table):
    current_badges = count()
    archived_badges = count()


class Issuer(Table):
    current_badges = count()
    archived_badges = count()


class Program(Table):
    current_badges = count()
    archived_badges = count()


class Badge(Table):
    deleted = MomentField(null=True)
    awarded = count()


class Award(Table):
    claim_code = CharField(255, null=True)


class ClaimCode(Table):
    badge = ForeignKeyField(Badge, backref="codes", on_delete="CASCADE")
    code = SlugField(255, index=True)
    claimed = BooleanField(default=False)
    email = CharField(255, null=True)
    multiuse = BooleanField(default=False)

    class Meta:
        indexes = ((("badge", "code"), True),)


class Milestone(Table):
    system = ForeignKeyField(System, backref="milestones", on_delete="CASCADE")
    primary_badge = ForeignKeyField(Badge, backref="milestones", on_delete="CASCADE")
    number_required = IntegerField()
    action = CharField(32, null=True)


class MilestoneBadge(Table):
    milestone = ForeignKeyField(Milestone, backref="support", on_delete="CASCADE")
    badge = ForeignKeyField(Badge, backref="supports", on_delete="CASCADE")

    class Meta:
        indexes = ((("milestone", "badge"), True),)


class Consumer(Table):
    system = ForeignKeyField(System, backref="consumers", on_delete="CASCADE")
    api_key = CharField(255, unique=True)
    api_secret = TextField()
    description = TextField(null=True)
    created = MomentField()


class Webhook(Table):
    system = ForeignKeyField(System, backref="webhooks", on_delete="CASCADE", unique=True)
    url = TextField()
    secret = TextField()


class Job(Table):
    system = ForeignKeyField(System, null=True, backref="jobs", on_delete="SET NULL")


def up(migrator, db):
    create(db, [ClaimCode, Milestone, MilestoneBadge, Consumer, Webhook])
    extend(db, [System, Issuer, Program, Badge, Award, Job])
    for owner in ("system", "issuer", "program"):
        for column, archived in (("current_badges", 0), ("archived_badges", 1)):
            db.execute_sql(
                f"UPDATE {owner} SET {column} = (SELECT COUNT(*) FROM badge"
                f" WHERE badge.{owner}_id = {owner}.id AND badge.archived = {archived})"
            )
    db.execute_sql(
        "UPDATE badge SET awarded = (SELECT COUNT(*) FROM award"
        " WHERE award.badge_id = badge.id AND award.revoked IS NULL)"
    )
