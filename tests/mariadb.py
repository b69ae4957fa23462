"""The MariaDB half of the tests: on a private server, or on a running one.

The private server needs only its binaries: no service, no root, no network. Its data folder and
Unix socket are temporary. The settings `TEST_DATABASE_*` name a running server instead; the tests
delete everything in its database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pymysql

from chalicelib import config

START_SECONDS = 60.0
POLL_SECONDS = 0.02
LONGEST_SOCKET_PATH = 100  # bytes; the limit is 107 on Linux and 103 elsewhere
DATABASE = "badgekit_test"
PROGRAMS = ("mariadbd", "mysqld")
FOLDERS = ("/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin")


class NoServerError(Exception):
    """No MariaDB server is available; the message says why."""


@dataclass(frozen=True)
class Address:
    """The address of a database, as in the settings `DATABASE_*`.

    Parameters
    ----------
    host : str
        Host name, `host:port`, or the path of a Unix socket.
    user, password, name : str
        The user and its password, and the name of the database.
    """

    host: str
    user: str
    password: str
    name: str

    def environ(self) -> dict[str, str]:
        """Return the settings that make a process use this database."""
        return {
            "DATABASE_DRIVER": "mysql",
            "DATABASE_HOST": self.host,
            "DATABASE_USER": self.user,
            "DATABASE_PASSWORD": self.password,
            "DATABASE_DATABASE": self.name,
        }


def find(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the path of the server's program, or None when there is none on this machine.

    `MARIADB_HOME` names a folder with Debian's `mariadb-server-core`, unpacked; without it, the
    PATH and the usual folders of distributions are searched.
    """
    places = [environ["MARIADB_HOME"] + "/usr/sbin"] if environ.get("MARIADB_HOME") else []
    places += [environ.get("PATH", ""), *FOLDERS]
    for place in places:
        for name in PROGRAMS:
            program = shutil.which(name, path=place) if place else None
            if program and _is_mariadb(program, environ):
                return Path(program)
    return None


def _is_mariadb(program: str, environ: Mapping[str, str]) -> bool:
    """Return whether a program is MariaDB's; Oracle's MySQL would need a prepared data folder."""
    answer = subprocess.run(
        [program, "--no-defaults", "--version"],
        env=_environment(environ),
        capture_output=True,
        check=False,
        timeout=20,
    )
    return answer.returncode == 0 and b"mariadb" in answer.stdout.lower()


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that lets an unpacked server find its libraries."""
    home = environ.get("MARIADB_HOME")
    libraries = [str(folder) for folder in Path(home).glob("usr/lib/*-linux-gnu*")] if home else []
    if inherited := environ.get("LD_LIBRARY_PATH"):
        libraries.append(inherited)
    return {**environ, "LD_LIBRARY_PATH": ":".join(libraries)} if libraries else dict(environ)


def _places(program: Path) -> list[str]:
    """Return the options with the paths of the server's own files, beside its program."""
    base = program.resolve().parent.parent
    options = [f"--basedir={base}"]
    for share in (base / "share/mysql", base / "share/mariadb"):
        if (share / "charsets").is_dir():
            options += [f"--character-sets-dir={share / 'charsets'}", f"--lc-messages-dir={share}"]
            break
    return options


class Server:
    """A private MariaDB, from `start()` to `stop()`.

    Parameters
    ----------
    program : Path
        The server's program.
    environ : Mapping[str, str]
        The environment to run it in.
    """

    def __init__(self, program: Path, environ: Mapping[str, str] = os.environ) -> None:
        self.program = program
        self._environ = environ
        self._folder = Path(tempfile.mkdtemp(prefix="badgekit-"))
        self._socket_folder = self._folder
        if len(str(self.socket)) > LONGEST_SOCKET_PATH:
            self._socket_folder = Path(tempfile.mkdtemp(prefix="badgekit-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """The Unix socket that it listens on."""
        return self._socket_folder / "socket"

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def address(self) -> Address:
        """The database that the tests use."""
        return Address(str(self.socket), "root", "", DATABASE)

    def start(self) -> None:
        """Start the server and return when it accepts connections.

        Raises
        ------
        NoServerError
            If it does not start; the message has the end of its log.
        """
        (self._folder / "data").mkdir()
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*self._command()],
                env=_environment(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                log_end = (self._folder / "log").read_text("utf-8", "replace")[-2000:]
                self.stop()
                raise NoServerError(f"{self.program} did not start:\n{log_end}")
            time.sleep(POLL_SECONDS)

    def _command(self) -> list[str]:
        as_root = ["--user=root"] if os.getuid() == 0 else []
        return [
            str(self.program),
            "--no-defaults",  # must come first
            *as_root,
            *_places(self.program),
            f"--datadir={self._folder / 'data'}",
            f"--tmpdir={self._folder}",
            f"--socket={self.socket}",
            f"--pid-file={self._folder / 'pid'}",
            "--skip-networking",
            "--skip-grant-tables",
            "--skip-log-bin",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=16M",
            "--innodb-flush-log-at-trx-commit=0",
            "--loose-innodb-doublewrite=0",
            "--loose-performance-schema=OFF",
        ]

    def _answers(self) -> bool:
        try:
            connection = pymysql.connect(
                unix_socket=str(self.socket), user="root", ssl_disabled=True
            )
        except pymysql.MySQLError:
            return False
        with connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        return True

    def stop(self) -> None:
        """Kill the server, whose data is not needed any more, and remove its files."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._socket_folder, ignore_errors=True)


def given(settings: config.Settings | None = None) -> Address | None:
    """Return the running server that the TEST_DATABASE_* settings name, if they name one.

    Raises
    ------
    NoServerError
        If they name another kind of database.
    """
    chosen = settings or config.Settings()
    driver = chosen.optional("TEST_DATABASE_DRIVER")
    if not driver:
        return None
    if driver != "mysql":
        raise NoServerError("TEST_DATABASE_DRIVER must be `mysql` or unset")
    return Address(
        chosen.optional("TEST_DATABASE_HOST") or "localhost",
        chosen.optional("TEST_DATABASE_USER") or "badgekit",
        chosen.optional("TEST_DATABASE_PASSWORD") or "",
        chosen.optional("TEST_DATABASE_DATABASE") or DATABASE,
    )


def plan(environ: Mapping[str, str] = os.environ) -> tuple[bool, str]:
    """Return whether the MariaDB half can run, and the server or the reason why not."""
    try:
        address = given(config.Settings(environ=environ))
    except NoServerError as problem:
        return False, str(problem)
    if address:
        return True, f"the running server at {address.host}, database {address.name}"
    program = find(environ)
    if program is None:
        return False, (
            "no mariadbd on this machine (install mariadb-server-core, unpack it and set "
            "MARIADB_HOME, or name a running server with TEST_DATABASE_*)"
        )
    return True, f"a private server started from {program}"


def is_required(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether tests fail, rather than skip, without MariaDB."""
    return any(
        environ.get(name, "").lower() not in ("", "0", "false")
        for name in ("CI", "REQUIRE_MARIADB")
    )
