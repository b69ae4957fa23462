"""The tables. Names are BadgeKit's; the domain documents how rows are used.

Slugs, claim codes, and email addresses are stored as typed, and compared by a second column, the key
(see `chalicelib.texts` and `domain/shared/email_addresses.py`).
"""

from __future__ import annotations

from typing import Any

from peewee import (
    SQL,
    BooleanField,
    CharField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from chalicelib import limits, texts, times
from chalicelib.data.connection import database
from chalicelib.data.fields import (
    IdField,
    KeyField,
    LongTextField,
    MomentField,
    NameField,
    PublicIdField,
    SlugField,
    keys_of,
    new_public_id,
)


class Table(Model):
    """Base of all tables."""

    id = IdField()

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True  # do not overwrite columns that others changed meanwhile

    @classmethod
    def _normalize_data(cls, data: Any, kwargs: dict[str, Any]) -> Any:
        """Add keys to the values of an INSERT or UPDATE (peewee's hook for both)."""
        values = super()._normalize_data(data, kwargs)  # type: ignore[misc]  # not in its stubs
        fields = cls._meta.fields
        named = {field.name: one for field, one in values.items() if isinstance(field, Field)}
        return values | {fields[key]: one for key, one in keys_of(named, fields).items()}


class Image(Table):
    """An image: in the bucket under `key`, or on another site at `url`.

    Rows never change, except that an image on another site gets a `key` once it was copied to the
    bucket. `alt` is the alternative text, and `design` the studio's design of an image that it
    drew, as JSON. Several rows may share a key.
    """

    slug = SlugField(64, unique=True)
    url: TextField[str | None] = TextField(null=True)
    key: CharField[str | None] = CharField(255, null=True, index=True)
    media_type: CharField[str | None] = CharField(100, null=True)
    alt: TextField[str | None] = TextField(null=True)
    design: LongTextField | Any = LongTextField(null=True)


class Unused(Table):
    """A key in the bucket that no row refers to any more: see `domain/images/sweep.py`."""

    key: CharField[str] = CharField(255, unique=True)
    since = MomentField(default=times.now, index=True)


class Owner(Table):
    """Base of systems, issuers and programs. `public_id` names it in Open Badges documents.

    `listed` is when another BadgeKit API last listed a row that mirrors one there; see
    `registry/reading.py`.
    """

    slug = NameField(limits.SLUG)
    slug_key = KeyField()
    public_id: PublicIdField | Any = PublicIdField(default=new_public_id)
    name: CharField[str] = CharField(255)
    url: TextField[str] = TextField()
    description: TextField[str | None] = TextField(null=True)
    email: CharField[str | None] = CharField(255, null=True)
    created = MomentField(default=times.now)
    listed: MomentField | Any = MomentField(null=True)
    image: Any

    @classmethod
    def called(cls, slug: str) -> Any:
        """Return the condition for rows with this slug."""
        return cls.slug_key == texts.key(slug)


class System(Owner):
    """An organization that uses this deployment: the outermost of the three levels.

    `mail_policy` is which emails its earners get: see `domain/events/mail_policy.py`.
    """

    slug_key = KeyField(unique=True)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    mail_policy: CharField[str | None] = CharField(16, null=True)


class Issuer(Owner):
    """An issuer of badges within a system."""

    system = ForeignKeyField(System, backref="issuers", on_delete="CASCADE")
    system_id: int
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("system", "slug_key"), True),)


class Program(Owner):
    """A program within an issuer."""

    issuer = ForeignKeyField(Issuer, backref="programs", on_delete="CASCADE")
    issuer_id: int
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("issuer", "slug_key"), True),)


class FormerOwner(Table):
    """What the profile of a deleted system, issuer or program showed; awards go on naming it."""

    public_id: PublicIdField | Any = PublicIdField(null=False)
    name: CharField[str] = CharField(255)
    url: TextField[str] = TextField()
    description: TextField[str | None] = TextField(null=True)
    email: CharField[str | None] = CharField(255, null=True)
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    deleted = MomentField(default=times.now)


