"""The first schema. A frozen copy of the models of its day: never change it, add a migration."""

from peewee import *

from chalicelib.data.fields import IdField, LongTextField, MomentField, SlugField
from chalicelib.data.migration_ops import create


class Table(Model):
    id = IdField()

    class Meta:
        legacy_table_names = False


class Image(Table):
    slug = SlugField(64, unique=True)
    url = TextField(null=True)
    key = CharField(255, null=True)
    media_type = CharField(100, null=True)


class Owner(Table):
    slug = SlugField(255)
    name = CharField(255)
    url = TextField()
    description = TextField(null=True)
    email = CharField(255, null=True)
    created = MomentField()


class System(Owner):
    slug = SlugField(255, unique=True)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")


class Issuer(Owner):
    system = ForeignKeyField(System, backref="issuers", on_delete="CASCADE")
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("system", "slug"), True),)


class Program(Owner):
    issuer = ForeignKeyField(Issuer, backref="programs", on_delete="CASCADE")
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("issuer", "slug"), True),)


class Badge(Table):
    slug = SlugField(255, unique=True)
    system = ForeignKeyField(System, null=True, backref="badges", on_delete="SET NULL")
    issuer = ForeignKeyField(Issuer, null=True, backref="badges", on_delete="SET NULL")
    program = ForeignKeyField(Program, null=True, backref="badges", on_delete="SET NULL")
    name = CharField(255)
    strapline = CharField(140, null=True)
    earner_description = TextField()
    consumer_description = TextField()
    issuer_url = TextField(null=True)
    rubric_url = TextField(null=True)
    criteria_url = TextField()
    time_value = IntegerField(null=True)
    time_units = CharField(16, null=True)
    evidence_type = CharField(16, null=True)
    award_limit = IntegerField(null=True)
    is_unique = BooleanField(default=False)
    type = CharField(255, default="")
    archived = BooleanField(default=False)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    created = MomentField()


class Criterion(Table):
    badge = ForeignKeyField(Badge, backref="criteria", on_delete="CASCADE")
    description = TextField()
    required = BooleanField(default=False)
    note = TextField(default="")


class Alignment(Table):
    badge = ForeignKeyField(Badge, backref="alignments", on_delete="CASCADE")
    name = CharField(255)
    url = TextField(null=True)
    description = TextField(null=True)


class Category(Table):
    badge = ForeignKeyField(Badge, backref="categories", on_delete="CASCADE")
    label = CharField(255)


class Tag(Table):
    badge = ForeignKeyField(Badge, backref="tags", on_delete="CASCADE")
    value = CharField(255)


class Application(Table):
    slug = SlugField(64, unique=True)
    badge = ForeignKeyField(Badge, backref="applications", on_delete="CASCADE")
    learner = CharField(255)
    learner_key = CharField(255, index=True)
    assigned_to = CharField(255, null=True)
    assigned_expiration = MomentField(null=True)
    processed = MomentField(null=True)
    created = MomentField()


class Evidence(Table):
    application = ForeignKeyField(Application, backref="evidence", on_delete="CASCADE")
    url = TextField(null=True)
    media_type = CharField(16, null=True)
    reflection = TextField(null=True)


class Review(Table):
    slug = SlugField(64, unique=True)
    application = ForeignKeyField(Application, backref="reviews", on_delete="CASCADE")
    author = CharField(255)
    comment = TextField(null=True)
    created = MomentField()


class ReviewItem(Table):
    review = ForeignKeyField(Review, backref="items", on_delete="CASCADE")
    criterion = ForeignKeyField(Criterion, null=True, on_delete="SET NULL")
    satisfied = BooleanField(default=False)
    comment = TextField(null=True)


class Award(Table):
    slug = SlugField(255, unique=True)
    badge = ForeignKeyField(Badge, null=True, backref="awards", on_delete="RESTRICT")
    email = CharField(255)
    email_key = CharField(255, index=True)
    salt = CharField(32)
    comment = TextField(null=True)
    issued_on = MomentField()
    expires = MomentField(null=True)
    active_key = CharField(300, null=True, unique=True)
    origin = CharField(100, null=True, unique=True)
    revoked = MomentField(null=True)
    revocation_reason = TextField(null=True)
    baked_key = CharField(300, null=True)
    baked_note = TextField(null=True)


class Event(Table):
    key = CharField(100, unique=True)
    source = CharField(16)
    action = CharField(64)
    subject = CharField(255, null=True)
    badge_slug = CharField(255, null=True)
    body = LongTextField()
    received = MomentField()


class Job(Table):
    kind = CharField(32)
    key = CharField(100, null=True, unique=True)
    event = ForeignKeyField(Event, null=True, backref="jobs", on_delete="CASCADE")
    award = ForeignKeyField(Award, null=True, backref="jobs", on_delete="CASCADE")
    state = CharField(16, index=True)
    outcome = CharField(64, null=True)
    reason = TextField(null=True)
    attempts = IntegerField(default=0)
    lease = CharField(32, null=True)
    due = MomentField(null=True, index=True)
    created = MomentField()
    updated = MomentField()


class Account(Table):
    email = CharField(255)
    email_key = CharField(255, unique=True)
    created = MomentField()


class SignIn(Table):
    nonce = CharField(64, unique=True)
    email = CharField(255)
    browser = CharField(64)
    expires = MomentField(index=True)
    used = MomentField(null=True)

TABLES = [
    Image, System, Issuer, Program, Badge, Criterion, Alignment, Category, Tag,
    Application, Evidence, Review, ReviewItem, Award, Event, Job, Account, SignIn,
]


def up(migrator, db):
    create(db, TABLES)
