"""Image garbage collection: images that nothing refers to leave the bucket after 30 days.

An image is needed while any row with its key is the image of a badge (a deleted badge keeps its
image for its awards) or of an earlier version of it, a draft (published ones included), a system, an
issuer or a program, deleted ones included. A key
that isn't needed gets a note, a row of `Unused`. The note is the lock that all steps share:

* **Saving** an image refreshes the note of its key (`touch`), then puts the object unless it
  exists, then writes the row. Each step is committed before the next begins.
* **Collecting** takes notes that are 30 days old. It first deletes the rows of their keys, locked
  so that no reference can be added meanwhile. Then, key by key, it locks the note, checks that the
  note is still old and that no row has the key, and deletes the object, then the note.

No interleaving loses an object:

* A note that is refreshed before it is locked is too young, so the object stays.
* A note that is refreshed later waits for the lock. By then the object is gone, which the save
  finds out, and it puts the object again.
* A row that is written meanwhile is new, so it isn't among the locked rows. It was written either
  after a refresh of the note, or beside a needed row with the same key.
* A process that dies leaves the note. After a collection, the next one continues with it; after a
  save, it removes an object that never got its row.

One risk remains: a request to delete an object that is still on its way when the database has
already dropped the connection that held the lock, and a save at that very moment.

Other keys, such as built-in images and baked awards, never get a note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, fn

from chalicelib import times
from chalicelib.data.bulk import chunks
from chalicelib.data.connection import database, transact, transactional
from chalicelib.data.models import (
    Badge,
    BadgeVersion,
    Draft,
    FormerOwner,
    Image,
    Issuer,
    Program,
    System,
    Unused,
)

RETENTION = timedelta(days=30)
MOST_KEYS = 500  # keys of one collection
_REFERENCES: tuple[Any, ...] = (
    Badge.image, BadgeVersion.image, Draft.image, System.image, Issuer.image, Program.image,
    FormerOwner.image,
)  # fmt: skip


def touch(key: str) -> None:
    """Refresh the note of a key, so that its object stays for 30 days from now.

    Call it before the object is put or found to exist, and outside of any transaction: only a
    committed note protects the object.
    """
    if database.obj is not None and database.in_transaction():
        raise RuntimeError("the note must be committed before the object is put")
    transact(lambda: Unused.insert(key=key, since=times.now()).on_conflict_replace().execute())


def collect(delete: Callable[[str], None], most: int = MOST_KEYS) -> int:
    """Note the keys that nothing refers to, and delete those noted for 30 days.

    It can be interrupted, repeated, and run twice at the same time.

    Parameters
    ----------
    delete : Callable[[str], None]
        Deletes the objects of a key, and does nothing if there are none.
    most : int
        The most keys to note, and the most to delete.

    Returns
    -------
    int
        How many keys were deleted.
    """
    _delete_notes_of_needed()
    _note_unneeded(most)
    _delete_links(most)
    before = times.now() - RETENTION
    keys = _old_keys(before, most)
    for piece in chunks(keys):
        _delete_rows(piece, before)
    return sum(_delete_object(key, before, delete) for key in keys)


# Notes


def _is_referenced(image: Any) -> Any:
    """Return the condition that an image is referred to."""
    return reduce(
        or_,
        (fn.EXISTS(user.model.select(SQL("1")).where(user == image.id)) for user in _REFERENCES),
    )


def _is_needed(key: Any) -> Any:
    """Return the condition that any row of a key is referred to."""
    row: Any = Image.alias()
    return fn.EXISTS(row.select(SQL("1")).where(row.key == key, _is_referenced(row)))


@transactional
def _delete_notes_of_needed() -> None:
    Unused.delete().where(_is_needed(Unused.key)).execute()


@transactional
def _note_unneeded(most: int) -> None:
    noted = fn.EXISTS(Unused.select(SQL("1")).where(Unused.key == Image.key))
    unneeded = (
        Image.select(Image.key)
        .where(Image.key.is_null(False), ~noted, ~_is_needed(Image.key))
        .distinct()
        .limit(most)
    )
    rows = [{"key": row.key, "since": times.now()} for row in unneeded]
    for piece in chunks(rows):
        Unused.insert_many(piece).on_conflict_ignore().execute()


@transactional
def _old_keys(before: datetime, most: int) -> list[str]:
    """Return keys whose notes are old, oldest first."""
    old = Unused.select(Unused.key).where(Unused.since < before).order_by(Unused.since, Unused.id)
    return [note.key for note in old.limit(most)]


def _lock_old(keys: Sequence[str], before: datetime) -> list[str]:
    """Lock the notes of these keys; return the keys whose notes are still old."""
    Unused.update(since=Unused.since).where(Unused.key.in_(keys)).execute()
    old = Unused.select(Unused.key).where(Unused.key.in_(keys), Unused.since < before)
    return [note.key for note in old]


# Rows


@transactional
def _delete_rows(keys: Sequence[str], before: datetime) -> None:
    """Delete the rows of keys with old notes, and the notes of keys that are needed again."""
    keys = _lock_old(keys, before)
    rows = _lock_rows(Image.key.in_(keys))
    needed = {key for _, key, used in rows if used}
    Unused.delete().where(Unused.key.in_(needed)).execute()
    _delete([number for number, key, _ in rows if key not in needed])


@transactional
def _delete_links(most: int) -> None:
    """Delete rows of unreferenced images at other addresses, which have no object here."""
    unused = Image.select(Image.id).where(Image.key.is_null(), ~_is_referenced(Image)).limit(most)
    ids = [row.id for row in unused]
    for piece in chunks(ids):
        _delete([number for number, _, used in _lock_rows(Image.id.in_(piece)) if not used])


def _lock_rows(condition: Any) -> list[tuple[int, str | None, bool]]:
    """Lock rows against new references; return their ids, keys, and whether they have any.

    Adding a reference locks the row it leads to. So earlier ones are waited for here and seen by
    the second statement; later ones wait for this transaction.
    """
    ids = [row.id for row in Image.select(Image.id).where(condition)]
    Image.update(slug=Image.slug).where(Image.id.in_(ids)).execute()
    found: Any = Image.select(Image.id, Image.key, _is_referenced(Image).alias("used"))
    return [(row[0], row[1], bool(row[2])) for row in found.where(Image.id.in_(ids)).tuples()]


def _delete(ids: Sequence[int]) -> None:
    Image.delete().where(Image.id.in_(ids)).execute()


# Objects


def _delete_object(key: str, before: datetime, delete: Callable[[str], None]) -> bool:
    """Delete the object of a key with an old note and no row; return whether it was deleted."""

    def work() -> bool:
        if not _lock_old([key], before) or Image.select().where(Image.key == key).exists():
            return False
        delete(key)  # idempotent, so the transaction may run twice
        Unused.delete().where(Unused.key == key).execute()
        return True

    return transact(work)
