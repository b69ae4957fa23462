"""Who may do what. This is the one place that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.admin import access
from chalicelib.badges import accounts, addresses


class Permission(StrEnum):
    """Something that not everybody may do."""

    SEE_ACTIVITY = "see activity"
    RETRY_JOBS = "retry jobs"


_OF_ADMINISTRATORS = frozenset(Permission)
_OF_ACCOUNTS: frozenset[Permission] = frozenset()


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in.

    Parameters
    ----------
    email : str
        The address that mails to them go to.
    administrator : bool
        Whether the address is on the access list.
    """

    email: str
    administrator: bool


def person(email: str) -> Person | None:
    """Return who an address belongs to, or None when it may not sign in."""
    if access.lists(email):
        return Person(email, administrator=True)
    if addresses.is_address(email) and (account := accounts.find(email)):
        return Person(account.email, administrator=False)
    return None


def may(who: Person, permission: Permission) -> bool:
    """Tell whether somebody has a permission."""
    return permission in (_OF_ADMINISTRATORS if who.administrator else _OF_ACCOUNTS)
