"""Accounts: who may sign in without being on the access list, and what they may do where.

A grant names a place by slugs and holds there and in all places within, unless there is a more
specific one; which counts is decided in `chalicelib.admin.auth.permissions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from peewee import IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import Account, Grant
from chalicelib.domain.owners.places import Place, missing
from chalicelib.domain.shared import email_addresses


class Rights(NamedTuple):
    """What a grant allows: to draft badges, to publish and manage, to review applications."""

    draft: bool = False
    publish: bool = False
    review: bool = False


@transactional
def find(email: str) -> Account | None:
    """Return the account of an address, however it is spelled, or None."""
    account: Account | None = Account.get_or_none(Account.email_key == email_addresses.key(email))
    return account


@transactional
def grants(account: Account) -> list[Grant]:
    """Return what somebody was granted, in order of creation."""
    return list(Grant.select().where(Grant.account == account).order_by(Grant.id))


def place_of(grant: Grant) -> Place:
    """Return the place that a grant is for."""
    return Place(grant.system, grant.issuer or None, grant.program or None)


def rights_of(grant: Grant) -> Rights:
    """Return what a grant allows."""
    return Rights(grant.can_draft, grant.can_publish, grant.can_review)


@transactional
def at(place: Place) -> Sequence[Grant]:
    """Return the grants for exactly this place, each with its account, by address."""
    found = (
        Grant.select(Grant, Account).join(Account).where(*_is(place)).order_by(Account.email_key)
    )
    return list(found)


@transactional
def allow(email: str, place: Place, rights: Rights) -> Grant:
    """Grant somebody rights in a place, instead of those they had there; make their account.

    Raises
    ------
    ValidationError
        If the address is not one.
    """
    if not email_addresses.is_address(email):
        raise email_addresses.refused(email)
    account = _account(email)
    values = {
        "can_draft": rights.draft, "can_publish": rights.publish, "can_review": rights.review,
    }  # fmt: skip
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
    except IntegrityError:  # somebody else was faster
        return Account.get(Account.email_key == email_addresses.key(email))


def _insert(account: Account, place: Place, values: dict[str, bool]) -> Grant:
    try:
        return Grant.create(account=account, **_columns(place), **values)
    except IntegrityError:  # somebody else was faster; the later one counts
        Grant.update(**values).where(Grant.account == account, *_is(place)).execute()
        return Grant.get(Grant.account == account, *_is(place))


@transactional
def forbid(email: str, place: Place) -> None:
    """Take away what somebody was granted in exactly this place.

    Raises
    ------
    NotFound
        If nothing was.
    """
    account = find(email)
    if account is None:
        raise missing("user", "email", email)
    if not Grant.delete().where(Grant.account == account, *_is(place)).execute():
        raise missing("permission", "email", email)


def _columns(place: Place) -> dict[str, str]:
    return {level: slug or "" for level, slug in place._asdict().items()}


def _is(place: Place) -> list[Any]:
    return [getattr(Grant, level) == slug for level, slug in _columns(place).items()]


def moved(place: Place, slug: str) -> None:
    """Let grants follow a place that is called otherwise now, in the transaction under way."""
    level = "program" if place.program else "issuer" if place.issuer else "system"
    Grant.update({getattr(Grant, level): slug}).where(*within(place)).execute()


def gone(place: Place) -> None:
    """Take away what was granted in a place that is deleted, and within, in the transaction under way.

    Otherwise it would hold in the next place of that name.
    """
    Grant.delete().where(*within(place)).execute()


def within(place: Place) -> list[Any]:
    """Return the conditions for grants in a place, or in one within it."""
    return [getattr(Grant, level) == slug for level, slug in place._asdict().items() if slug]
