"""What is reserved for administrators and the master secret: one rule for people and API keys.

Those who manage a place change and delete what is in it. To create, rename or delete a system is to
change the deployment: the addresses of all its badges, and the keys and permissions of others. A key
may therefore do no more to its system than the person who made it.
"""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What is done to a system, issuer or program as a whole."""

    CREATE = "create"
    RENAME = "rename"  # change its slug
    DELETE = "delete"


_RESERVED = frozenset((act, "system") for act in Act)


def is_reserved(act: Act, level: str) -> bool:
    """Return whether it takes an administrator, or the master secret.

    Parameters
    ----------
    act : Act
        What is done.
    level : str
        To what: ``system``, ``issuer`` or ``program``.
    """
    return (act, level) in _RESERVED