class Badge(Table):
    """A published badge. It outlives its system, issuer and program.

    The row of a badge that was awarded is never deleted. `deleted` is then the time of its
    deletion: the badge is no longer listed, its slug is free, and its awards stay available.
    `awarded` counts awards that are not revoked, `given` awards that have a position, and `listed`
    is as that of owners.

    `public_id` names its present version in Open Badges documents; `BadgeVersion` has the earlier
    ones. `former_owner` is the public id of the deleted owner that published it, if there is one.
    An empty `criteria_url` means our own page.
    """

    slug = NameField(limits.SLUG, index=True)  # the index is for the version before keys
    slug_key = KeyField(unique=True)
    public_id: PublicIdField | Any = PublicIdField(default=new_public_id)
    former_owner: CharField[str | None] = CharField(32, null=True, index=True)
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
    listed: MomentField | Any = MomentField(null=True)
    awarded = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    given = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
    system_id: int | None
    issuer_id: int | None
    program_id: int | None
    award_effects: Any = None  # not a column: see `domain/badges/badges.py`
    earlier: Any = None  # not a column: set for an earlier version, see `domain/badges/versions.py`

    # No other module compares the columns `deleted`, `archived` and `award_limit`.

    @classmethod
    def called(cls, slug: str) -> Any:
        """Return the condition for the badge with this slug."""
        return cls.slug_key == texts.key(slug)

    @classmethod
    def live(cls) -> Any:
        """Return the condition for badges that are not deleted, whether archived or not."""
        return cls.deleted.is_null()

    @classmethod
    def with_archived(cls, archived: bool) -> Any:
        """Return the condition for badges that are archived, or for those that are not."""
        return cls.archived == archived

    @classmethod
    def below_limit(cls) -> Any:
        """Return the condition for badges whose limit, if they have one, allows another award."""
        unlimited = cls.award_limit.is_null() | (cls.award_limit <= 0)
        return unlimited | (cls.awarded < cls.award_limit)

    @staticmethod
    def limit_of(number: int | None) -> int | None:
        """Return a limit of awards, or None for no limit, which clients of BadgeKit send as 0."""
        return number if number is not None and number > 0 else None

    @property
    def most_awards(self) -> int | None:
        """How often the badge may be awarded in all; None if there is no limit."""
        return self.limit_of(self.award_limit)

    @property
    def awards_left(self) -> int | None:
        """How often the badge may still be awarded; None if there is no limit."""
        if not self.is_awardable:
            return 0
        most = self.most_awards
        return None if most is None else max(0, most - self.awarded)

    @property
    def is_live(self) -> bool:
        """Whether the badge was not deleted."""
        return self.deleted is None

    @property
    def is_awardable(self) -> bool:
        """Whether the badge was neither deleted nor archived, so that it can be awarded."""
        return self.is_live and not self.archived


class BadgeVersion(Table):
    """An earlier version of a badge that was awarded before it was changed.

    `content` is JSON: see `domain/badges/versions.py`.
    """

    badge = ForeignKeyField(Badge, backref="versions", on_delete="CASCADE")
    badge_id: int
    public_id: PublicIdField | Any = PublicIdField(null=False)
    content: LongTextField = LongTextField()
    image = ForeignKeyField(Image, null=True, on_delete="SET NULL")
    image_id: int | None
    created = MomentField(default=times.now)


class PublishedAddress(Table):
    """An address with slugs that is out of date, and the public id of what it named.

    See `domain/owners/addresses.py`.
    """

    key: CharField[str] = CharField(64, unique=True)
    public_id: CharField[str] = CharField(32)
    created = MomentField(default=times.now)


class Criterion(Table):
    """A criterion that an earner must meet for a badge."""

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
    """A learner's application for a badge; `processed` is when it was processed."""

    slug = SlugField(64, unique=True)
    badge = ForeignKeyField(Badge, backref="applications", on_delete="CASCADE")
    badge_id: int
    learner: CharField[str] = CharField(255)
    learner_key: CharField[str] = CharField(255, index=True)
    assigned_to: CharField[str | None] = CharField(255, null=True)
    assigned_expiration: MomentField | Any = MomentField(null=True)
    processed: MomentField | Any = MomentField(null=True, index=True)
    created = MomentField(default=times.now)


class Evidence(Table):
    """A piece of evidence in an application."""

    application = ForeignKeyField(Application, backref="evidence", on_delete="CASCADE")
    application_id: int
    url: TextField[str | None] = TextField(null=True)
    media_type: CharField[str | None] = CharField(16, null=True)
    reflection: TextField[str | None] = TextField(null=True)


class Review(Table):
    """A review of an application."""

    slug = SlugField(64, unique=True)
    application = ForeignKeyField(Application, backref="reviews", on_delete="CASCADE")
    author: CharField[str] = CharField(255)
    comment: TextField[str | None] = TextField(null=True)
    created = MomentField(default=times.now)


class ReviewItem(Table):
    """A review's result for one criterion."""

    review = ForeignKeyField(Review, backref="items", on_delete="CASCADE")
    review_id: int
    criterion = ForeignKeyField(Criterion, null=True, on_delete="SET NULL")
    criterion_id: int | None
    satisfied = BooleanField(default=False)
    comment: TextField[str | None] = TextField(null=True)


