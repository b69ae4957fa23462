"""Applies pending migrations: `python -m chalicelib.data.migrate`, or the function `migrate`.

Migrations are the numbered files in `migrations/`, run in order by peewee's own runner. A lock
serializes concurrent runs. Without pending migrations, a run changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import peewee

from chalicelib.data import connection
from chalicelib.errors import Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_NAME = "badgekit-migrations"
LOCK_WAIT_SECONDS = 25
# A statement may change each row of a large table. Less than the function `migrate` has.
STATEMENT_SECONDS = 240.0


@contextlib.contextmanager
def _exclusive(database: peewee.Database) -> Iterator[None]:
    """Hold the lock against concurrent migrations."""
    if isinstance(database, peewee.SqliteDatabase):
        with database.atomic("EXCLUSIVE"):
            yield
        return
    (got,) = database.execute_sql(
        "SELECT GET_LOCK(%s, %s)", (LOCK_NAME, LOCK_WAIT_SECONDS)
    ).fetchone()
    if got != 1:
        raise Unavailable("Another migration is running; try again when it has finished.")
    try:
        # Texts compare by their bytes. Slug columns set a collation, for searches and random slugs.
        database.execute_sql("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        yield
    except BaseException:
        database.close()  # releases the lock, too; the connection may be lost
        raise
    database.execute_sql("SELECT RELEASE_LOCK(%s)", (LOCK_NAME,))


def migrate() -> list[str]:
    """Apply all pending migrations to the configured database.

    Returns
    -------
    list[str]
        Names of the migrations applied by this call, in order.

    Raises
    ------
    Unavailable
        If another migration holds the lock for too long.
    """
    from playhouse.migrations import Runner

    if connection.database.obj is None:
        connection.configure()
    database = connection.database.obj
    database.connect(reuse_if_open=True)
    connection.allow(STATEMENT_SECONDS)
    with _exclusive(database):
        applied: list[str] = Runner(database, str(MIGRATIONS)).up()
    return applied


def main() -> None:
    """Migrate, and print the names of the applied migrations."""
    applied = migrate()
    print("\n".join(f"applied {name}" for name in applied) or "nothing to do")  # noqa: T201


if __name__ == "__main__":
    main()
