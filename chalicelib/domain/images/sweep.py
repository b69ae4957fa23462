"""Pictures in the bucket that nobody needs any more: found once a day, gone after 30 days.

A picture is needed while any row of its key is the picture of a badge (also of a deleted one, which
stays for its awards), of a draft (also of one that was published) or of a system, issuer or
program. A key that is not needed is noted. The note is what everything waits for:

* Whoever **saves** a picture renews the note of its key (`wanted`), then puts the object, unless it
  is there already, and then writes the row. Each is committed before the next begins.
* The **sweep** looks at notes that are 30 days old. First it deletes the rows of their keys, locked,
  so that nothing can refer to them meanwhile. Then, key by key, it locks the note, sees that it is
  still so old and that there is no row, deletes the object, and last the note.

No order of these steps loses an object. A note that was renewed before it was locked is too young,
and the object stays. One that is renewed later waits until the sweep let go of it; the object is
gone by then, and whoever saves finds that and puts it again. A row that is written meanwhile is a
new one, which the sweep does not have among those that it locked; and it was written by somebody
who renewed the note, or beside a row of the same key that is needed. Whoever dies on the way leaves
a note: behind a sweep it is taken up by the next one, behind a save it lets an object go that never
got its row. What would have to go wrong is a request to delete that is still on its way when the
database already gave up the connection that held the lock, and a save in that moment.

Objects of other keys, such as pictures that come with the product and baked awards, are never noted.
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
from chalicelib.data.models import Badge, Draft, Image, Issuer, Program, System, Unused

KEPT = timedelta(days=30)
MOST = 500  # keys of one sweep
_USERS: tuple[Any, ...] = (Badge.image, Draft.image, System.image, Issuer.image, Program.image)


def wanted(key: str) -> None:
    """Keep the object of a key for 30 days from now: it is about to be put, and its row written.

    Call it before the object is put, or found to be there, and outside of any transaction: only
    what is committed keeps the sweep away.
    """
    if database.obj is not None and database.in_transaction():
        raise RuntimeError("the note must be committed before the object is put")
    transact(lambda: Unused.insert(key=key, since=times.now()).on_conflict_replace().execute())


def sweep(delete: Callable[[str], None], most: int = MOST) -> int:
    """Note what nobody needs, and delete what nobody needed for 30 days.

    Whatever stops it, the next one goes on: run it as often as you like, or two at once.

    Parameters
    ----------
    delete : Callable[[str], None]
        Deletes the objects of a key; those that are not there, too.
    most : int
        How many keys, at most, are noted, and how many are deleted.

    Returns
    -------
    int
        How many keys were deleted.
    """
    _forget_needed()
    _note(most)
    _drop_links(most)
    before = times.now() - KEPT
    keys = _noted(before, most)
    for piece in chunks(keys):
        _drop_rows(piece, before)
    return sum(_drop_object(key, before, delete) for key in keys)


# Notes


def _used(image: Any) -> Any:
    """Return the condition that a row is somebody's picture."""
    return reduce(
        or_,
        (fn.EXISTS(user.model.select(SQL("1")).where(user == image.id)) for user in _USERS),
    )


def _needed(key: Any) -> Any:
    """Return the condition that any row of a key is somebody's picture."""
    row: Any = Image.alias()
    return fn.EXISTS(row.select(SQL("1")).where(row.key == key, _used(row)))


@transactional
def _forget_needed() -> None:
    Unused.delete().where(_needed(Unused.key)).execute()


@transactional
def _note(most: int) -> None:
    noted = fn.EXISTS(Unused.select(SQL("1")).where(Unused.key == Image.key))
    unneeded = (
        Image.select(Image.key)
        .where(Image.key.is_null(False), ~noted, ~_needed(Image.key))
        .distinct()
        .limit(most)
    )
    rows = [{"key": row.key, "since": times.now()} for row in unneeded]
    for piece in chunks(rows):
        Unused.insert_many(piece).on_conflict_ignore().execute()


@transactional
def _noted(before: datetime, most: int) -> list[str]:
    """Return keys with an old note, the oldest first."""
    old = Unused.select(Unused.key).where(Unused.since < before).order_by(Unused.since, Unused.id)
    return [note.key for note in old.limit(most)]


def _locked(keys: Sequence[str], before: datetime) -> list[str]:
    """Return those of the keys whose notes are still old, and stay so during this transaction."""
    Unused.update(since=Unused.since).where(Unused.key.in_(keys)).execute()
    old = Unused.select(Unused.key).where(Unused.key.in_(keys), Unused.since < before)
    return [note.key for note in old]


# Rows


@transactional
def _drop_rows(keys: Sequence[str], before: datetime) -> None:
    """Delete the rows of keys whose notes are old; of keys that are needed after all, the notes."""
    keys = _locked(keys, before)
    rows = _unreferable(Image.key.in_(keys))
    needed = {key for _, key, used in rows if used}
    Unused.delete().where(Unused.key.in_(needed)).execute()
    _delete([number for number, key, _ in rows if key not in needed])


@transactional
def _drop_links(most: int) -> None:
    """Delete rows of pictures elsewhere that are nobody's; they have no object to wait for."""
    unused = Image.select(Image.id).where(Image.key.is_null(), ~_used(Image)).limit(most)
    ids = [row.id for row in unused]
    for piece in chunks(ids):
        _delete([number for number, _, used in _unreferable(Image.id.in_(piece)) if not used])


def _unreferable(condition: Any) -> list[tuple[int, str | None, bool]]:
    """Return rows that nothing can begin to refer to during this transaction: id, key, if it is used.

    A reference locks the row that it leads to. So whoever made one is waited for here, and seen by
    the statement that looks, which is another one than the one that waits; later ones wait for us.
    """
    ids = [row.id for row in Image.select(Image.id).where(condition)]
    Image.update(slug=Image.slug).where(Image.id.in_(ids)).execute()
    found: Any = Image.select(Image.id, Image.key, _used(Image).alias("used"))
    return [(row[0], row[1], bool(row[2])) for row in found.where(Image.id.in_(ids)).tuples()]


def _delete(ids: Sequence[int]) -> None:
    Image.delete().where(Image.id.in_(ids)).execute()


# Objects


def _drop_object(key: str, before: datetime, delete: Callable[[str], None]) -> bool:
    """Delete the object of a key that has an old note and no row; tell whether it was."""

    def work() -> bool:
        if not _locked([key], before) or Image.select().where(Image.key == key).exists():
            return False
        delete(key)  # to do it again changes nothing, so the transaction may run twice
        Unused.delete().where(Unused.key == key).execute()
        return True

    return transact(work)
