"""The tests' MariaDB server: found, announced, and never skipped silently."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import mariadb

ELSEWHERE = {"PATH": "/nowhere"}


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb, "FOLDERS", ())


def program(path: Path, version: str) -> Path:
    """Create a program that only prints its version."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho '{version}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("nothing_installed")
def test_the_error_without_a_server_says_what_to_do() -> None:
    runs, why = mariadb.plan(ELSEWHERE)
    assert not runs
    assert "install mariadb-server-core" in why
    assert "TEST_DATABASE_" in why


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("name", ["mariadbd", "mysqld"])
def test_an_unpacked_server_is_found_before_an_installed_one(tmp_path: Path, name: str) -> None:
    unpacked = program(tmp_path / "home/usr/sbin" / name, "mariadbd Ver 11.8.2-MariaDB")
    installed = program(tmp_path / "bin/mariadbd", "mariadbd Ver 10.11.6-MariaDB")
    path = {"PATH": str(installed.parent)}
    assert mariadb.find(path) == installed
    assert mariadb.find({**path, "MARIADB_HOME": str(tmp_path / "home")}) == unpacked


@pytest.mark.usefixtures("nothing_installed")
def test_oracle_s_mysql_is_not_accepted(tmp_path: Path) -> None:
    program(tmp_path / "bin/mysqld", "mysqld Ver 8.4.2 for Linux on x86_64")
    assert mariadb.find({"PATH": str(tmp_path / "bin")}) is None


def test_a_running_server_is_used_when_the_settings_name_one() -> None:
    runs, where = mariadb.plan({**ELSEWHERE, "TEST_DATABASE_DRIVER": "mysql"})
    assert (runs, where) == (True, "the running server at localhost, database badgekit_test")
    address = mariadb.given(
        mariadb.config.Settings(
            environ={
                "TEST_DATABASE_DRIVER": "mysql",
                "TEST_DATABASE_HOST": "db:3307",
                "TEST_DATABASE_USER": "u",
                "TEST_DATABASE_PASSWORD": "p",
                "TEST_DATABASE_DATABASE": "d",
            },
            file=Path("/nowhere"),
        )
    )
    assert address == mariadb.Address("db:3307", "u", "p", "d")


def test_other_kinds_of_database_are_refused() -> None:
    assert mariadb.plan({"TEST_DATABASE_DRIVER": "oracle"}) == (
        False,
        "TEST_DATABASE_DRIVER must be `mysql` or unset",
    )


@pytest.mark.parametrize(
    ("environ", "required"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"CI": "false"}, False),
        ({"REQUIRE_MARIADB": "1"}, True),
        ({"REQUIRE_MARIADB": "0"}, False),
    ],
)
def test_a_missing_server_fails_where_it_is_required(
    environ: dict[str, str], required: bool
) -> None:
    assert mariadb.is_required(environ) is required


def test_the_error_of_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "mariadbd"
    broken.write_text("#!/bin/sh\necho 'cannot do it' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(mariadb.NoServerError, match="cannot do it"):
        mariadb.Server(broken).start()


def test_the_socket_s_path_is_short_even_in_a_long_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    server = mariadb.Server(Path("/nowhere"))
    assert len(str(server.socket)) <= mariadb.LONGEST_SOCKET_PATH
    folder = server.socket.parent
    server.stop()
    assert not folder.exists()
    assert os.listdir(long) == []
