"""Systems, issuers, and programs, with their former addresses, API keys, and webhooks."""

from __future__ import annotations

from typing import Any

from peewee import CharField, ForeignKeyField, TextField

from chalicelib import limits, texts, times
from chalicelib.data.fields import KeyField, MomentField, NameField, PublicIdField, new_public_id
from chalicelib.data.models.base import Table
from chalicelib.data.models.images import Image


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


class PublishedAddress(Table):
    """An address with slugs that is out of date, and the public id of what it named.

    See `domain/owners/addresses.py`.
    """

    key: CharField[str] = CharField(64, unique=True)
    public_id: CharField[str] = CharField(32)
    created = MomentField(default=times.now)


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
