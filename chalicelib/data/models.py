"""The tables. Names are BadgeKit's; what a row means is documented where the domain uses it.

Slugs and other names that clients type are compared without regard to case by their collation;
addresses are kept as typed and compared by a second column, the key.
"""

from __future__ import annotations

from typing import Any

from peewee import (
    SQL,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from chalicelib import limits, times
from chalicelib.data.connection import database
from chalicelib.data.fields import IdField, LongTextField, MomentField, SlugField


class Table(Model):
    """Base of all tables."""

    id = IdField()

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True  # what somebody else changed meanwhile stays


class Image(Table):
    """A picture: kept in the bucket under `key`, or elsewhere at `url`. Rows never change.

    `alt` says in words what it shows, and `design` what it was drawn from, if it was drawn here.
    Several rows may share a key.
    """

    slug = SlugField(64, unique=True)
    url: TextField[str | None] = TextField(null=True)
    key: CharField[str | None] = CharField(255, null=True, index=True)
    media_type: CharField[str | None] = CharField(100, null=True)
    alt: TextField[str | None] = TextField(null=True)
    design: LongTextField | Any = LongTextField(null=True)


class Unused(Table):
    """A key in the bucket that no row needs any more: see `domain/images/sweep.py`."""

    key: CharField[str] = CharField(255, unique=True)
    since = MomentField(default=times.now, index=True)


class Owner(Table):
    """What systems, issuers and programs have in common."""

    slug = SlugField(limits.SLUG)
    name: CharField[str] = CharField(255)
    url: TextField[str] = TextField()
    description: TextField[str | None] = TextField(null=True)
    email: CharField[str | None] = CharField(255, null=True)
    created = MomentField(default=times.now)
    image: Any


class System(Owner):
    """An organisation that uses this deployment: the outermost of the three levels."""

    slug = SlugField(limits.SLUG, unique=True)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")


class Issuer(Owner):
    """Who issues badges within a system."""

    system = ForeignKeyField(System, backref="issuers", on_delete="CASCADE")
    system_id: int
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("system", "slug"), True),)


class Program(Owner):
    """A program within an issuer."""

    issuer = ForeignKeyField(Issuer, backref="programs", on_delete="CASCADE")
    issuer_id: int
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("issuer", "slug"), True),)


class Badge(Table):
    """A published badge. It outlives its system, issuer and program.

    A badge that was awarded is never deleted but `deleted` at some time: it vanishes from lists and
    gives its slug free, and its awards go on answering. `awarded` counts those not revoked, `given`
    those that were given a position.
    """

    slug = SlugField(limits.SLUG, unique=True)
    system = ForeignKeyField(System, null=True, backref="badges", on_delete="SET NULL")
    issuer = ForeignKeyField(Issuer, null=True, backref="badges", on_delete="SET NULL")
    program = ForeignKeyField(Program, null=True, backref="badges", on_delete="SET NULL")
    name: CharField[str] = CharField(255)
    strapline: CharField[str | None] = CharField(140, null=True)
    earner_description: TextField[str] = TextField()
    consumer_description: TextField[str] = TextField()
    issuer_url: TextField[str | None] = TextField(null=True)
    rubric_url: TextField[str | None] = TextField(null=True)
    criteria_url: TextField[str] = TextField()
    time_value: IntegerField[int | None] = IntegerField(null=True)
    time_units: CharField[str | None] = CharField(16, null=True)
    evidence_type: CharField[str | None] = CharField(16, null=True)
    award_limit: IntegerField[int | None] = IntegerField(null=True)
    is_unique = BooleanField(default=False)
    type: CharField[str] = CharField(255, default="")
    archived = BooleanField(default=False)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    image_id: int | None
    created = MomentField(default=times.now)
    deleted: MomentField | Any = MomentField(null=True)
    awarded = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    given = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    system_id: int | None
    issuer_id: int | None
    program_id: int | None
    award_effects: Any = None  # see `domain/badges/badges.py`; no column

    # Which badges are hidden where: no other module compares these two columns.

    @classmethod
    def live(cls) -> Any:
        """Return the condition for badges that were not deleted; archived ones are among them."""
        return cls.deleted.is_null()

    @classmethod
    def with_archived(cls, archived: bool) -> Any:
        """Return the condition for badges that are archived, or for those that are not."""
        return cls.archived == archived

    @property
    def is_live(self) -> bool:
        """Whether the badge was not deleted."""
        return self.deleted is None

    @property
    def is_awardable(self) -> bool:
        """Whether the badge was neither deleted nor archived, so that it can be awarded."""
        return self.is_live and not self.archived


