"""Accounts of people who may sign in without being on the allow list, and their grants.

A grant names a place by slugs and holds there and in all places within, unless a more specific
grant exists; `chalicelib.admin.auth.permissions` decides which one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import IntegrityError

from chalicelib import limits, texts, times
from chalicelib.data import locks
from chalicelib.data.connection import transactional
from chalicelib.data.fields import KEY
from chalicelib.data.models import Account, Grant
from chalicelib.domain.owners.places import Place, missing
from chalicelib.domain.shared import email_addresses

BETWEEN_INVITATIONS = timedelta(minutes=1)
INVITED_COUNT_FOR = timedelta(hours=1)


class Rights(NamedTuple):
    """What a grant allows: draft badges, publish and manage, review applications, award badges.

    To publish includes the others.
    """

    draft: bool = False
    publish: bool = False
    review: bool = False
    award: bool = False


@transactional
def find(email: str) -> Account | None:
    """Return the account of an e-mail address in any spelling, or None."""
    account: Account | None = Account.get_or_none(Account.email_key == email_addresses.key(email))
    return account


class Invitation(NamedTuple):
    """When an account was last invited, and by whom; both None if it never was."""

    moment: datetime | None
    author: str | None


class TooManyInvited(Exception):
    """A person has invited as many others as one may within an hour."""


@transactional
def begin_invitation(account: Account, author: str) -> Invitation | None:
    """Record that an account is invited now, before the email is sent.

    Returns
    -------
    Invitation or None
        The invitation before, for `undo_invitation`; None if it is less than a minute old, so that
        a second click sends nothing.

    Raises
    ------
    TooManyInvited
        If the author invited as many others within the last hour as one may.
    """
    now = times.now()
    locks.hold("invitations", email_addresses.key(author))
    others = Account.select().where(
        Account.invited_by == author, Account.invited > now - INVITED_COUNT_FOR,
        Account.id != account.id,
    )  # fmt: skip
    if others.count() >= limits.INVITED_PER_HOUR:
        raise TooManyInvited
    is_due = Account.invited.is_null() | (Account.invited <= now - BETWEEN_INVITATIONS)
    before = Invitation(account.invited, account.invited_by)
    changed = Account.update(invited=now, invited_by=author).where(Account.id == account.id, is_due)
    return before if changed.execute() else None


@transactional
def undo_invitation(account: Account, before: Invitation) -> None:
    """Record that the email of an invitation was not sent."""
    values = {"invited": before.moment, "invited_by": before.author}
    Account.update(**values).where(Account.id == account.id).execute()


@transactional
def accept_invitation(email: str) -> None:
    """Record that a person signed in, if they were invited and had not signed in since."""
    Account.update(accepted=times.now()).where(
        Account.email_key == email_addresses.key(email),
        Account.invited.is_null(False),
        Account.accepted.is_null(),
    ).execute()


@transactional
def grants_of(account: Account) -> list[Grant]:
    """Return the grants of an account in order of creation."""
    return list(Grant.select().where(Grant.account == account).order_by(Grant.id))


def place_of(grant: Grant) -> Place:
    """Return the place that a grant is for."""
    return Place(grant.system, grant.issuer or None, grant.program or None)


def rights_of(grant: Grant) -> Rights:
    """Return what a grant allows."""
    return Rights(grant.can_draft, grant.can_publish, grant.can_review, grant.can_award)


@transactional
def grants_at(place: Place) -> Sequence[Grant]:
    """Return the grants for exactly this place, each with its account, by address."""
    found = (
        Grant.select(Grant, Account).join(Account).where(*_is(place)).order_by(Account.email_key)
    )
    return list(found)


@transactional
def has_others(place: Place, email: str) -> bool:
    """Return whether another account than that of an email address has rights in or within a place."""
    others: Any = Grant.select(Grant.id).join(Account).where(*within(place))
    return bool(others.where(Account.email_key != email_addresses.key(email)).exists())


@transactional
def allow(email: str, place: Place, rights: Rights, *, keep_award: bool = False) -> Grant:
    """Grant rights in a place, replacing those the account had there; create the account if needed.

    Parameters
    ----------
    email : str
        The account's address.
    place : Place
        Where the rights hold.
    rights : Rights
        What they allow.
    keep_award : bool
        Whether the right to award stays what it is: BadgeKit's user API does not know it.

    Raises
    ------
    ValidationError
        If the e-mail address is invalid.
    """
    if not email_addresses.is_address(email):
        raise email_addresses.refused(email)
    account = _account(email)
    values = {
        "can_draft": rights.draft, "can_publish": rights.publish, "can_review": rights.review,
    }  # fmt: skip
    if not keep_award:
        values["can_award"] = rights.award
    changed = Grant.update(**values).where(Grant.account == account, *_is(place)).execute()
    granted: Grant | None = Grant.get_or_none(Grant.account == account, *_is(place))
    if granted is None and not changed:
        granted = _insert(account, place, values)
    if granted is None:
        raise AssertionError("a grant that was changed cannot be found")
    granted.account = account
    return granted


def _account(email: str) -> Account:
    account = find(email)
    if account is not None:
        return account
    try:
        return Account.create(email=email, email_key=email_addresses.key(email))
    except IntegrityError:  # another request was faster
        return Account.get(Account.email_key == email_addresses.key(email))


def _insert(account: Account, place: Place, values: dict[str, bool]) -> Grant:
    try:
        return Grant.create(account=account, **_columns(place), **values)
    except IntegrityError:  # another request was faster; the later one counts
        Grant.update(**values).where(Grant.account == account, *_is(place)).execute()
        return Grant.get(Grant.account == account, *_is(place))


@transactional
def forbid(email: str, place: Place) -> None:
    """Delete the grant of an account for exactly this place.

    Raises
    ------
    NotFound
        If there is none.
    """
    account = find(email)
    if account is None:
        raise missing("user", "email", email)
    if not Grant.delete().where(Grant.account == account, *_is(place)).execute():
        raise missing("permission", "email", email)


def _columns(place: Place) -> dict[str, str]:
    return {level: slug or "" for level, slug in place._asdict().items()}


def _is(place: Place) -> list[Any]:
    return [_named(level, slug) for level, slug in _columns(place).items()]


def _named(level: str, slug: str) -> Any:
    return getattr(Grant, f"{level}{KEY}") == texts.key(slug)


def move_grants(place: Place, slug: str) -> None:
    """Give grants the new slug of their place, in the current transaction."""
    level = "program" if place.program else "issuer" if place.issuer else "system"
    Grant.update({getattr(Grant, level): slug}).where(*within(place)).execute()


def delete_grants(place: Place) -> None:
    """Delete the grants for a deleted place and all within, in the current transaction.

    Otherwise they would hold in the next place with that slug.
    """
    Grant.delete().where(*within(place)).execute()


def within(place: Place) -> list[Any]:
    """Return the conditions for grants for a place or one within it."""
    return [_named(level, slug) for level, slug in place._asdict().items() if slug]
