"""The database connection of this execution environment, and transactions that survive losing it.

A connection is checked only after it idled; when it is lost, it is replaced and the whole
transaction runs again, never a part of one. SQLite and MySQL behave alike here: transactions see
what others committed, lock early and fail with `Unavailable` when the database stays away.
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
CONNECT_SECONDS = 5.0  # until the server greeted us
LEAST_SECONDS = 1.0
ANSWER_SECONDS = 30.0  # to a statement
QUERY_SECONDS = 10.0  # that a statement has, however little time is left
PROBE_SECONDS = 1.0  # between two tries at a database that is waking up
AWS_CERTIFICATES = os.path.join(
    os.path.dirname(__file__), "aws.pem"
)  # made by infra/aws/certificates.py
# Nobody there, or nobody who answers.
NOT_REACHABLE = {2002, 2003, 2006, 2013}
_MYSQL_DENIED = 1045
# A key that is taken, a reference that leads nowhere.
_MYSQL_TAKEN_OR_GONE = {1062, 1216, 1217, 1451, 1452}
# Lost connections and lost races, where running the whole transaction again helps.
_MYSQL_TRANSIENT = NOT_REACHABLE | {1020, 1040, 1205, 1213, 2014, 2055}

database: peewee.DatabaseProxy = peewee.DatabaseProxy()
_last_used = threading.local()


def open_sqlite(path: str) -> peewee.Database:
    """Return a SQLite database that commits durably and lets readers go on while it writes."""
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
    """MySQL, whose lists within a value may be as long as a packet (`prepared.lists`).

    A server that takes connections and says nothing, as one that is waking up may, is waited for as
    long as one that takes none: what PyMySQL calls the time-out of connecting ends before the
    server's greeting.
    """

    def _connect(self) -> Any:
        import pymysql

        seconds = max(LEAST_SECONDS, min(CONNECT_SECONDS, deadline.remaining()))
        limits = {"connect_timeout": seconds, "read_timeout": seconds}
        conn: Any = pymysql.connect(
            database=self.database, autocommit=True, **{**self.connect_params, **limits}
        )
        return conn

    def bound(self) -> None:
        """Have statements wait for an answer no longer than whoever asked can.

        A connection may be dead without having been closed, as after a failover.
        """
        database: Any = self
        conn = database.connection()
        seconds = min(ANSWER_SECONDS, max(QUERY_SECONDS, deadline.remaining()))
        conn._read_timeout = conn._write_timeout = seconds

    def _initialize_connection(self, conn: Any) -> None:
        conn.query("SET SESSION group_concat_max_len = 1073741824")


@functools.lru_cache(maxsize=4)
def _tls(certificates: str) -> Any:
    """Return what TLS connections are checked by, as the setting ``DATABASE_CERTIFICATES`` says."""
    import ssl

    file = {"system": None, "aws": AWS_CERTIFICATES}.get(certificates, certificates)
    context = ssl.create_default_context(cafile=file)
    # Python 3.13 and newer refuse by themselves certificates that lack an identifier of their issuer,
    # as many lack that databases or their owners make: they prove as much with every Python.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def open_mysql(
    host: str, user: str, password: str, name: str, *, certificates: str = "none"
) -> peewee.Database:
    """Return a MySQL database; `host` may be `host:port` or the path of a Unix socket.

    Unless `certificates` is ``none``, the server must prove who it is, or nothing is sent to it.
    """
    where: dict[str, Any]
    if host.startswith("/"):
        where = {"unix_socket": host}
    else:
        hostname, _, port = host.partition(":")
        where = {"host": hostname, "port": int(port or 3306)}
    if certificates != "none":
        where["ssl"] = _tls(certificates)
    elif "unix_socket" in where:
        # Nobody can listen there, and reading what TLS needs takes longer than all of connecting.
        where["ssl_disabled"] = True
    return _MySQL(
        name,
        user=user,
        password=password,
        # READ COMMITTED: after losing a race the winner's row must be visible; fewer gap locks.
        sql_mode="STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE",
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        **where,
    )


def configure(settings: config.Settings | None = None) -> None:
    """Open the database that the settings name, in place of any before."""
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
    """Work on this database from now on."""
    if database.obj is not None and not database.is_closed():
        database.close()
    database.initialize(chosen)


def _is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


def _refresh() -> None:
    """Open the connection, or replace one that died while idle."""
    if database.obj is None:
        configure()
    if not database.is_closed():
        _bound()
        idle = time.monotonic() - getattr(_last_used, "at", float("-inf"))
        if idle > CHECK_AFTER_IDLE_SECONDS and not database.is_connection_usable():
            database.close()
    if database.is_closed():
        _connect()
        _bound()


def _bound() -> None:
    if isinstance(database.obj, _MySQL):
        database.obj.bound()


def _connect() -> None:
    """Connect; wait for a database that is waking up, as long as whoever asked can.

    Where the password is wrong, it may have been changed: then the settings are read anew, once.

    Raises
    ------
    WakingUp
        If it still sleeps.
    """
    until = time.monotonic() + deadline.remaining()
    are_new = False
    while True:
        try:
            database.connect()
            return
        except peewee.OperationalError as problem:
            if problem.args[:1] == (_MYSQL_DENIED,) and not are_new:
                config.settings().read_again()
                configure()
                are_new = True
                continue
            if not (_may_sleep(problem) and config.settings().flag("DATABASE_SLEEPS")):
                raise
            if time.monotonic() + PROBE_SECONDS >= until:
                raise WakingUp from problem
        time.sleep(PROBE_SECONDS)


def _may_sleep(problem: peewee.PeeweeException) -> bool:
    """Tell whether nobody answered; a name or a certificate that is wrong is no sleep."""
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
    """Tell whether a key is taken or a reference leads nowhere; who expects that caught it inside."""
    if _is_sqlite():
        return str(problem).startswith(("UNIQUE", "FOREIGN KEY"))
    return bool(problem.args) and problem.args[0] in _MYSQL_TAKEN_OR_GONE


def transact(work: Callable[[], T]) -> T:
    """Run `work` in one transaction, joining the one under way if there is one.

    Parameters
    ----------
    work : Callable[[], T]
        What to do; it may run several times, each time from the start, and must have no other
        effects than on the database.

    Returns
    -------
    T
        What `work` returned the time that was committed.

    Raises
    ------
    Unavailable
        If the database cannot be reached, the transaction lost every race, or what it refers to
        was deleted while it ran.
    WakingUp
        If it sleeps, and whoever asked cannot wait until it is awake.
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
            # The cause may be a dead connection: never hand it on, whatever comes next.
            if not database.is_closed():
                database.close()
            if attempt == ATTEMPTS or not _is_transient(problem):
                raise Unavailable("The database is not responding; try again shortly.") from problem
    raise AssertionError("unreachable: every attempt returns or raises")


def transactional(verb: Callable[P, T]) -> Callable[P, T]:
    """Make a function one transaction (see `transact`)."""

    @functools.wraps(verb)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return transact(lambda: verb(*args, **kwargs))

    return wrapper


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` once the transaction under way is committed (at once when there is none).

    What it raises is logged and goes no further: the commit stands, and nobody may take trouble
    after it for a reason to roll back or to run the transaction again.
    """

    def guarded() -> None:
        try:
            callback()
        except Exception:
            log.exception("trouble after the commit")

    database.after_commit(guarded)