class Criterion(Table):
    """What an earner must show for a badge."""

    badge = ForeignKeyField(Badge, backref="criteria", on_delete="CASCADE")
    badge_id: int
    description: TextField[str] = TextField()
    required = BooleanField(default=False)
    note: TextField[str] = TextField(default="")


class Alignment(Table):
    """A standard that a badge is aligned with."""

    badge = ForeignKeyField(Badge, backref="alignments", on_delete="CASCADE")
    badge_id: int
    name: CharField[str] = CharField(255)
    url: TextField[str | None] = TextField(null=True)
    description: TextField[str | None] = TextField(null=True)


class Category(Table):
    """One of a badge's categories."""

    badge = ForeignKeyField(Badge, backref="categories", on_delete="CASCADE")
    badge_id: int
    label: CharField[str] = CharField(255)


class Tag(Table):
    """One of a badge's tags."""

    badge = ForeignKeyField(Badge, backref="tags", on_delete="CASCADE")
    badge_id: int
    value: CharField[str] = CharField(255)


class Application(Table):
    """A learner's wish to earn a badge; `processed` says when it was dealt with."""

    slug = SlugField(64, unique=True)
    badge = ForeignKeyField(Badge, backref="applications", on_delete="CASCADE")
    badge_id: int
    learner: CharField[str] = CharField(255)
    learner_key: CharField[str] = CharField(255, index=True)
    assigned_to: CharField[str | None] = CharField(255, null=True)
    assigned_expiration: MomentField | Any = MomentField(null=True)
    processed: MomentField | Any = MomentField(null=True)
    created = MomentField(default=times.now)


class Evidence(Table):
    """What a learner shows with an application."""

    application = ForeignKeyField(Application, backref="evidence", on_delete="CASCADE")
    application_id: int
    url: TextField[str | None] = TextField(null=True)
    media_type: CharField[str | None] = CharField(16, null=True)
    reflection: TextField[str | None] = TextField(null=True)


class Review(Table):
    """What a reviewer says of an application."""

    slug = SlugField(64, unique=True)
    application = ForeignKeyField(Application, backref="reviews", on_delete="CASCADE")
    author: CharField[str] = CharField(255)
    comment: TextField[str | None] = TextField(null=True)
    created = MomentField(default=times.now)


class ReviewItem(Table):
    """What a review says of one criterion."""

    review = ForeignKeyField(Review, backref="items", on_delete="CASCADE")
    review_id: int
    criterion = ForeignKeyField(Criterion, null=True, on_delete="SET NULL")
    criterion_id: int | None
    satisfied = BooleanField(default=False)
    comment: TextField[str | None] = TextField(null=True)


