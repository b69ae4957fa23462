"""Drafts of badges, and templates."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from chalicelib import limits, times
from chalicelib.data.fields import LongTextField, MomentField, SlugField
from chalicelib.data.models.base import Table
from chalicelib.data.models.images import Image
from chalicelib.data.models.owners import Issuer, Program, System


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
