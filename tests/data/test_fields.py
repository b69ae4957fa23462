"""Columns behave the same on SQLite and MySQL: moments, slugs, long texts, keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chalicelib.data.models import Account, Event, Image, System

# Hypothesis needs naive ones.
FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def stored(moment: datetime) -> datetime:
    """Write a moment and read it back."""
    row = Image.create(slug=f"moment-{Image.select().count()}")
    System.create(slug=f"system-{row.id}", name="", url="", created=moment)
    found: datetime = System.get(System.slug == f"system-{row.id}").created
    return found


def test_a_moment_comes_back_aware_in_utc_with_its_microseconds(database: peewee.Database) -> None:
    moment = datetime(2026, 10, 25, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    assert stored(moment) == datetime(2026, 10, 25, 0, 30, 0, 1, tzinfo=UTC)
    assert stored(moment).tzinfo is UTC


@given(moment=st.datetimes(FIRST, LAST, timezones=zones))
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_moment_survives_being_stored(database: peewee.Database, moment: datetime) -> None:
    with database.atomic() as transaction:
        assert stored(moment) == moment
        transaction.rollback()


def test_moments_compare_in_the_database_as_in_python(database: peewee.Database) -> None:
    base = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [base - timedelta(days=366 * 900), base, base + timedelta(microseconds=1)]
    for number, moment in enumerate(moments):
        System.create(slug=f"s{number}", name="", url="", created=moment)
    found = System.select().where(System.created > base).order_by(System.created)
    assert [row.created for row in found] == moments[2:]
    assert [row.created for row in System.select().order_by(System.created)] == moments


def test_a_moment_may_be_null(database: peewee.Database) -> None:
    from chalicelib.data.models import SignIn

    SignIn.create(nonce="n", email="e", browser="b", expires=datetime.now(UTC), used=None)
    assert SignIn.get().used is None


def test_slugs_are_case_insensitive(database: peewee.Database) -> None:
    Image.create(slug="Chicago-Badge")
    assert Image.get(Image.slug == "chicago-BADGE").slug == "Chicago-Badge"
    with pytest.raises(peewee.IntegrityError):
        Image.create(slug="CHICAGO-badge")


@pytest.mark.parametrize("other", ["jose@example.org", "José@example.org", "josé@Example.org"])
def test_addresses_and_keys_compare_by_their_bytes(database: peewee.Database, other: str) -> None:
    Account.create(email="josé@example.org", email_key="josé@example.org")
    Account.create(email=other, email_key=other)
    assert Account.get(Account.email_key == other).email == other
    assert Account.select().where(Account.email_key == "josé@example.org").count() == 1


def test_texts_may_be_long_and_hold_any_character(database: peewee.Database) -> None:
    body = "🎖 \u017ftraße\t" * 30_000  # more than the 64 KB of MySQL's TEXT
    Event.create(key="k", source="webhook", action="review", body=body)
    assert Event.get().body == body


def test_mysql_refuses_to_truncate(database: peewee.Database, engine: str) -> None:
    if engine == "sqlite":
        return  # SQLite has no lengths; chalicelib.domain.shared.validation checks them
    with pytest.raises(peewee.DataError):
        Image.create(slug="x" * 65)
