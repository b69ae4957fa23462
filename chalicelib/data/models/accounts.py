"""People who sign in, what they may do, and their sign-in links."""

from __future__ import annotations

from typing import Any

from peewee import SQL, BooleanField, CharField, ForeignKeyField

from chalicelib import limits, times
from chalicelib.data.fields import KeyField, MomentField, NameField
from chalicelib.data.models.base import Table


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
