"""Transactions: joined, rolled back, run again when the database let go, never half done."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

from chalicelib import config
from chalicelib.data import connection
from chalicelib.data.connection import after_commit, transact, transactional
from chalicelib.data.models import Image
from chalicelib.errors import Conflict, Unavailable

Together = Callable[..., list[Any]]
only_mariadb = pytest.mark.parametrize("engine", ["mariadb"])
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"])


def slugs() -> list[str]:
    return [image.slug for image in Image.select().order_by(Image.slug)]


def kill_the_connection(database: peewee.Database) -> None:
    """Have the server drop this thread's connection, as a failover or time-out would."""
    (number,) = database.execute_sql("SELECT CONNECTION_ID()").fetchone()
    other = threading.Thread(target=_kill, args=(database, number))
    other.start()
    other.join()


def _kill(database: peewee.Database, number: int) -> None:
    with database.connection_context():
        database.execute_sql(f"KILL HARD {number}")


# Commit and rollback


def test_returns_what_the_work_returned_and_commits(database: peewee.Database) -> None:
    image = transact(lambda: Image.create(slug="one"))
    database.close()
    assert slugs() == [image.slug]


def test_an_error_of_the_work_rolls_everything_back_and_is_handed_on(
    database: peewee.Database,
) -> None:
    def work() -> None:
        Image.create(slug="one")
        raise Conflict("no")

    with pytest.raises(Conflict):
        transact(work)
    assert slugs() == []
    assert not database.in_transaction()


def test_an_inner_transaction_joins_the_outer_one(database: peewee.Database) -> None:
    @transactional
    def inner() -> None:
        Image.create(slug="inner")

    def outer() -> None:
        inner()
        Image.create(slug="outer")
        raise Conflict("no")

    with pytest.raises(Conflict):
        transact(outer)
    assert slugs() == []


def test_a_transactional_function_keeps_its_name_and_arguments(database: peewee.Database) -> None:
    @transactional
    def double(number: int, *, plus: int = 0) -> int:
        """Double it."""
        return number * 2 + plus

    assert double(2, plus=1) == 5
    assert (double.__name__, double.__doc__) == ("double", "Double it.")


def test_a_transaction_sees_what_others_committed_meanwhile(database: peewee.Database) -> None:
    if isinstance(database, peewee.SqliteDatabase):
        return  # there is only one writer at a time, so there is no meanwhile

    def work() -> tuple[list[str], list[str]]:
        before = slugs()
        other = threading.Thread(target=lambda: _insert(database, "other"))
        other.start()
        other.join()
        return before, slugs()

    assert transact(work) == ([], ["other"])


def _insert(database: peewee.Database, slug: str) -> None:
    with database.connection_context():
        Image.create(slug=slug)


# After the commit


def test_what_comes_after_the_commit_comes_after_it(database: peewee.Database) -> None:
    seen: list[tuple[bool, list[str]]] = []

    def work() -> None:
        after_commit(lambda: seen.append((database.in_transaction(), slugs())))
        Image.create(slug="one")
        assert not seen

    transact(work)
    assert seen == [(False, ["one"])]


def test_nothing_comes_after_a_rollback(database: peewee.Database) -> None:
    seen: list[str] = []

    def work() -> None:
        after_commit(lambda: seen.append("called"))
        raise Conflict("no")

    with pytest.raises(Conflict):
        transact(work)
    transact(lambda: None)
    assert seen == []


def test_only_the_attempt_that_was_committed_has_an_after(database: peewee.Database) -> None:
    seen: list[int] = []
    attempts: list[int] = []

    def work() -> None:
        attempts.append(len(attempts))
        number = attempts[-1]
        after_commit(lambda: seen.append(number))
        if number == 0:
            raise peewee.OperationalError(1213, "Deadlock found; database is locked")

    transact(work)
    assert seen == [1]


def test_without_a_transaction_after_is_now(database: peewee.Database) -> None:
    database.connect()
    seen: list[str] = []
    after_commit(lambda: seen.append("called"))
    assert seen == ["called"]


