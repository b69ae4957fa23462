"""A local run whose state is damaged, or of a newer version: what, where, and what to do."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from chalicelib import config

REPAIR = (
    "Restore it from a backup, or move it away to begin with an empty one; "
    "LOCAL_STATE names another folder"
)


def words(problem: OSError) -> str:
    """Return what a file or folder that cannot be used is, and what to do."""
    what = problem.filename or "A file"
    return f"{what} cannot be used: {problem.strerror or problem}. {REPAIR}"


def check_folders(folder: Path) -> None:
    """Check that the folders of objects and mails can be read and written.

    Raises
    ------
    OSError
        If one cannot.
    """
    for name in ("s3", "mail"):
        inner = folder / name
        inner.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=inner):
            os.listdir(inner)


def migrate_or_exit(settings: config.Settings) -> None:
    """Bring the database to the latest schema.

    Raises
    ------
    SystemExit
        If it cannot be reached or read, or a newer version has changed it.
    """
    import peewee

    from chalicelib.data.migrate import migrate

    is_file = settings.text("DATABASE_DRIVER") == "sqlite"
    path = settings.text("DATABASE_DATABASE")
    try:
        if is_file:
            _check(path)
        _refuse_newer(path)
        migrate()
    except peewee.DatabaseError as problem:
        if is_file:
            sys.exit(f"The database {path} is damaged: {problem.args[-1]}. {REPAIR}")
        sys.exit(f"The database cannot be used: {problem.args[-1]}; see the settings DATABASE_*")


def _check(path: str) -> None:
    """Read a SQLite database as a whole, since damage inside may show itself much later."""
    import peewee

    from chalicelib.data import connection

    connection.configure()
    (found,) = connection.database.execute_sql("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise peewee.DatabaseError(str(found).splitlines()[-1])


def _refuse_newer(path: str) -> None:
    """Exit if the database has migrations that this version does not know."""
    from chalicelib.data import connection
    from chalicelib.data.migrate import MIGRATIONS

    if connection.database.obj is None:
        connection.configure()
    database = connection.database.obj
    database.connect(reuse_if_open=True)
    if "schema_migration" not in database.get_tables():
        return
    rows = database.execute_sql("SELECT name FROM schema_migration").fetchall()
    known = {file.stem for file in MIGRATIONS.glob("[0-9]*.py")}
    if newer := sorted({name for (name,) in rows} - known):
        sys.exit(
            f"The database {path} was used by a newer version of BadgeKit ({newer[-1]}). "
            f"Use that version. {REPAIR}"
        )
