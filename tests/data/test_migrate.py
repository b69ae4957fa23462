"""Migrations: applied once, one at a time, resumable; their schema is that of the models."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

from chalicelib.data import connection, models
from chalicelib.data.migrate import LOCK_NAME, MIGRATIONS, main, migrate
from chalicelib.domain.awards import awards, lookup
from chalicelib.domain.badges import badges, catalog, public
from chalicelib.domain.owners.places import Place
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import Unavailable

ALL = sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
Together = Callable[..., list[Any]]


class CutShort(Exception):
    """The process was killed here."""


def layout(database: peewee.Database) -> dict[str, Any]:
    """Return what matters of a schema, by table."""
    tables = {table: _table(database, table) for table in database.get_tables()}
    tables.pop("schema_migration", None)
    return tables


def _table(database: peewee.Database, table: str) -> dict[str, Any]:
    return {
        "columns": {
            column.name: (column.data_type.upper(), column.null, column.primary_key)
            for column in database.get_columns(table)
        },
        "spelling": _spelling(database, table),
        "indexes": sorted(
            (tuple(index.columns), index.unique) for index in database.get_indexes(table)
        ),
        "references": sorted(
            (key.column, key.dest_table, key.dest_column, key.on_delete)
            for key in database.get_foreign_keys(table)
        ),
    }


def _spelling(database: peewee.Database, table: str) -> Any:
    """Return types with lengths and collations, as the engine reports them."""
    if isinstance(database, peewee.SqliteDatabase):
        sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
        ((text,),) = database.execute_sql(sql, (table,)).fetchall()
        # Columns that were added later come last; references are compared above.
        inside = re.sub(r" REFERENCES .*?(?=, \"|$)", "", text.partition("(")[2].removesuffix(")"))
        return sorted(part for part in re.split(r", (?=\"|FOREIGN)", inside) if part[0] == '"')
    sql = (
        "SELECT column_name, column_type, collation_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND table_name = %s ORDER BY column_name"
    )
    return database.execute_sql(sql, (table,)).fetchall()


def test_creates_the_tables_and_returns_the_migrations(bare_database: peewee.Database) -> None:
    assert migrate() == ALL
    tables = {model._meta.table_name for model in models.TABLES}
    # SQLite's own, for AUTOINCREMENT.
    made = set(bare_database.get_tables()) - {"sqlite_sequence"}
    assert made == tables | {"schema_migration"}


def test_running_again_changes_nothing(bare_database: peewee.Database) -> None:
    migrate()
    before = layout(bare_database)
    models.Image.create(slug="kept")
    assert migrate() == []
    assert layout(bare_database) == before
    assert models.Image.get().slug == "kept"


def test_the_models_are_the_migrated_schema(
    bare_database: peewee.Database, request: pytest.FixtureRequest
) -> None:
    migrate()
    migrated = layout(bare_database)
    bare_database.drop_tables(list(models.TABLES))
    bare_database.create_tables(list(models.TABLES))
    assert migrated == layout(bare_database)


def test_of_concurrent_migrations_one_does_all_the_work(
    bare_database: peewee.Database, together: Together
) -> None:
    answers = together(migrate, migrate, migrate)
    assert sorted(answers, key=len) == [[], [], ALL]


@pytest.mark.slow
def test_a_migration_cut_short_anywhere_can_run_again(
    bare_database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MySQL keeps each change of the schema; SQLite rolls all of them back."""
    keeps = not isinstance(bare_database, peewee.SqliteDatabase)
    execute = bare_database.execute_sql
    for attempt in itertools.count(1):
        left = 1 if keeps else attempt

        def limited(sql: str, params: Any = None) -> Any:
            nonlocal left
            if not sql.startswith(("CREATE", "ALTER TABLE")) or "schema_migration" in sql:
                return execute(sql, params)
            if left == 0:
                raise CutShort
            left -= 1
            return execute(sql, params)

        monkeypatch.setattr(bare_database, "execute_sql", limited)
        try:
            applied = migrate()
        except CutShort:
            assert keeps or "image" not in bare_database.get_tables()
            bare_database.close()
        else:
            break
    # Those that were complete are not applied again; the last ones may change rows only.
    assert applied == ALL[-len(applied) :]
    assert keeps == (len(applied) < len(ALL))
    assert attempt > len(models.TABLES)
    monkeypatch.undo()
    interrupted = layout(bare_database)
    bare_database.drop_tables(list(models.TABLES))
    bare_database.create_tables(list(models.TABLES))
    assert interrupted == layout(bare_database)