class Award(Table):
    """A badge that somebody has: badgekit-api's badge instance. Rows are never deleted.

    `active_key` is set while the award counts (`badge id:address`) and makes a second active
    award of a badge to an address impossible; `origin` names what the award answers, such as an
    application, so that nothing is answered twice. `badge` is only null for awards of another
    BadgeKit API's that were revoked before they were heard of. `position` numbers a badge's awards
    from 0, for pages; those that were revoked from the beginning have none.
    """

    slug = SlugField(limits.SLUG, unique=True)
    badge = ForeignKeyField(Badge, null=True, backref="awards", on_delete="RESTRICT")
    badge_id: int | None
    email: CharField[str] = CharField(255)
    email_key: CharField[str] = CharField(255, index=True)
    salt: CharField[str] = CharField(32)
    comment: TextField[str | None] = TextField(null=True)
    issued_on = MomentField(default=times.now)
    expires: MomentField | Any = MomentField(null=True)
    active_key: CharField[str | None] = CharField(300, null=True, unique=True)
    origin: CharField[str | None] = CharField(100, null=True, unique=True)
    revoked: MomentField | Any = MomentField(null=True)
    revocation_reason: TextField[str | None] = TextField(null=True)
    baked_key: CharField[str | None] = CharField(300, null=True)
    baked_note: TextField[str | None] = TextField(null=True)
    claim_code: CharField[str | None] = CharField(255, null=True)
    position: IntegerField[int | None] = IntegerField(null=True)

    class Meta:
        indexes = ((("badge", "position"), True),)


class ClaimCode(Table):
    """A code by which a badge can be claimed: once, or by many (`multiuse`)."""

    badge = ForeignKeyField(Badge, backref="codes", on_delete="CASCADE")
    badge_id: int
    code = SlugField(255, index=True)
    claimed = BooleanField(default=False)
    email: CharField[str | None] = CharField(255, null=True)
    multiuse = BooleanField(default=False)

    class Meta:
        indexes = ((("badge", "code"), True),)


class Milestone(Table):
    """A badge that follows from others: from `number_required` of its support badges."""

    system = ForeignKeyField(System, backref="milestones", on_delete="CASCADE")
    primary_badge = ForeignKeyField(Badge, backref="milestones", on_delete="CASCADE")
    system_id: int
    primary_badge_id: int
    number_required = IntegerField()
    action: CharField[str | None] = CharField(32, null=True)


class MilestoneBadge(Table):
    """One of the badges that count towards a milestone."""

    milestone = ForeignKeyField(Milestone, backref="support", on_delete="CASCADE")
    milestone_id: int
    badge = ForeignKeyField(Badge, backref="supports", on_delete="CASCADE")
    badge_id: int

    class Meta:
        indexes = ((("milestone", "badge"), True),)


class Consumer(Table):
    """Who may call the API for one system, with a key and a secret of its own."""

    system = ForeignKeyField(System, backref="consumers", on_delete="CASCADE")
    system_id: int
    api_key: CharField[str] = CharField(255, unique=True)
    api_secret: TextField[str] = TextField()
    description: TextField[str | None] = TextField(null=True)
    created = MomentField(default=times.now)


class Webhook(Table):
    """Where a system wants to hear of its reviews, awards and revocations."""

    system = ForeignKeyField(System, backref="webhooks", on_delete="CASCADE", unique=True)
    url: TextField[str] = TextField()
    secret: TextField[str] = TextField()


class Tally(Table):
    """How many rows of a list lie in a block of so many ids: see `domain/badges/block_counts.py`."""

    name: CharField[str] = CharField(64)
    size = IntegerField()
    block = IntegerField()
    number = IntegerField()

    class Meta:
        indexes = ((("name", "size", "block"), True),)


class Event(Table):
    """Something that happened: a webhook that came in, or the embedded API's equal of one.

    `key` makes a repeat impossible; `body` is the webhook's JSON, exactly as it was signed.
    """

    key: CharField[str] = CharField(100, unique=True)
    source: CharField[str] = CharField(16)
    action: CharField[str] = CharField(64)
    subject: CharField[str | None] = CharField(255, null=True)
    badge_slug: CharField[str | None] = CharField(limits.SLUG, null=True)
    body: LongTextField = LongTextField()
    received = MomentField(default=times.now)

    class Meta:
        # All that `domain/jobs/activity.py` looks through, without the bodies, in the order it shows.
        indexes = ((("received", "action", "badge_slug", "subject", "source"), False),)


