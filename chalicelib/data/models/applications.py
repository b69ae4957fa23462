"""Applications for badges, and their reviews."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, ForeignKeyField, TextField

from chalicelib import times
from chalicelib.data.fields import MomentField, SlugField
from chalicelib.data.models.badges import Badge, Criterion
from chalicelib.data.models.base import Table


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
