"""Accounts: who may sign in without being on the access list."""

from __future__ import annotations

from chalicelib.badges import addresses
from chalicelib.data.connection import transactional
from chalicelib.data.models import Account


@transactional
def find(email: str) -> Account | None:
    """Return the account of an address, however it is spelled, or None."""
    account: Account | None = Account.get_or_none(Account.email_key == addresses.key(email))
    return account
