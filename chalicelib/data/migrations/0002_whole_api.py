"""Claim codes, milestones, consumers, webhooks; deleted badges; counts for the pages of lists."""

from collections import Counter
from contextlib import contextmanager

from peewee import *

from chalicelib.data.fields import IdField, MomentField, SlugField
from chalicelib.data.migration_ops import create, extend


LEVELS = ("system", "issuer", "program")
SIZES = (64, 2048)


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class System(Table):
    pass


class Badge(Table):
    deleted = MomentField(null=True)
    awarded = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    given = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])


class Award(Table):
    badge = ForeignKeyField(Badge, null=True, on_delete="RESTRICT")
    claim_code = CharField(255, null=True)
    position = IntegerField(null=True)

    class Meta:
        indexes = ((("badge", "position"), True),)


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


class Tally(Table):
    name = CharField(64)
    size = IntegerField()
    block = IntegerField()
    number = IntegerField()

    class Meta:
        indexes = ((("name", "size", "block"), True),)


class Job(Table):
    system = ForeignKeyField(System, null=True, backref="jobs", on_delete="SET NULL")


def up(migrator, db):
    create(db, [ClaimCode, Milestone, MilestoneBadge, Consumer, Webhook, Tally])
    extend(db, [Badge, Award, Job])
    with alone(db):
        number(db)
        tally(db)


@contextmanager
def alone(db):
    """Keep others from awarding and publishing meanwhile; SQLite's migrations are alone anyway."""
    if isinstance(db, SqliteDatabase):
        yield
        return
    db.execute_sql("LOCK TABLES award WRITE, badge WRITE, tally WRITE")
    try:
        yield
    finally:
        db.execute_sql("UNLOCK TABLES")


def number(db):
    """Number and count the awards that count."""
    awards = "SELECT id, badge_id FROM award WHERE revoked IS NULL AND badge_id IS NOT NULL ORDER BY id"
    given = Counter()
    with db.bind_ctx([Award, Badge]):
        Badge.update(awarded=0, given=0).execute()
        Award.update(position=None).execute()
        for id, badge in db.execute_sql(awards).fetchall():
            Award.update(position=given[badge]).where(Award.id == id).execute()
            given[badge] += 1
        for badge, count in given.items():
            Badge.update(awarded=count, given=count).where(Badge.id == badge).execute()


def tally(db):
    """Count what is there, as badges/tallies.py does from now on."""
    numbers = Counter()
    badges = "SELECT id, system_id, issuer_id, program_id, archived FROM badge"
    for id, *owners, archived in db.execute_sql(badges).fetchall():
        lists = [f"{level}:{owner}" for level, owner in zip(LEVELS, owners) if owner is not None]
        for name in ("all", *lists):
            numbers.update((f"{name}:{int(archived)}", size, id // size) for size in SIZES)
    with db.bind_ctx([Tally]):
        Tally.delete().execute()
        for (name, size, block), count in numbers.items():
            Tally.insert(name=name, size=size, block=block, number=count).execute()
