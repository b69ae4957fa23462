"""Rows of the version before keys get theirs, and what was apart stays apart."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import peewee
import pytest

from chalicelib import texts
from chalicelib.data import keys, models
from chalicelib.data.migrate import MIGRATIONS, migrate
from infra.local.event_sources import scheduled_event

BEFORE = sorted(MIGRATIONS.glob("[0-9]*.py"))[:7]
THEN = "2026-01-01 00:00:00.000000"


@pytest.fixture
def before(
    bare_database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> peewee.Database:
    """A database as the version before keys left it."""
    for path in BEFORE:
        shutil.copy(path, tmp_path)
    monkeypatch.setattr("chalicelib.data.migrate.MIGRATIONS", tmp_path)
    migrate()
    monkeypatch.undo()
    return bare_database


def insert(database: peewee.Database, table: str, **values: Any) -> None:
    names = ", ".join(f"`{name}`" for name in values)
    marks = ", ".join([database.param] * len(values))
    sql = f"INSERT INTO `{table}` ({names}) VALUES ({marks})"
    database.execute_sql(sql, tuple(values.values()))


def insert_badge(database: peewee.Database, number: int, slug: str) -> None:
    insert(
        database, "badge", id=number, slug=slug, system_id=1, name="B", earner_description="E",
        consumer_description="C", criteria_url="", is_unique=1, type="", archived=0, created=THEN,
    )  # fmt: skip


def populate(database: peewee.Database) -> None:
    """Write what both databases kept apart, although it is the same now."""
    owner = {"name": "O", "url": "http://example.org", "created": THEN}
    insert(database, "system", id=1, slug="Chicago", **owner)
    insert(database, "issuer", id=1, slug="caf\u00e9", system_id=1, **owner)
    insert(database, "issuer", id=2, slug="cafe\u0301", system_id=1, **owner)
    insert(database, "program", id=1, slug="p", issuer_id=1, **owner)
    insert_badge(database, 1, "caf\u00e9")
    insert_badge(database, 2, "cafe\u0301")
    insert_badge(database, 3, "trail")
    for number, code in enumerate(("cafe\u0301", "caf\u00e9", "one"), 1):
        insert(
            database, "claim_code", id=number, badge_id=3, code=code, claimed=0, multiuse=0
        )  # fmt: skip
    insert(
        database, "account", id=1, email="a@example.org", email_key="a@example.org", created=THEN
    )
    for number, issuer in enumerate(("caf\u00e9", "cafe\u0301", ""), 1):
        insert(
            database, "permission", id=number, account_id=1, system="chicago", issuer=issuer,
            program="", can_draft=1, can_publish=0, can_review=0,
        )  # fmt: skip


def test_rows_get_keys_and_the_oldest_keeps_its_name(before: peewee.Database) -> None:
    populate(before)
    migrate()
    named = {
        table: [(row.slug, row.slug_key) for row in table.select().order_by(table.id)]
        for table in (models.System, models.Issuer, models.Program, models.Badge)
    }
    assert named == {
        models.System: [("Chicago", texts.key("chicago"))],
        models.Issuer: [
            ("caf\u00e9", texts.key("caf\u00e9")),
            ("cafe\u0301-2", texts.key("caf\u00e9-2")),
        ],
        models.Program: [("p", texts.key("p"))],
        models.Badge: [
            ("caf\u00e9", texts.key("caf\u00e9")),
            ("cafe\u0301-2", texts.key("caf\u00e9-2")),
            ("trail", texts.key("trail")),
        ],
    }
    codes = models.ClaimCode.select().order_by(models.ClaimCode.id)
    assert [row.code for row in codes] == ["cafe\u0301", "caf\u00e9-2", "one"]
    assert all(row.code_key == texts.key(row.code) for row in codes)
    grants = list(models.Grant.select().order_by(models.Grant.id))
    assert [(row.id, row.issuer_key) for row in grants] == [
        (1, texts.key("caf\u00e9")),
        (3, texts.key("")),
    ]


def test_more_rows_than_one_statement_writes_get_keys(
    before: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "ROWS", 3)
    insert(before, "system", id=1, slug="c", name="C", url="http://example.org", created=THEN)
    for number in range(1, 8):
        insert_badge(before, number, f"b-{number}")
    migrate()
    rows = models.Badge.select().order_by(models.Badge.id)
    assert [row.slug_key for row in rows] == [texts.key(f"b-{number}") for number in range(1, 8)]


def test_the_sweep_gives_keys_to_rows_that_the_previous_version_writes(
    before: peewee.Database,
) -> None:
    """During a deployment, and after a rollback."""
    import app as front

    migrate()
    insert(before, "system", id=1, slug="Late", name="C", url="http://example.org", created=THEN)
    assert models.System.get_or_none(models.System.called("late")) is None
    assert front.sweep(scheduled_event("sweep"), None) == {"woken": 0, "named": 1}
    assert models.System.get_or_none(models.System.called("late")).id == 1


def test_a_changed_name_changes_its_key(database: peewee.Database) -> None:
    row = models.System.create(slug="One", name="", url="")
    models.System.update(slug="Two").where(models.System.id == row.id).execute()
    assert models.System.get(models.System.called("two")).slug == "Two"
    row.slug = "Three"
    row.save()
    assert models.System.get(models.System.called("three")).slug == "Three"
    models.System.update(slug=models.System.slug).execute()
    assert models.System.get(models.System.called("three")).slug == "Three"
