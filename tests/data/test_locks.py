"""Locks by name."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data import locks
from chalicelib.data.connection import transact
from chalicelib.data.models import Lock
from tests.conftest import Clock


def test_a_lock_is_held_until_the_end_of_the_transaction(
    database: peewee.Database, together: Any
) -> None:
    inside, entered = [0], []
    guard = threading.Lock()

    def work() -> None:
        locks.hold("door", "front")
        with guard:
            inside[0] += 1
            entered.append(inside[0])
        Lock.select().count()
        with guard:
            inside[0] -= 1

    together(*[lambda: transact(work)] * 6)
    assert entered == [1] * 6
    assert Lock.select().count() == 1


def test_locks_have_names_and_no_row_says_which(database: peewee.Database) -> None:
    for name in (("a", "b"), ("ab",), ("a", "b")):
        transact(lambda name=name: locks.hold(*name))  # type: ignore[misc]
    names = [lock.name for lock in Lock.select()]
    assert len(names) == 2
    assert {len(name) for name in names} == {64}


def test_outside_of_a_transaction_there_is_no_lock(database: peewee.Database) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        locks.hold("door")


def test_rows_are_deleted_after_a_day_without_use(database: peewee.Database, clock: Clock) -> None:
    for name in ("door", "window"):
        transact(lambda name=name: locks.hold(name))  # type: ignore[misc]
        clock.move(timedelta(hours=12))
    assert locks.tidy() == 1
    transact(lambda: locks.hold("door"))
    assert Lock.select().count() == 2
