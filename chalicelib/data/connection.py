"""The database connection of this execution environment, and transactions that survive its loss.

A connection is checked only after it was idle. When it is lost, it is replaced, and the whole
transaction runs again. SQLite and MySQL behave alike: transactions see what others committed,
acquire locks early, and fail with `Unavailable` when the database cannot be reached.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import peewee

from chalicelib import config, deadline
from chalicelib.errors import Unavailable, WakingUp

log = logging.getLogger("badgekit")

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3
CHECK_AFTER_IDLE_SECONDS = 30.0
CONNECT_SECONDS = 5.0  # until the server's greeting
MIN_CONNECT_SECONDS = 1.0  # however little time is left
RESPONSE_SECONDS = 30.0  # until the response to a statement
QUERY_SECONDS = 10.0  # the least time for a statement, however little is left
PROBE_SECONDS = 1.0  # between attempts to connect to a database that is waking up
# Written by infra/aws/certificates.py.
AWS_CERTIFICATES = os.path.join(os.path.dirname(__file__), "aws.pem")
# The server does not accept connections, or does not respond.
NOT_REACHABLE = {2002, 2003, 2006, 2013}
_MYSQL_DENIED = 1045
# Duplicate keys and foreign key violations.
_MYSQL_CONSTRAINT = {1062, 1216, 1217, 1451, 1452}
# Lost connections, deadlocks and lock timeouts: running the whole transaction again can succeed.
_MYSQL_TRANSIENT = NOT_REACHABLE | {1020, 1040, 1205, 1213, 2014, 2055}

database: peewee.DatabaseProxy = peewee.DatabaseProxy()
_last_used = threading.local()


def open_sqlite(path: str) -> peewee.Database:
    """Return a SQLite database with durable commits and concurrent readers (WAL)."""
    if path != ":memory:":
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    return peewee.SqliteDatabase(
        path,
        pragmas={
            "journal_mode": "wal",
            "foreign_keys": 1,
            "synchronous": "full",
            "busy_timeout": 5000,
        },
        timeout=5,
    )


class _MySQL(peewee.MySQLDatabase):
    """MySQL, with timeouts that follow the deadline, and JSON lists of any length.

    A server that is waking up may accept a connection and send nothing. PyMySQL's connect timeout
    ends before the server's greeting, so the read timeout is the same while connecting.
    """

    def _connect(self) -> Any:
        import pymysql

        seconds = max(MIN_CONNECT_SECONDS, min(CONNECT_SECONDS, deadline.remaining()))
        limits = {"connect_timeout": seconds, "read_timeout": seconds}
        conn: Any = pymysql.connect(
            database=self.database, autocommit=True, **{**self.connect_params, **limits}
        )
        return conn

    def limit_wait(self) -> None:
        """Limit the time that statements wait for a response to the caller's deadline.

        A connection may be dead without having been closed, such as after a failover.
        """
        self.allow(min(RESPONSE_SECONDS, max(QUERY_SECONDS, deadline.remaining())))

    def allow(self, seconds: float) -> None:
        """Limit the time that statements wait for a response to this many seconds."""
        database: Any = self
        conn = database.connection()
        conn._read_timeout = conn._write_timeout = seconds

    def _initialize_connection(self, conn: Any) -> None:
        conn.query("SET SESSION group_concat_max_len = 1073741824")


@functools.lru_cache(maxsize=4)
def _tls(certificates: str) -> Any:
    """Return the SSL context for a value of the setting ``DATABASE_CERTIFICATES``."""
    import ssl

    file = {"system": None, "aws": AWS_CERTIFICATES}.get(certificates, certificates)
    context = ssl.create_default_context(cafile=file)
    # By default, Python 3.13 and newer refuse certificates without an authority key identifier.
    # Certificates generated for databases often lack it; accept the same ones on every Python.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def open_mysql(
    host: str, user: str, password: str, name: str, *, certificates: str = "none"
) -> peewee.Database:
    """Return a MySQL database; `host` may be `host:port` or the path of a Unix socket.

    Unless `certificates` is ``none``, the server's certificate is verified before anything is sent.
    """
    parameters: dict[str, Any]
    if host.startswith("/"):
        parameters = {"unix_socket": host}
    else:
        hostname, _, port = host.partition(":")
        parameters = {"host": hostname, "port": int(port or 3306)}
    if certificates != "none":
        parameters["ssl"] = _tls(certificates)
    elif "unix_socket" in parameters:
        # A socket cannot be intercepted, and loading TLS takes longer than connecting.
        parameters["ssl_disabled"] = True
    return _MySQL(
        name,
        user=user,
        password=password,
        # READ COMMITTED: after a lost race, the winner's row must be visible; and fewer gap locks.
        sql_mode="STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE",
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        **parameters,
    )


def configure(settings: config.Settings | None = None) -> None:
    """Use the database that the settings name, instead of any previous one."""
    chosen = settings or config.settings()
    driver = chosen.text("DATABASE_DRIVER")
    if driver == "sqlite":
        use(open_sqlite(chosen.text("DATABASE_DATABASE")))
    elif driver == "mysql":
        use(
            open_mysql(
                chosen.text("DATABASE_HOST"),
                chosen.text("DATABASE_USER"),
                chosen.text("DATABASE_PASSWORD"),
                chosen.text("DATABASE_DATABASE"),
                certificates=chosen.text("DATABASE_CERTIFICATES"),
            )
        )
    else:
        raise config.SettingError("the setting DATABASE_DRIVER must be `mysql` or `sqlite`")


def use(chosen: peewee.Database) -> None:
    """Use this database from now on; close the previous one."""
    if database.obj is not None and not database.is_closed():
        database.close()
    database.initialize(chosen)


def _is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


def _refresh() -> None:
    """Open the connection, or replace one that was lost while idle."""
    if database.obj is None:
        configure()
    if not database.is_closed():
        _limit_wait()
        idle = time.monotonic() - getattr(_last_used, "at", float("-inf"))
        if idle > CHECK_AFTER_IDLE_SECONDS and not database.is_connection_usable():
            database.close()
    if database.is_closed():
        _connect()
        _limit_wait()


def allow(seconds: float) -> None:
    """Let statements outside of transactions take this long, on the open connection.

    `transact` limits them again. SQLite has no such limit.
    """
    if isinstance(database.obj, _MySQL):
        database.obj.allow(seconds)


def _limit_wait() -> None:
    if isinstance(database.obj, _MySQL):
        database.obj.limit_wait()


def _connect() -> None:
    """Connect; wait for a database that is waking up, up to the caller's deadline.

    If access is denied, the password may have been changed: the settings are read again, once.

    Raises
    ------
    WakingUp
        If the database is not awake by the deadline.
    """
    until = time.monotonic() + deadline.remaining()
    is_reloaded = False
    while True:
        try:
            database.connect()
            return
        except peewee.OperationalError as problem:
            if problem.args[:1] == (_MYSQL_DENIED,) and not is_reloaded:
                config.settings().expire_parameters()
                configure()
                is_reloaded = True
                continue
            if not (_may_be_asleep(problem) and config.settings().flag("DATABASE_SLEEPS")):
                raise
            if time.monotonic() + PROBE_SECONDS >= until:
                raise WakingUp from problem
        time.sleep(PROBE_SECONDS)


def _may_be_asleep(problem: peewee.PeeweeException) -> bool:
    """Return whether the server did not respond, for reasons other than its name or certificate."""
    import socket
    import ssl

    cause = getattr(getattr(problem, "orig", None), "original_exception", None)
    if isinstance(cause, ssl.SSLError | socket.gaierror):
        return False
    return bool(problem.args) and problem.args[0] in NOT_REACHABLE


def _is_transient(problem: peewee.PeeweeException) -> bool:
    if _is_sqlite():
        return isinstance(problem, peewee.OperationalError) and any(
            word in str(problem) for word in ("locked", "busy")
        )
    if isinstance(problem, peewee.InterfaceError):
        return True
    return bool(problem.args) and problem.args[0] in _MYSQL_TRANSIENT


def _is_lost_race(problem: peewee.IntegrityError) -> bool:
    """Return whether a key is a duplicate or a reference is dangling.

    Code that expects such a violation catches it inside the transaction.
    """
    if _is_sqlite():
        return str(problem).startswith(("UNIQUE", "FOREIGN KEY"))
    return bool(problem.args) and problem.args[0] in _MYSQL_CONSTRAINT


def transact(work: Callable[[], T]) -> T:
    """Run `work` in a transaction, or in the current one if there is one.

    Parameters
    ----------
    work : Callable[[], T]
        The function to run. It may be run several times, each time from the start, and must not
        have effects outside of the database.

    Returns
    -------
    T
        The result of the run that was committed.

    Raises
    ------
    Unavailable
        If the database cannot be reached, every attempt lost a race, or a row that the transaction
        refers to was deleted meanwhile.
    WakingUp
        If the database is asleep, and does not wake up by the caller's deadline.
    """
    if database.obj is not None and database.in_transaction():
        return work()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _refresh()
            with database.atomic("IMMEDIATE") if _is_sqlite() else database.atomic():
                result = work()
            _last_used.at = time.monotonic()
            return result
        except peewee.IntegrityError as problem:
            if not _is_lost_race(problem):
                raise
            raise Unavailable(
                "Someone else changed this at the same moment; try again.", retry_after=1
            ) from problem
        except (peewee.OperationalError, peewee.InterfaceError) as problem:
            # The cause may be a dead connection: do not reuse it in any case.
            if not database.is_closed():
                database.close()
            if attempt == ATTEMPTS or not _is_transient(problem):
                raise Unavailable("The database is not responding; try again shortly.") from problem
    raise AssertionError("unreachable: every attempt returns or raises")


def transactional(function: Callable[P, T]) -> Callable[P, T]:
    """Run each call of a function in a transaction (see `transact`)."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return transact(lambda: function(*args, **kwargs))

    return wrapper


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` after the current transaction's commit (at once when there is none).

    Its exceptions are logged and not raised: they must not make callers roll back or repeat a
    transaction that was committed.
    """

    def guarded() -> None:
        try:
            callback()
        except Exception:
            log.exception("a callback after the commit failed")

    database.after_commit(guarded)