@pytest.mark.parametrize("engine", ["mariadb"])
def test_a_migration_times_out_waiting_for_another(
    bare_database: peewee.Database, monkeypatch: pytest.MonkeyPatch, together: Together
) -> None:
    monkeypatch.setattr("chalicelib.data.migrate.LOCK_WAIT_SECONDS", 0)
    bare_database.execute_sql("SELECT GET_LOCK(%s, 0)", (LOCK_NAME,))
    (answer,) = together(migrate)
    assert isinstance(answer, Unavailable)
    assert bare_database.get_tables() == []


@pytest.fixture
def migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes this statement the only migration."""
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", tmp_path)

    def write(sql: str) -> None:
        text = f"def up(migrator, db):\n    db.execute_sql({sql!r})\n"
        (tmp_path / "0001_only.py").write_text(text, "utf-8")

    return write


@pytest.mark.parametrize("engine", ["mariadb"])
def test_a_statement_may_take_longer_than_connecting(
    bare_database: peewee.Database,
    migration: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Indexing a large table takes its time, and so does waiting for the lock."""
    bare_database.close()
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(connection, "MIN_CONNECT_SECONDS", 0.2)
    migration("SELECT SLEEP(0.5)")
    assert migrate() == ["0001_only"]


@pytest.mark.parametrize("engine", ["mariadb"])
def test_a_migration_whose_connection_was_lost_can_be_repeated(
    bare_database: peewee.Database, migration: Callable[[str], None]
) -> None:
    migration("KILL CONNECTION_ID()")
    with pytest.raises(peewee.OperationalError):
        migrate()
    migration("SELECT 1")
    assert migrate() == ["0001_only"]


@pytest.mark.parametrize("engine", ["mariadb"])
def test_the_lock_is_released_after_an_error(
    bare_database: peewee.Database, monkeypatch: pytest.MonkeyPatch, together: Together
) -> None:
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", Path("/nowhere"))
    migrate()
    monkeypatch.undo()
    assert together(migrate) == [ALL]