class Award(Table):
    """A badge awarded to an earner: badgekit-api's badge instance. Rows are never deleted.

    `active_key` (`badge id:address`) is set unless the award is revoked, and prevents a second
    active award of a badge to an address. `origin` names the cause of the award, such as an
    application, and prevents a second award for it. `badge` is null only for awards of another
    BadgeKit API whose revocation arrived first. `position` numbers a badge's awards from 0, for
    pagination; awards that were revoked from the start have none. `badge_class` is the public id of
    the version of the badge that was awarded; null means its first one. `adoptable` is null unless
    an approved review led to the award by itself; then it is whether the API may still take the
    award over (see `domain/awards/adoption.py`). `comment` is public: documents call it narrative.
    `note` is only for the earner, and stands nowhere but in the email.
    """

    slug = SlugField(limits.SLUG, unique=True)
    badge = ForeignKeyField(Badge, null=True, backref="awards", on_delete="RESTRICT")
    badge_id: int | None
    email: CharField[str] = CharField(255)
    email_key: CharField[str] = CharField(255, index=True)
    salt: CharField[str] = CharField(32)
    comment: TextField[str | None] = TextField(null=True)
    note: TextField[str | None] = TextField(null=True)
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
    badge_class: CharField[str | None] = CharField(32, null=True)
    adoptable: BooleanField | Any = BooleanField(null=True)

    class Meta:
        indexes = ((("badge", "position"), True),)


class ClaimCode(Table):
    """A claim code of a badge: for one earner, or for many (`multiuse`)."""

    badge = ForeignKeyField(Badge, backref="codes", on_delete="CASCADE")
    badge_id: int
    code = NameField(255, index=True)  # the index is for the version before keys
    code_key = KeyField(index=True)
    claimed = BooleanField(default=False)
    email: CharField[str | None] = CharField(255, null=True)
    multiuse = BooleanField(default=False)

    class Meta:
        indexes = ((("badge", "code_key"), True),)

    @classmethod
    def called(cls, code: str) -> Any:
        """Return the condition for codes that are equal to this one."""
        return cls.code_key == texts.key(code)


class Milestone(Table):
    """A badge that is awarded for `number_required` of its support badges."""

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
    """A client of the API for one system, with its own key and secret.

    `made_by` is the address of the person who made it here; null if the API or an earlier version did.
    """

    system = ForeignKeyField(System, backref="consumers", on_delete="CASCADE")
    system_id: int
    api_key: CharField[str] = CharField(255, unique=True)
    api_secret: TextField[str] = TextField()
    description: TextField[str | None] = TextField(null=True)
    made_by: CharField[str | None] = CharField(255, null=True)
    created = MomentField(default=times.now)


class Webhook(Table):
    """The webhook of a system, for its reviews, awards and revocations."""

    system = ForeignKeyField(System, backref="webhooks", on_delete="CASCADE", unique=True)
    url: TextField[str] = TextField()
    secret: TextField[str] = TextField()


class Tally(Table):
    """The number of a list's rows in a block of ids: see `domain/badges/block_counts.py`."""

    name: CharField[str] = CharField(64)
    size = IntegerField()
    block = IntegerField()
    number = IntegerField()

    class Meta:
        indexes = ((("name", "size", "block"), True),)


class Event(Table):
    """An event: an incoming webhook, or its equivalent from the embedded API.

    `key` prevents duplicates; `body` is the webhook's JSON, exactly as it was signed. `badge_id` is
    the badge it is about, if that was known when it was recorded, whatever has its slug later. It is
    no foreign key: to insert an event would lock the badge's row, and ids are never reused.
    """

    key: CharField[str] = CharField(100, unique=True)
    source: CharField[str] = CharField(16)
    action: CharField[str] = CharField(64)
    subject: CharField[str | None] = CharField(255, null=True)
    badge_slug: CharField[str | None] = CharField(limits.SLUG, null=True)
    badge_id: IntegerField[int | None] = IntegerField(null=True)
    body: LongTextField = LongTextField()
    received = MomentField(default=times.now)

    class Meta:
        # A covering index for `domain/jobs/activity.py`: all that it filters by, in its order.
        indexes = (
            (("received", "action", "badge_slug", "subject", "source"), False),
            (("badge_id", "received"), False),
        )