class Job(Table):
    """One thing to do about an event, and the outbox: see `domain/jobs/outbox.py`.

    `system` is set where the system's own webhook is to be told of the event.
    """

    kind: CharField[str] = CharField(32, index=True)
    key: CharField[str | None] = CharField(100, null=True, unique=True)
    event = ForeignKeyField(Event, null=True, backref="jobs", on_delete="CASCADE")
    award = ForeignKeyField(Award, null=True, backref="jobs", on_delete="CASCADE")
    award_id: int | None
    system = ForeignKeyField(System, null=True, backref="jobs", on_delete="SET NULL")
    system_id: int | None
    webhook: Any = None  # of that system, when a delivery was claimed; no column
    answer: Any = None  # of a delivery under way; no column
    state: CharField[str] = CharField(16, index=True)
    outcome: CharField[str | None] = CharField(64, null=True)
    reason: TextField[str | None] = TextField(null=True)
    attempts = IntegerField(default=0)
    lease: CharField[str | None] = CharField(32, null=True)
    due: MomentField | Any = MomentField(null=True, index=True)
    created = MomentField(default=times.now)
    updated = MomentField(default=times.now)


class Account(Table):
    """Somebody who may sign in without being on the access list."""

    email: CharField[str] = CharField(255)
    email_key: CharField[str] = CharField(255, unique=True)
    created = MomentField(default=times.now)


class Grant(Table):
    """What somebody may do in a place and all within, unless another grant is more specific.

    Places are named by slugs, as BadgeKit's user API does: a grant may come before its place. A
    level that is not named is an empty text, so that the unique key compares it.
    """

    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    account_id: int
    system = SlugField(limits.SLUG)
    issuer = SlugField(limits.SLUG, default="")
    program = SlugField(limits.SLUG, default="")
    can_draft = BooleanField(default=False)
    can_publish = BooleanField(default=False)
    can_review = BooleanField(default=False)

    class Meta:
        table_name = "permission"  # GRANT is a word of SQL's
        indexes = ((("account", "system", "issuer", "program"), True),)


class Draft(Table):
    """A badge that is not published yet, or a template for badges: see `domain/drafts/drafts.py`.

    `content` is JSON in the members of badgekit-api's badges; what lists search and sort by is kept
    beside it. `slug` names a template to others. `published_as` is the slug under which publishing
    has begun, so that it can be finished.
    """

    slug = SlugField(64, unique=True)
    status: CharField[str] = CharField(16, index=True)
    system = ForeignKeyField(System, backref="drafts", on_delete="CASCADE")
    issuer = ForeignKeyField(Issuer, null=True, backref="drafts", on_delete="CASCADE")
    program = ForeignKeyField(Program, null=True, backref="drafts", on_delete="CASCADE")
    system_id: int
    issuer_id: int | None
    program_id: int | None
    name: CharField[str] = CharField(255, default="")
    content: LongTextField = LongTextField()
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    image_id: int | None
    author: CharField[str] = CharField(255)
    published_as: CharField[str | None] = CharField(limits.SLUG, null=True)
    created = MomentField(default=times.now)
    updated = MomentField(default=times.now)


class DraftLabel(Table):
    """A tag or category of a draft, for lists to find it by."""

    draft = ForeignKeyField(Draft, backref="labels", on_delete="CASCADE")
    draft_id: int
    kind: CharField[str] = CharField(16)
    label: CharField[str] = CharField(255)

    class Meta:
        indexes = ((("kind", "label"), False),)


class SignIn(Table):
    """A one-time sign-in link: asked for by a browser, used at most once."""

    nonce: CharField[str] = CharField(64, unique=True)
    email: CharField[str] = CharField(255)
    browser: CharField[str] = CharField(64)
    expires = MomentField(index=True)
    used: MomentField | Any = MomentField(null=True)


TABLES: tuple[type[Table], ...] = (
    Image, System, Issuer, Program, Badge, Criterion, Alignment, Category, Tag, Application,
    Evidence, Review, ReviewItem, Award, ClaimCode, Milestone, MilestoneBadge, Consumer, Webhook,
    Tally, Event, Job, Account, Grant, Draft, DraftLabel, SignIn,
    Unused,
)  # fmt: skip
