"""Transactions: nested, rolled back, run again after transient errors, never half done."""

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
    """Have the server close this thread's connection, as a failover or timeout does."""
    (number,) = database.execute_sql("SELECT CONNECTION_ID()").fetchone()
    other = threading.Thread(target=_kill, args=(database, number))
    other.start()
    other.join()


def _kill(database: peewee.Database, number: int) -> None:
    with database.connection_context():
        database.execute_sql(f"KILL HARD {number}")


# Commit and rollback


def test_the_result_is_returned_and_committed(database: peewee.Database) -> None:
    image = transact(lambda: Image.create(slug="one"))
    database.close()
    assert slugs() == [image.slug]


def test_an_error_rolls_everything_back_and_is_raised(
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


def test_a_transaction_sees_concurrent_commits(database: peewee.Database) -> None:
    if isinstance(database, peewee.SqliteDatabase):
        return  # SQLite has one writer at a time, so there are no concurrent commits

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


def test_callbacks_run_after_the_commit(database: peewee.Database) -> None:
    seen: list[tuple[bool, list[str]]] = []

    def work() -> None:
        after_commit(lambda: seen.append((database.in_transaction(), slugs())))
        Image.create(slug="one")
        assert not seen

    transact(work)
    assert seen == [(False, ["one"])]


def test_no_callback_runs_after_a_rollback(database: peewee.Database) -> None:
    seen: list[str] = []

    def work() -> None:
        after_commit(lambda: seen.append("called"))
        raise Conflict("no")

    with pytest.raises(Conflict):
        transact(work)
    transact(lambda: None)
    assert seen == []


def test_only_the_committed_attempt_runs_callbacks(database: peewee.Database) -> None:
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


def test_without_a_transaction_callbacks_run_at_once(database: peewee.Database) -> None:
    database.connect()
    seen: list[str] = []
    after_commit(lambda: seen.append("called"))
    assert seen == ["called"]


def test_an_error_of_a_callback_does_not_undo_or_repeat_the_transaction(
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


def test_callbacks_may_start_transactions(database: peewee.Database) -> None:
    transact(lambda: after_commit(lambda: transact(lambda: Image.create(slug="after"))))
    assert slugs() == ["after"]


# Lost connections and lost races


@only_mariadb
def test_a_transaction_whose_connection_is_lost_runs_again(
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
def test_repeatedly_lost_connections_raise_unavailable(
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
def test_a_connection_lost_while_idle_is_replaced_without_a_rerun(
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
    """A server that accepts only its new password; returns the passwords that were tried.

    The tests' own server needs none.
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
def test_a_changed_password_is_read_again(
    changed_password: list[str], settings: dict[str, str]
) -> None:
    settings["DATABASE_PASSWORD"] = "new"
    transact(lambda: Image.create(slug="one"))
    assert slugs() == ["one"]
    assert changed_password == ["old", "new"]


@only_mariadb
def test_a_wrong_password_is_tried_twice(
    changed_password: list[str],
) -> None:
    with pytest.raises(Unavailable):
        transact(lambda: None)
    assert changed_password == ["old", "old"]


@only_mariadb
def test_a_connection_is_checked_only_after_it_was_idle(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact(lambda: None)
    checks: list[int] = []
    monkeypatch.setattr(database, "is_connection_usable", lambda: checks.append(1) or True)
    transact(lambda: None)
    assert checks == []


@only_mariadb
def test_deadlocked_transactions_both_succeed(
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
def test_transient_errors_run_again(database: peewee.Database, number: int) -> None:
    attempts: list[int] = []

    def work() -> str:
        attempts.append(1)
        if len(attempts) < connection.ATTEMPTS:
            raise peewee.OperationalError(number, "again")
        return "done"

    assert transact(work) == "done"
    assert len(attempts) == connection.ATTEMPTS


@only_sqlite
def test_a_locked_database_is_retried(database: peewee.Database) -> None:
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


def test_permanent_errors_do_not_run_again(database: peewee.Database) -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        Image.create(slug="one")
        Image.create(slug="one")

    with pytest.raises(Unavailable, match="at the same moment"):
        transact(work)
    assert (len(attempts), slugs()) == (1, [])


def test_programming_errors_are_raised(database: peewee.Database) -> None:
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
def test_an_unreachable_database_is_unavailable_and_its_host_is_not_shown(
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


def test_an_unknown_driver_is_a_setting_error(settings: dict[str, str]) -> None:
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
def test_the_certificate_of_the_database_is_verified(certificates: str) -> None:
    made = connection.open_mysql("db.example.org", "u", "p", "n", certificates=certificates)
    context: ssl.SSLContext = made.connect_params["ssl"]
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT, "the same with every Python"


def test_amazon_s_certificate_authorities_are_included() -> None:
    made = connection.open_mysql("db.example.org", "u", "p", "n", certificates="aws")
    names = str(made.connect_params["ssl"].get_ca_certs())
    for region in ("us-east-1", "eu-central-1", "ap-southeast-2"):
        assert f"Amazon RDS {region} Root CA RSA2048 G1" in names


def test_without_the_setting_certificates_are_not_verified() -> None:
    assert (
        "ssl" not in connection.open_mysql("h", "u", "p", "n", certificates="none").connect_params
    )


def test_a_socket_uses_tls_only_with_certificates() -> None:
    socket = "/run/mysqld.sock"
    parameters = connection.open_mysql(socket, "u", "p", "n", certificates="aws").connect_params
    assert "ssl" in parameters
    assert "ssl_disabled" not in parameters
    assert connection.open_mysql(socket, "u", "p", "n").connect_params["ssl_disabled"]


def test_each_thread_has_its_connection_and_transactions(
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


def test_sqlite_commits_durably_and_enforces_foreign_keys(tmp_path: Path) -> None:
    database = connection.open_sqlite(str(tmp_path / "durable.db"))

    def pragma(name: str) -> Any:
        return database.execute_sql(f"PRAGMA {name}").fetchone()[0]

    with database.connection_context():
        pragmas = (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys"))
    assert pragmas == ("wal", 2, 1)


@only_mariadb
def test_mysql_is_strict_and_supports_all_of_unicode(database: peewee.Database) -> None:
    modes, charset, isolation = database.execute_sql(
        "SELECT @@sql_mode, @@character_set_client, @@tx_isolation"
    ).fetchone()
    assert "STRICT_ALL_TABLES" in modes
    assert (charset, isolation) == ("utf8mb4", "READ-COMMITTED")
