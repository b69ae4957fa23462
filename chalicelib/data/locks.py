"""Locks by name, held until the end of a transaction.

A limit counts rows and then adds one, so two requests at the same moment could both find room.
Locking the counted rows is not enough, since there may be none yet. Locks are rows of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import peewee

from chalicelib import times
from chalicelib.data.connection import database, transact
from chalicelib.data.models import Lock

KEPT = timedelta(days=1)


def hold(*name: str) -> None:
    """Hold a lock until the current transaction ends; wait for another one that holds it.

    Parameters
    ----------
    *name : str
        What the lock is for. Only a hash of it is stored.

    Raises
    ------
    RuntimeError
        Outside of a transaction, where the lock would be released at once.
    """
    if not database.in_transaction():
        raise RuntimeError("a lock is held until the end of a transaction, and there is none")
    now = times.now()
    insert = Lock.insert(name=_hash(name), since=now)
    if isinstance(database.obj, peewee.SqliteDatabase):
        insert = insert.on_conflict(conflict_target=[Lock.name], update={Lock.since: now})
    else:
        insert = insert.on_conflict(update={Lock.since: now})
    insert.execute()


def last_held(*name: str) -> datetime | None:
    """Return when a lock was last taken, within the last day; None if it was not."""
    rows: Any = Lock.select(Lock.since).where(Lock.name == _hash(name))
    since: datetime | None = transact(rows.scalar)
    return since


def _hash(name: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(name).encode()).hexdigest()


def tidy() -> int:
    """Delete the rows of locks that were not held for a day; return how many."""
    unheld = Lock.delete().where(Lock.since <= times.now() - KEPT)
    return int(transact(unheld.execute))
