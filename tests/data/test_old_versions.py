"""The previous version works on the next schema: a migration only makes additions.

During a deployment, and after one that failed, functions of the previous version use the new
schema.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import peewee
import pytest

from chalicelib.data.migrate import MIGRATIONS, migrate

ALL = sorted(path.name for path in MIGRATIONS.glob("[0-9]*.py"))
OURS = {"schema_migration", "sqlite_sequence"}  # tables of the runner and of SQLite
ROWS = (1, 2)
To = Callable[[int], "Schema"]


class Column(NamedTuple):
    type: str
    null: bool
    has_default: bool


class Table(NamedTuple):
    columns: dict[str, Column]
    unique: set[frozenset[str]]
    refers: dict[str, str]  # column -> table


Schema = dict[str, Table]


def schema(database: peewee.Database) -> Schema:
    """Return what a program that writes rows must know of the schema."""
    return {
        name: Table(
            {
                column.name: Column(
                    column.data_type.upper(), column.null,
                    column.default is not None or column.primary_key,
                )
                for column in database.get_columns(name)
            },
            {frozenset(index.columns) for index in database.get_indexes(name) if index.unique},
            {key.column: key.dest_table for key in database.get_foreign_keys(name)},
        )
        for name in database.get_tables()
        if name not in OURS
    }  # fmt: skip


def breaks(before: Schema, after: Schema) -> list[str]:
    """Return descriptions of the changes that break a program written for the schema before."""
    found = [f"{name} is gone" for name in before.keys() - after.keys()]
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        found += [f"{name}.{column} is gone" for column in old.columns.keys() - new.columns.keys()]
        added = new.columns.keys() - old.columns.keys()
        for column in sorted(old.columns.keys() & new.columns.keys()):
            if old.columns[column] != new.columns[column]:
                found.append(f"{name}.{column} has changed")
        for column in sorted(added):
            if not (new.columns[column].null or new.columns[column].has_default):
                found.append(f"{name}.{column} is required")
        # Rows that omit a nullable column never violate its unique key: NULLs are not equal.
        free = {column for column in added if new.columns[column].null}
        for columns in new.unique - old.unique:
            if not columns & free:
                found.append(f"{name}: {' and '.join(sorted(columns))} must be unique")
        for column in sorted(new.refers.keys() - old.refers.keys() - added):
            found.append(f"{name}.{column} is a new reference")
    return found


@pytest.fixture
def to(bare_database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> To:
    """Return a function that applies this many migrations and returns the schema."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", folder)

    def run(number: int) -> Schema:
        for name in ALL[:number]:
            shutil.copy(MIGRATIONS / name, folder)
        migrate()
        return schema(bare_database)

    return run


each_step = pytest.mark.parametrize("number", range(2, len(ALL) + 1), ids=lambda one: ALL[one - 1])


@each_step
def test_a_migration_only_adds(to: To, number: int) -> None:
    assert breaks(to(number - 1), to(number)) == []


@each_step
def test_rows_can_be_written_as_the_version_before_wrote_them(
    bare_database: peewee.Database, to: To, number: int
) -> None:
    before = to(number - 1)
    to(number)
    for name in _in_order(before):
        table = before[name]
        told_apart = set().union(*table.unique, {"id"})
        for row in ROWS:
            values = {
                column: _value(one.type, row if column in told_apart else 1)
                for column, one in table.columns.items()
            }
            _insert(bare_database, name, values)
            columns = ", ".join(_quoted(bare_database, column) for column in values)
            sql = f"SELECT {columns} FROM {_quoted(bare_database, name)} WHERE id = {row}"
            (found,) = bare_database.execute_sql(sql).fetchall()
            assert [str(one) for one in found] == [str(one) for one in values.values()]


def _in_order(tables: Schema) -> list[str]:
    """Return the tables, each after those that it refers to."""
    ordered: list[str] = []
    while left := [name for name in sorted(tables) if name not in ordered]:
        ready = [name for name in left if {*tables[name].refers.values()} <= {*ordered, name}]
        assert ready, f"{left} refer to each other"
        ordered += ready
    return ordered


def _value(type: str, number: int) -> Any:
    if "DATE" in type or "TIME" in type:
        return f"2026-01-01 00:00:00.00000{number}"
    return number if "INT" in type or "BOOL" in type else f"x{number}"


def _insert(database: peewee.Database, table: str, values: dict[str, Any]) -> None:
    columns = ", ".join(_quoted(database, column) for column in values)
    marks = ", ".join([database.param] * len(values))
    sql = f"INSERT INTO {_quoted(database, table)} ({columns}) VALUES ({marks})"
    database.execute_sql(sql, tuple(values.values()))


def _quoted(database: peewee.Database, name: str) -> str:
    return name.join(database.quote)


# Changes that the first test detects

HEAD = "from peewee import *\n\n\ndef up(migrator, db):\n    "
DOES = {
    'db.execute_sql("DROP TABLE unused")': ["unused is gone"],
    'db.execute_sql("ALTER TABLE image DROP COLUMN alt")': ["image.alt is gone"],
    'db.execute_sql("ALTER TABLE image RENAME COLUMN alt TO words")': ["image.alt is gone"],
    "db.execute_sql(\"ALTER TABLE image ADD COLUMN colour VARCHAR(9) DEFAULT 'red' NOT NULL\")": [],
    'db.execute_sql("ALTER TABLE image ADD COLUMN colour VARCHAR(9)")': [],
    'db.execute_sql("CREATE INDEX image_url ON image (media_type)")': [],
    'db.execute_sql("CREATE UNIQUE INDEX image_url ON image (media_type)")': [
        "image: media_type must be unique"
    ],
}


@pytest.mark.parametrize("engine", ["sqlite"])  # changes that SQLite does not support: below
@pytest.mark.parametrize("change", DOES)
def test_changes_that_are_no_additions_are_detected(to: To, tmp_path: Path, change: str) -> None:
    before = to(len(ALL))
    (tmp_path / "migrations" / "9999_next.py").write_text(HEAD + change + "\n", "utf-8")
    assert breaks(before, to(len(ALL))) == DOES[change]


@pytest.mark.parametrize("engine", ["mariadb"])  # SQLite supports neither change
@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("ADD COLUMN colour VARCHAR(9) NOT NULL", "image.colour is required"),
        ("MODIFY COLUMN media_type VARCHAR(100) NOT NULL", "image.media_type has changed"),
    ],
)
def test_new_required_columns_are_detected(
    to: To, tmp_path: Path, change: str, broken: str
) -> None:
    before = to(len(ALL))
    text = f'{HEAD}db.execute_sql("ALTER TABLE image {change}")\n'
    (tmp_path / "migrations" / "9999_next.py").write_text(text, "utf-8")
    assert breaks(before, to(len(ALL))) == [broken]
