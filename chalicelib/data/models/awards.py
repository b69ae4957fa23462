"""Awards of badges."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from chalicelib import limits, times
from chalicelib.data.fields import MomentField, SlugField
from chalicelib.data.models.badges import Badge
from chalicelib.data.models.base import Table


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
