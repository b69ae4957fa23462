"""Bulk inserts: in order, with ids, in few statements that fit into a packet."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from chalicelib.data import bulk, compiled_queries
from chalicelib.data.connection import transact
from chalicelib.data.models import Event, Image
from tests.conftest import MARIADB

Rows = list[dict[str, Any]]


def pictures(count: int, name: str = "i") -> Rows:
    return [{"slug": f"{name}-{number}"} for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 450])
def test_rows_come_back_in_order_with_their_ids(database: peewee.Database, count: int) -> None:
    Image.create(slug="before")
    made = transact(lambda: bulk.insert(Image, pictures(count)))
    there = Image.select(Image.id, Image.slug).order_by(Image.id).tuples()
    assert [(row.id, row.slug) for row in made] == list(there)[1:]


def test_each_row_gets_its_values_and_defaults(database: peewee.Database) -> None:
    rows = [{"key": f"k-{n}", "source": "own", "action": "a", "body": "{}"} for n in range(3)]
    made = transact(lambda: bulk.insert(Event, rows))
    for row in made:
        kept = Event.get_by_id(row.id)
        assert (kept.key, kept.received, kept.subject) == (row.key, row.received, None)


def test_ids_are_right_during_concurrent_inserts(database: peewee.Database, together: Any) -> None:
    inserts = [
        lambda name=name: transact(lambda: bulk.insert(Image, pictures(300, name)))
        for name in ("a", "b", "c", "d")
    ]
    for made in together(*inserts):
        assert [Image.get_by_id(row.id).slug for row in made] == [row.slug for row in made]


def test_two_hundred_rows_take_one_statement(
    database: peewee.Database, statements: list[str]
) -> None:
    transact(lambda: bulk.insert(Image, pictures(400)))
    assert sum(sql.startswith("INSERT") for sql in statements) == 2


def test_no_statement_is_larger_than_a_packet(
    database: peewee.Database, statements: list[str]
) -> None:
    rows = [
        {"key": f"k-{n}", "source": "own", "action": "a", "body": "☃" * 90_000} for n in range(200)
    ]
    made = transact(lambda: bulk.insert(Event, rows))
    assert len(made) == Event.select().count() == 200
    assert sum(sql.startswith("INSERT") for sql in statements) == 19  # eleven rows each


def test_a_single_row_may_exceed_the_limit(database: peewee.Database) -> None:
    row = {
        "key": "k",
        "source": "own",
        "action": "a",
        "body": "x" * (bulk.CHARACTERS_PER_STATEMENT + 1),
    }
    (made,) = transact(
        lambda: bulk.insert(
            Event,
            [
                row,
            ],
        )
    )
    assert len(Event.get_by_id(made.id).body) == bulk.CHARACTERS_PER_STATEMENT + 1


def test_a_duplicate_row_rolls_all_back(database: peewee.Database) -> None:
    Image.create(slug="i-250")
    with pytest.raises(peewee.IntegrityError), database.atomic():
        bulk.insert(Image, pictures(300))
    assert Image.select().count() == 1


@pytest.mark.parametrize("engine", [MARIADB])  # SQLite's ids are consecutive
def test_the_distance_of_ids_follows_the_server_s_setting(database: peewee.Database) -> None:
    database.execute_sql("SET SESSION auto_increment_increment = 3")
    compiled_queries._step.cache_clear()
    made = transact(lambda: bulk.insert(Image, pictures(5)))
    compiled_queries._step.cache_clear()
    assert [Image.get_by_id(row.id).slug for row in made] == [row.slug for row in made]
