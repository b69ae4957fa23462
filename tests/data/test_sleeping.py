"""A database that sleeps while nobody needs it: woken up by connecting, and waited for."""

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
from tests.sleeper import CLOSING, SILENT, Sleeper, sleeping_before

pytestmark = pytest.mark.parametrize("engine", [MARIADB])
how_it_sleeps = pytest.mark.parametrize("how", [SILENT, CLOSING])


@pytest.fixture
def sleeper(
    database: peewee.Database,
    mariadb_server: MariaDB,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sleeper]:
    """The tests' database, awake behind a front, and used through it."""
    with sleeping_before(mariadb_server.address) as front:
        settings |= {**front.address.environ(), "DATABASE_SLEEPS": "true"}
        monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.05)
        monkeypatch.setattr(connection, "PROBE_SECONDS", 0.01)
        connection.configure()
        yield front
        connection.database.close()


@how_it_sleeps
def test_who_can_wait_notices_nothing(sleeper: Sleeper, how: str) -> None:
    sleeper.fall_asleep(knocks=3, how=how)
    transact(lambda: Image.create(slug="one"))
    assert sleeper.knocks == 4
    assert Image.get().slug == "one"


@how_it_sleeps
def test_who_cannot_wait_is_told_that_it_is_waking_up(sleeper: Sleeper, how: str) -> None:
    sleeper.fall_asleep(how=how)
    with pytest.raises(WakingUp) as told, deadline.within(0.2):
        transact(lambda: Image.create(slug="one"))
    assert (told.value.status, told.value.retry_after) == (503, 5)
    assert sleeper.knocks >= 1
    sleeper.wake_up()
    transact(lambda: Image.create(slug="two"))
    assert [image.slug for image in Image.select()] == ["two"]


def test_nobody_waits_longer_than_they_can_for_a_server_that_says_nothing(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 600)
    sleeper.fall_asleep()
    with pytest.raises(WakingUp), deadline.within(0.2):
        transact(lambda: None)
    assert sleeper.knocks == 1


def test_an_answer_may_take_longer_than_the_greeting(sleeper: Sleeper) -> None:
    """The time-out of connecting must not be the one of a slow query."""
    (slept,) = transact(
        lambda: connection.database.execute_sql("SELECT SLEEP(0.2)").fetchone()
    )  # longer than CONNECT_SECONDS
    assert slept == 0


@pytest.mark.parametrize("asks_first", [True, False], ids=["after idling", "at once"])
def test_a_connection_that_died_without_being_closed_is_given_up_in_time(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch, asks_first: bool
) -> None:
    transact(lambda: Image.create(slug="before"))
    monkeypatch.setattr(connection, "QUERY_SECONDS", 0.2)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 600)
    if asks_first:
        monkeypatch.setattr(connection, "CHECK_AFTER_IDLE_SECONDS", -1.0)
    sleeper.go_deaf()
    with deadline.within(0.1):
        transact(lambda: Image.create(slug="after"))
    assert [image.slug for image in Image.select().order_by(Image.slug)] == ["after", "before"]


def test_a_name_that_nobody_has_is_no_sleep(sleeper: Sleeper, settings: dict[str, str]) -> None:
    settings["DATABASE_HOST"] = "there-is-no-such-host.invalid"
    connection.configure()
    with pytest.raises(Unavailable, match="is not responding"):
        transact(lambda: None)


def test_a_database_that_is_not_said_to_sleep_does_not_answer(
    sleeper: Sleeper, settings: dict[str, str]
) -> None:
    settings["DATABASE_SLEEPS"] = "false"
    sleeper.fall_asleep(how=CLOSING)
    with pytest.raises(Unavailable, match="is not responding") as told:
        transact(lambda: None)
    assert not isinstance(told.value, WakingUp)
    assert sleeper.knocks == connection.ATTEMPTS


def test_what_no_waiting_helps_is_not_waited_for(
    sleeper: Sleeper, settings: dict[str, str]
) -> None:
    settings["DATABASE_DATABASE"] = "there-is-no-such-database"
    connection.configure()
    with pytest.raises(Unavailable):
        transact(lambda: None)
    assert sleeper.knocks == 1
