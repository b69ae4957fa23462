"""Events, the jobs of the outbox, turns of emails, counts of lists, and locks."""

from __future__ import annotations

from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from chalicelib import limits, times
from chalicelib.data.fields import LongTextField, MomentField
from chalicelib.data.models.awards import Award
from chalicelib.data.models.base import Table
from chalicelib.data.models.images import Image
from chalicelib.data.models.owners import System


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


class Tally(Table):
    """The number of a list's rows in a block of ids: see `domain/badges/block_counts.py`."""

    name: CharField[str] = CharField(64)
    size = IntegerField()
    block = IntegerField()
    number = IntegerField()

    class Meta:
        indexes = ((("name", "size", "block"), True),)


class Lock(Table):
    """A name that one transaction at a time can hold: see `data/locks.py`."""

    name: CharField[str] = CharField(64, unique=True)
    since = MomentField(default=times.now, index=True)
