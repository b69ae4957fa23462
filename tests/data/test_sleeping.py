"""A database that sleeps while idle: connecting wakes it up, and callers wait for it."""

from __future__ import annotations

from collections.abc import Iterator

import peewee
import pytest

from chalicelib import deadline
from chalicelib.data import connection
from chalicelib.data.connection import transact
from chalicelib.data.models import Image
from chalicelib.errors import Unavailable, WakingUp
from tests.conftest import MARIADB, MariaDB
from tests.sleeper import CLOSING, SILENT, Sleeper, proxying

pytestmark = pytest.mark.parametrize("engine", [MARIADB])
how_it_sleeps = pytest.mark.parametrize("how", [SILENT, CLOSING])


@pytest.fixture
def sleeper(
    database: peewee.Database,
    mariadb_server: MariaDB,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sleeper]:
    """The tests' database, awake, behind a proxy that can put it to sleep."""
    with proxying(mariadb_server.address) as front:
        settings |= {**front.address.environ(), "DATABASE_SLEEPS": "true"}
        monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.05)
        monkeypatch.setattr(connection, "PROBE_SECONDS", 0.01)
        connection.configure()
        yield front
        connection.database.close()


@how_it_sleeps
def test_callers_that_can_wait_notice_nothing(sleeper: Sleeper, how: str) -> None:
    sleeper.fall_asleep(attempts=3, how=how)
    transact(lambda: Image.create(slug="one"))
    assert sleeper.attempts == 4
    assert Image.get().slug == "one"


@how_it_sleeps
def test_callers_that_cannot_wait_get_waking_up(sleeper: Sleeper, how: str) -> None:
    sleeper.fall_asleep(how=how)
    with pytest.raises(WakingUp) as error, deadline.within(0.2):
        transact(lambda: Image.create(slug="one"))
    assert (error.value.status, error.value.retry_after) == (503, 5)
    assert sleeper.attempts >= 1
    sleeper.wake_up()
    transact(lambda: Image.create(slug="two"))
    assert [image.slug for image in Image.select()] == ["two"]


def test_a_silent_server_is_not_waited_for_beyond_the_deadline(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 600)
    sleeper.fall_asleep()
    with pytest.raises(WakingUp), deadline.within(0.2):
        transact(lambda: None)
    assert sleeper.attempts == 1


def test_a_query_may_take_longer_than_the_greeting(sleeper: Sleeper) -> None:
    """The connect timeout must not apply to slow queries."""
    (slept,) = transact(
        lambda: connection.database.execute_sql("SELECT SLEEP(0.2)").fetchone()
    )  # longer than CONNECT_SECONDS
    assert slept == 0


@pytest.mark.parametrize("asks_first", [True, False], ids=["after idling", "at once"])
def test_a_dead_connection_is_given_up_in_time(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch, asks_first: bool
) -> None:
    transact(lambda: Image.create(slug="before"))
    monkeypatch.setattr(connection, "QUERY_SECONDS", 0.2)
    monkeypatch.setattr(connection, "RESPONSE_SECONDS", 600)
    if asks_first:
        monkeypatch.setattr(connection, "CHECK_AFTER_IDLE_SECONDS", -1.0)
    sleeper.drop_traffic()
    with deadline.within(0.1):
        transact(lambda: Image.create(slug="after"))
    assert [image.slug for image in Image.select().order_by(Image.slug)] == ["after", "before"]


def test_an_unknown_host_name_does_not_count_as_asleep(
    sleeper: Sleeper, settings: dict[str, str]
) -> None:
    settings["DATABASE_HOST"] = "there-is-no-such-host.invalid"
    connection.configure()
    with pytest.raises(Unavailable, match="is not responding"):
        transact(lambda: None)


def test_without_the_setting_an_unreachable_database_is_not_waking_up(
    sleeper: Sleeper, settings: dict[str, str]
) -> None:
    settings["DATABASE_SLEEPS"] = "false"
    sleeper.fall_asleep(how=CLOSING)
    with pytest.raises(Unavailable, match="is not responding") as error:
        transact(lambda: None)
    assert not isinstance(error.value, WakingUp)
    assert sleeper.attempts == connection.ATTEMPTS


def test_permanent_connection_errors_are_not_waited_for(
    sleeper: Sleeper, settings: dict[str, str]
) -> None:
    settings["DATABASE_DATABASE"] = "there-is-no-such-database"
    connection.configure()
    with pytest.raises(Unavailable):
        transact(lambda: None)
    assert sleeper.attempts == 1
