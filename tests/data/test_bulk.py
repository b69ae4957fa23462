"""Many rows in few statements: in order, with their ids, and none larger than a packet."""

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


def test_each_gets_its_own_defaults_and_what_was_sent(database: peewee.Database) -> None:
    rows = [{"key": f"k-{n}", "source": "own", "action": "a", "body": "{}"} for n in range(3)]
    made = transact(lambda: bulk.insert(Event, rows))
    for row in made:
        kept = Event.get_by_id(row.id)
        assert (kept.key, kept.received, kept.subject) == (row.key, row.received, None)


def test_ids_are_right_whoever_else_inserts(database: peewee.Database, together: Any) -> None:
    inserts = [
        lambda name=name: transact(lambda: bulk.insert(Image, pictures(300, name)))
        for name in ("a", "b", "c", "d")
    ]
    for made in together(*inserts):
        assert [Image.get_by_id(row.id).slug for row in made] == [row.slug for row in made]


def test_it_takes_a_statement_for_each_two_hundred(
    database: peewee.Database, statements: list[str]
) -> None:
    transact(lambda: bulk.insert(Image, pictures(400)))
    assert sum(sql.startswith("INSERT") for sql in statements) == 2


def test_no_statement_is_larger_than_the_database_takes(
    database: peewee.Database, statements: list[str]
) -> None:
    rows = [
        {"key": f"k-{n}", "source": "own", "action": "a", "body": "☃" * 90_000} for n in range(200)
    ]
    made = transact(lambda: bulk.insert(Event, rows))
    assert len(made) == Event.select().count() == 200
    assert sum(sql.startswith("INSERT") for sql in statements) == 19  # eleven at once


def test_one_row_may_be_as_large_as_it_is(database: peewee.Database) -> None:
    row = {"key": "k", "source": "own", "action": "a", "body": "x" * (bulk.LONGEST + 1)}
    (made,) = transact(
        lambda: bulk.insert(
            Event,
            [
                row,
            ],
        )
    )
    assert len(Event.get_by_id(made.id).body) == bulk.LONGEST + 1


def test_one_that_is_there_already_undoes_all(database: peewee.Database) -> None:
    Image.create(slug="i-250")
    with pytest.raises(peewee.IntegrityError), database.atomic():
        bulk.insert(Image, pictures(300))
    assert Image.select().count() == 1


@pytest.mark.parametrize("engine", [MARIADB])  # SQLite's follow one another
def test_ids_lie_as_far_apart_as_the_server_says(database: peewee.Database) -> None:
    database.execute_sql("SET SESSION auto_increment_increment = 3")
    compiled_queries._step.cache_clear()
    made = transact(lambda: bulk.insert(Image, pictures(5)))
    compiled_queries._step.cache_clear()
    assert [Image.get_by_id(row.id).slug for row in made] == [row.slug for row in made]