def test_existing_rows_are_counted_and_numbered(
    bare_database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Badges and awards of the first version get their counts and positions."""
    shutil.copy(MIGRATIONS / "0001_first.py", tmp_path)
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", tmp_path)
    migrate()
    monkeypatch.undo()

    def insert(table: str, **values: Any) -> None:
        columns, marks = ", ".join(values), ", ".join([bare_database.param] * len(values))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
        bare_database.execute_sql(sql, tuple(values.values()))

    then = "2026-01-01 00:00:00.000000"
    insert("system", id=1, slug="chicago", name="C", url="http://example.org", created=then)
    for number in range(1, 8):
        insert(
            "badge", id=number * 40, slug=f"b-{number}", system_id=1, name="B",
            earner_description="E", consumer_description="C", criteria_url="http://example.org",
            is_unique=1, type="", archived=number > 3, created=then,
        )  # fmt: skip
        insert(
            "award", slug=f"a-{number}", badge_id=40, email=f"{number}@example.org", salt="s",
            email_key=f"{number}@example.org", issued_on=then, active_key=f"{number}",
            revoked=then if number == 3 else None,
        )  # fmt: skip
    assert migrate() == ALL[1:]
    found = catalog.inside(Place("chicago"), archived=True, page=Page(2, 3))
    assert ([entry.badge.slug for entry in found.rows], found.total) == (["b-7"], 4)
    badge = badges.find(Place("chicago"), "b-1")
    held = lookup.of_badge(badge, Page(2, 4))
    assert ([award.slug for award in held.rows], held.total) == (["a-6", "a-7"], 6)
    assert (badge.awarded, awards.give(badge, "new@example.org")[1]) == (6, True)
    assert lookup.of_badge(badges.by_id(badge.id), Page(7, 1)).rows[0].email == "new@example.org"


def test_rows_that_held_our_addresses_are_migrated(
    bare_database: peewee.Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
) -> None:
    """Badges and owners get public ids; what was published leads to what it named."""
    for name in ALL[:4]:
        shutil.copy(MIGRATIONS / f"{name}.py", tmp_path)
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", tmp_path)
    migrate()
    monkeypatch.undo()
    settings["FORMER_HOSTS"] = "old.example.org"

    def insert(table: str, **values: Any) -> None:
        columns = ", ".join(f"`{name}`" for name in values)
        marks = ", ".join([bare_database.param] * len(values))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
        bare_database.execute_sql(sql, tuple(values.values()))

    then, ours = "2026-01-01 00:00:00.000000", "http://localhost:3000"
    insert("image", id=1, slug="drawn", key="images/a.png")
    insert("image", id=2, slug="named", url=f"{ours}/public/images/drawn")
    insert("image", id=3, slug="away", url="http://example.org/a.png")
    insert("system", id=1, slug="chicago", name="C", url="http://example.org", created=then)
    insert("issuer", id=1, slug="i", name="I", url="http://x.org", created=then, system_id=1)
    was = f"gone-{'0' * 32}", f"taken-{'1' * 32}"
    criteria = {
        "own": f"{ours}/system/chicago/badge/own/criteria",
        "renamed": "https://old.example.org/system/chicago/badge/before/criteria",
        "another": f"{ours}/system/chicago/badge/own/criteria",
        "elsewhere": "https://elsewhere.example.org/system/chicago/badge/elsewhere/criteria",
        "taken": "http://example.org",
        was[0]: "http://example.org",
        was[1]: f"{ours}/system/chicago/badge/Taken/criteria",
    }
    for number, (slug, url) in enumerate(criteria.items(), 1):
        insert(
            "badge", id=number, slug=slug, system_id=1, issuer_id=1, name=slug, image_id=2,
            earner_description="E", consumer_description="C", criteria_url=url, is_unique=1,
            type="", archived=0, created=then, deleted=then if slug in was else None,
        )  # fmt: skip
    assert migrate() == ALL[4:]

    rows = {row.slug: row for row in models.Badge.select()}
    assert len({row.public_id for row in rows.values()}) == len(rows)
    assert all(len(row.public_id) == 32 for row in rows.values())
    assert models.System.get().public_id != models.Issuer.get().public_id
    kept = {slug: row.criteria_url for slug, row in rows.items()}
    assert kept == {**criteria, "own": "", "renamed": "", was[1]: ""}
    assert {row.image_id for row in rows.values()} == {1}
    assert [job.image_id for job in models.Job.select().order_by(models.Job.id)] == [2, 3]
    place = Place("chicago", "i")
    assert public.badge_at(place, "gone").id == rows[was[0]].id
    assert public.criteria_at("chicago", "gone").id == rows[was[0]].id
    assert public.badge_at(place, "taken").id == rows["taken"].id


def test_events_are_about_the_badge_that_had_their_slug(
    bare_database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not about one that was made later: its publisher would see the earlier one's earners."""
    for name in ALL[: ALL.index("0011_rights")]:
        shutil.copy(MIGRATIONS / f"{name}.py", tmp_path)
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", tmp_path)
    migrate()
    monkeypatch.undo()

    def insert(table: str, **values: Any) -> None:
        columns = ", ".join(f"`{name}`" for name in values)
        marks = ", ".join([bare_database.param] * len(values))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
        bare_database.execute_sql(sql, tuple(values.values()))

    insert(
        "badge", id=7, slug="Reader", name="R", earner_description="E", consumer_description="C",
        criteria_url="", is_unique=1, type="", archived=0, created="2026-05-01 00:00:00.000000",
    )  # fmt: skip
    for key, slug, month in (
        ("now", "reader", 6), ("before", "reader", 4), ("other", "writer", 6), ("none", None, 6),
    ):  # fmt: skip
        insert(
            "event", key=key, source="own", action="award", badge_slug=slug, body="{}",
            received=f"2026-0{month}-01 00:00:00.000000",
        )  # fmt: skip
    insert("account", email="a@example.org", email_key="a@example.org", created="2026-01-01")
    insert("permission", account_id=1, system="c", issuer="", program="", can_draft=1,
           can_publish=0, can_review=0)  # fmt: skip
    assert "0011_rights" in migrate()
    found = {event.key: event.badge_id for event in models.Event.select()}
    assert found == {"now": 7, "before": None, "other": None, "none": None}
    assert models.Grant.get().can_award is False


def test_the_applied_migrations_are_printed(
    bare_database: peewee.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    main()
    assert capsys.readouterr().out == "".join(f"applied {n}\n" for n in ALL) + "nothing to do\n"


def test_the_command_reads_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    answer = subprocess.run(
        [sys.executable, "-B", "-m", "chalicelib.data.migrate"],
        env={"DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == [f"applied {name}" for name in ALL]
    connection.use(connection.open_sqlite(str(path)))
    assert models.Image.select().count() == 0


def test_migrations_have_consecutive_numbers() -> None:
    assert [int(name[:4]) for name in ALL] == list(range(1, len(ALL) + 1))
