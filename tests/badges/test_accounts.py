"""Accounts are found however their address is spelled."""

from __future__ import annotations

import peewee

from chalicelib.badges import accounts
from chalicelib.data.models import Account


def test_an_account_is_found_however_its_address_is_spelled(database: peewee.Database) -> None:
    account = Account.create(email="Guest@Example.org", email_key="guest@example.org")
    assert accounts.find(" GUEST@example.ORG ") == account
    assert accounts.find("guest@example.com") is None