def test_trouble_after_the_commit_does_not_undo_or_repeat_it(
    database: peewee.Database, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[int] = []
    seen: list[str] = []

    def broken() -> None:
        raise peewee.OperationalError("database is locked")

    def work() -> str:
        attempts.append(1)
        after_commit(broken)
        after_commit(lambda: seen.append("the next one"))
        Image.create(slug="one")
        return "done"

    assert transact(work) == "done"
    assert (len(attempts), slugs(), seen) == (1, ["one"], ["the next one"])
    assert "after the commit" in caplog.text


def test_what_comes_after_may_start_transactions_of_its_own(database: peewee.Database) -> None:
    transact(lambda: after_commit(lambda: transact(lambda: Image.create(slug="after"))))
    assert slugs() == ["after"]


# Lost connections and lost races


@only_mariadb
def test_a_connection_lost_in_a_transaction_is_replaced_and_all_of_it_runs_again(
    database: peewee.Database,
) -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        Image.create(slug="first")
        if len(attempts) == 1:
            kill_the_connection(database)
        Image.create(slug="second")

    transact(work)
    assert (len(attempts), slugs()) == (2, ["first", "second"])


@only_mariadb
def test_a_connection_that_keeps_getting_lost_ends_as_unavailable(
    database: peewee.Database,
) -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        Image.create(slug="first")
        kill_the_connection(database)
        Image.create(slug="second")

    with pytest.raises(Unavailable):
        transact(work)
    assert len(attempts) == connection.ATTEMPTS
    assert slugs() == []


@only_mariadb
def test_a_connection_closed_while_idle_is_replaced_without_running_anything_twice(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact(lambda: Image.create(slug="before"))
    monkeypatch.setattr(connection, "CHECK_AFTER_IDLE_SECONDS", -1.0)
    kill_the_connection(database)
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        Image.create(slug="later")

    transact(work)
    assert (len(attempts), slugs()) == (1, ["before", "later"])


@pytest.fixture
def changed_password(
    database: peewee.Database, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """A server that only lets in whoever knows its new password; the passwords that were tried.

    The tests' own server asks for none.
    """
    import pymysql

    tried: list[str] = []
    whole = pymysql.connect

    def connect(**where: Any) -> Any:
        tried.append(where["password"])
        if where["password"] != "new":
            raise pymysql.err.OperationalError(1045, "Access denied for user")
        return whole(**where)

    monkeypatch.setattr(pymysql, "connect", connect)
    settings["DATABASE_PASSWORD"] = "old"
    connection.configure()
    return tried


@only_mariadb
def test_a_password_that_was_changed_is_read_anew(
    changed_password: list[str], settings: dict[str, str]
) -> None:
    settings["DATABASE_PASSWORD"] = "new"
    transact(lambda: Image.create(slug="one"))
    assert slugs() == ["one"]
    assert changed_password == ["old", "new"]


@only_mariadb
def test_a_password_that_is_wrong_is_tried_once_more_and_no_longer(
    changed_password: list[str],
) -> None:
    with pytest.raises(Unavailable):
        transact(lambda: None)
    assert changed_password == ["old", "old"]


@only_mariadb
def test_an_idle_connection_is_asked_only_after_idling(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact(lambda: None)
    asked: list[int] = []
    monkeypatch.setattr(database, "is_connection_usable", lambda: asked.append(1) or True)
    transact(lambda: None)
    assert asked == []


@only_mariadb
def test_of_two_that_block_each_other_both_are_done_in_the_end(
    database: peewee.Database, together: Together
) -> None:
    for slug in ("a", "b"):
        Image.create(slug=slug)
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def update(first: str, then: str) -> Callable[[], None]:
        def work() -> None:
            attempts.append(first)
            Image.update(key=first).where(Image.slug == first).execute()
            if attempts.count(first) == 1:
                both_hold_one.wait(timeout=30)
            Image.update(url=first).where(Image.slug == then).execute()

        return lambda: transact(work)

    assert together(update("a", "b"), update("b", "a")) == [None, None]
    assert len(attempts) == 3
    assert [(row.key, row.url) for row in Image.select().order_by(Image.slug)] == [
        ("a", "b"),
        ("b", "a"),
    ]


@pytest.mark.parametrize("number", [1020, 1205, 1213, 2006, 2013])
@only_mariadb
def test_lost_races_and_connections_run_again(database: peewee.Database, number: int) -> None:
    attempts: list[int] = []

    def work() -> str:
        attempts.append(1)
        if len(attempts) < connection.ATTEMPTS:
            raise peewee.OperationalError(number, "again")
        return "done"

    assert transact(work) == "done"
    assert len(attempts) == connection.ATTEMPTS


@only_sqlite
def test_a_locked_database_is_tried_again(database: peewee.Database) -> None:
    attempts: list[int] = []

    def work() -> str:
        attempts.append(1)
        if len(attempts) < connection.ATTEMPTS:
            raise peewee.OperationalError("database is locked")
        return "done"

    assert transact(work) == "done"
    assert len(attempts) == connection.ATTEMPTS


@only_sqlite
def test_a_database_that_stays_locked_is_unavailable(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = peewee.SqliteDatabase(database.database, timeout=0)
    holder = connection.open_sqlite(database.database)
    holder.connect()
    holder.begin("IMMEDIATE")
    connection.use(impatient)
    with pytest.raises(Unavailable):
        transact(lambda: Image.create(slug="one"))
    holder.rollback()
    holder.close()
    transact(lambda: Image.create(slug="one"))
    assert slugs() == ["one"]


def test_what_running_again_does_not_mend_is_not_run_again(database: peewee.Database) -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        Image.create(slug="one")
        Image.create(slug="one")

    with pytest.raises(Unavailable, match="at the same moment"):
        transact(work)
    assert (len(attempts), slugs()) == (1, [])


def test_what_is_our_own_mistake_is_told_as_such(database: peewee.Database) -> None:
    with pytest.raises(peewee.IntegrityError):
        transact(lambda: database.execute_sql("INSERT INTO image (slug) VALUES (NULL)"))


# The database as a whole


@pytest.mark.parametrize(
    "place",
    [
        {"DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": "{tmp_path}"},
        {"DATABASE_DRIVER": "mysql", "DATABASE_HOST": "{tmp_path}/no-socket"},
        {"DATABASE_DRIVER": "mysql", "DATABASE_HOST": "localhost:1"},
    ],
)
def test_a_database_that_is_away_is_unavailable_and_says_nothing_of_where_it_was(
    settings: dict[str, str], tmp_path: Path, place: dict[str, str]
) -> None:
    settings |= {name: value.format(tmp_path=tmp_path) for name, value in place.items()}
    with pytest.raises(Unavailable) as caught:
        transact(lambda: None)
    assert caught.value.message == "The database is not responding; try again shortly."


def test_the_first_transaction_opens_the_database_that_the_settings_name(
    settings: dict[str, str], tmp_path: Path
) -> None:
    settings["DATABASE_DATABASE"] = str(tmp_path / "new/folder/here.db")
    transact(lambda: None)
    assert (tmp_path / "new/folder/here.db").exists()


def test_an_unknown_driver_is_a_mistake_in_the_settings(settings: dict[str, str]) -> None:
    settings["DATABASE_DRIVER"] = "oracle"
    with pytest.raises(config.SettingError, match="DATABASE_DRIVER"):
        connection.configure()


def test_the_host_of_mysql_may_be_a_name_a_name_with_port_or_a_socket() -> None:
    def where(host: str) -> dict[str, Any]:
        params: dict[str, Any] = connection.open_mysql(host, "u", "p", "n").connect_params
        return {key: params[key] for key in ("host", "port", "unix_socket") if key in params}

    assert where("db.example.org") == {"host": "db.example.org", "port": 3306}
    assert where("db.example.org:3307") == {"host": "db.example.org", "port": 3307}
    assert where("/run/mysqld.sock") == {"unix_socket": "/run/mysqld.sock"}


@pytest.mark.parametrize("certificates", ["system", "aws", str(connection.AWS_CERTIFICATES)])
def test_a_database_must_prove_who_it_is(certificates: str) -> None:
    made = connection.open_mysql("db.example.org", "u", "p", "n", certificates=certificates)
    context: ssl.SSLContext = made.connect_params["ssl"]
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT, "the same with every Python"


def test_amazon_s_authorities_are_known() -> None:
    made = connection.open_mysql("db.example.org", "u", "p", "n", certificates="aws")
    names = str(made.connect_params["ssl"].get_ca_certs())
    for region in ("us-east-1", "eu-central-1", "ap-southeast-2"):
        assert f"Amazon RDS {region} Root CA RSA2048 G1" in names


def test_without_certificates_no_proof_is_asked_for() -> None:
    assert (
        "ssl" not in connection.open_mysql("h", "u", "p", "n", certificates="none").connect_params
    )


def test_a_socket_needs_no_tls_unless_a_proof_is_asked_for() -> None:
    socket = "/run/mysqld.sock"
    asked = connection.open_mysql(socket, "u", "p", "n", certificates="aws").connect_params
    assert "ssl" in asked
    assert "ssl_disabled" not in asked
    assert connection.open_mysql(socket, "u", "p", "n").connect_params["ssl_disabled"]


def test_threads_have_connections_and_transactions_of_their_own(
    database: peewee.Database, together: Together
) -> None:
    def insert(slug: str) -> Callable[[], None]:
        def work() -> None:
            Image.create(slug=slug)
            if slug.startswith("bad"):
                raise Conflict("no")

        return lambda: transact(work)

    names = ["good-1", "bad-1", "good-2", "bad-2", "good-3", "good-4"]
    answers = together(*[insert(name) for name in names])
    assert [isinstance(answer, Conflict) for answer in answers] == [
        name.startswith("bad") for name in names
    ]
    assert slugs() == ["good-1", "good-2", "good-3", "good-4"]


def test_sqlite_commits_durably_and_holds_to_its_foreign_keys(tmp_path: Path) -> None:
    database = connection.open_sqlite(str(tmp_path / "durable.db"))

    def pragma(name: str) -> Any:
        return database.execute_sql(f"PRAGMA {name}").fetchone()[0]

    with database.connection_context():
        told = (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys"))
    assert told == ("wal", 2, 1)


@only_mariadb
def test_mysql_is_strict_and_speaks_all_of_unicode(database: peewee.Database) -> None:
    modes, charset, isolation = database.execute_sql(
        "SELECT @@sql_mode, @@character_set_client, @@tx_isolation"
    ).fetchone()
    assert "STRICT_ALL_TABLES" in modes
    assert (charset, isolation) == ("utf8mb4", "READ-COMMITTED")
