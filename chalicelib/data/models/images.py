"""Images, and keys in the bucket that no image uses any more."""

from __future__ import annotations

from typing import Any

from peewee import CharField, TextField

from chalicelib import times
from chalicelib.data.fields import LongTextField, MomentField, SlugField
from chalicelib.data.models.base import Table


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
