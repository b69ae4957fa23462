"""Published badges and what belongs to them: versions, criteria, claim codes, milestones."""

from __future__ import annotations

from typing import Any

from peewee import SQL, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from chalicelib import limits, texts, times
from chalicelib.data.fields import (
    KeyField,
    LongTextField,
    MomentField,
    NameField,
    PublicIdField,
    new_public_id,
)
from chalicelib.data.models.base import Table
from chalicelib.data.models.images import Image
from chalicelib.data.models.owners import Issuer, Program, System


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