class Job(Table):
    """A job of the outbox, to do for an event: see `domain/jobs/outbox.py`.

    `system` is set for deliveries: the system whose webhook receives the event. `image` is the one
    to copy to the bucket.
    """

    kind: CharField[str] = CharField(32, index=True)
    key: CharField[str | None] = CharField(100, null=True, unique=True)
    event = ForeignKeyField(Event, null=True, backref="jobs", on_delete="CASCADE")
    award = ForeignKeyField(Award, null=True, backref="jobs", on_delete="CASCADE")
    award_id: int | None
    system = ForeignKeyField(System, null=True, backref="jobs", on_delete="SET NULL")
    system_id: int | None
    image = ForeignKeyField(Image, null=True, backref="jobs", on_delete="CASCADE")
    image_id: int | None
    webhook: Any = None  # not a column: the system's webhook, in a claimed delivery
    answer: Any = None  # not a column: the response, in a delivery under way
    state: CharField[str] = CharField(16, index=True)
    outcome: CharField[str | None] = CharField(64, null=True)
    reason: TextField[str | None] = TextField(null=True)
    attempts = IntegerField(default=0)
    lease: CharField[str | None] = CharField(32, null=True)
    due: MomentField | Any = MomentField(null=True, index=True)
    created = MomentField(default=times.now)
    updated = MomentField(default=times.now)


class Account(Table):
    """A user who can sign in without being on the allow list.

    `invited` is when the last invitation was mailed, `invited_by` the address of the person who did,
    and `accepted` when the user first signed in afterwards.
    """

    email: CharField[str] = CharField(255)
    email_key: CharField[str] = CharField(255, unique=True)
    invited: MomentField | Any = MomentField(null=True)
    invited_by: CharField[str | None] = CharField(255, null=True)
    accepted: MomentField | Any = MomentField(null=True)
    created = MomentField(default=times.now)


class Grant(Table):
    """A user's permissions in a place and everything within; the most specific grant counts.

    Places are named by slugs, as in BadgeKit's user API, so that a grant can precede its place. A
    level that is not named is an empty text, because unique keys do not compare nulls.
    """

    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    account_id: int
    system = NameField(limits.SLUG)
    issuer = NameField(limits.SLUG, default="")
    program = NameField(limits.SLUG, default="")
    system_key = KeyField()
    issuer_key = KeyField()
    program_key = KeyField()
    can_draft = BooleanField(default=False)
    can_publish = BooleanField(default=False)
    can_review = BooleanField(default=False)
    can_award = BooleanField(default=False, constraints=[SQL("DEFAULT 0")])

    class Meta:
        table_name = "permission"  # GRANT is a keyword of SQL
        indexes = ((("account", "system_key", "issuer_key", "program_key"), True),)


class Draft(Table):
    """A badge that is not published yet, or a template for badges: see `domain/drafts/drafts.py`.

    `content` is JSON with the members of badgekit-api's badges; columns duplicate what lists search
    and sort by. `slug` is the public name of a template. `published_as` is the badge's slug once
    publishing has started, so that it can be resumed.
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
    """A tag or category of a draft, for searching and filtering lists."""

    draft = ForeignKeyField(Draft, backref="labels", on_delete="CASCADE")
    draft_id: int
    kind: CharField[str] = CharField(16)
    label: CharField[str] = CharField(255)

    class Meta:
        indexes = ((("kind", "label"), False),)


class SignIn(Table):
    """A one-time sign-in link, requested by a browser, valid for one use.

    `network` is a keyed hash of where the request came from, and `known` one of the known browser
    (see `admin/auth/known_browsers.py`) that it counts for, if any.
    """

    nonce: CharField[str] = CharField(64, unique=True)
    email: CharField[str] = CharField(255, index=True)
    browser: CharField[str] = CharField(64)
    network: CharField[str | None] = CharField(64, null=True)
    known: CharField[str | None] = CharField(64, null=True)
    expires = MomentField(index=True)
    used: MomentField | Any = MomentField(null=True)


class MailTurn(Table):
    """When a limited mail may be sent: see `domain/jobs/mail_turns.py`.

    `address` is a hash of its recipient's address.
    """

    address: CharField[str] = CharField(64)
    job = ForeignKeyField(Job, unique=True, on_delete="CASCADE")
    job_id: int
    at = MomentField(index=True)

    class Meta:
        indexes = ((("address", "at"), False),)


class Lock(Table):
    """A name that one transaction at a time can hold: see `data/locks.py`."""

    name: CharField[str] = CharField(64, unique=True)
    since = MomentField(default=times.now, index=True)


TABLES: tuple[type[Table], ...] = (
    Image, System, Issuer, Program, FormerOwner, Badge, BadgeVersion, PublishedAddress, Criterion,
    Alignment, Category, Tag, Application, Evidence, Review, ReviewItem, Award, ClaimCode,
    Milestone, MilestoneBadge, Consumer, Webhook, Tally, Event, Job, Account, Grant, Draft,
    DraftLabel, SignIn, MailTurn, Lock, Unused,
)  # fmt: skip
