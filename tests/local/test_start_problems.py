"""`make run` prints why it does not start, exits, and can be interrupted at any time."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local import aws_mocks
from infra.local.state import State
from tests.cases import every
from tests.servers import unused_port

ROOT = Path(__file__).parents[2]
SECONDS = 120


def command(folder: Path, *options: str, **environ: str) -> subprocess.Popen[str]:
    """Start the product."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, *options, "-m", "infra.local"],
        env={**kept, "LOCAL_STATE": str(folder), "PORT": str(unused_port()), **environ},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def refusal(folder: Path, **environ: str) -> str:
    """Start the product, which must exit with one line about the reason; return the line."""
    process = command(folder, **environ)
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == 1, err
    assert out == ""
    *before, words = err.splitlines()
    assert all(line.startswith("INFO badgekit: ") for line in before), err
    return words


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is in use."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.slow
def test_a_port_in_use_is_reported_with_how_to_choose_another(tmp_path: Path, taken: int) -> None:
    assert refusal(tmp_path / "state", PORT=str(taken)) == (
        f"Port {taken} is taken; choose another: make run ARGS='--port 3456'"
    )


def test_an_invalid_port_is_rejected(tmp_path: Path) -> None:
    words = "the setting PORT must be a number from 1 to 65535"
    assert refusal(tmp_path / "state", PORT="65536") == words


@pytest.mark.slow
def test_an_unreachable_database_ends_it(tmp_path: Path) -> None:
    words = refusal(
        tmp_path / "state", DATABASE_DRIVER="mysql", DATABASE_HOST="127.0.0.1",
        DATABASE_PORT=str(unused_port()), DATABASE_USER="badgekit", DATABASE_PASSWORD="secret",
        DATABASE_DATABASE="badgekit",
    )  # fmt: skip
    assert words.startswith("The database cannot be used: Can't connect to MySQL server")
    assert words.endswith("see the settings DATABASE_*")


def test_an_unusable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file") == (
        f"{tmp_path / 'file'} cannot be used: File exists; set LOCAL_STATE to another folder"
    )


def test_a_second_run_on_the_same_folder_is_rejected(tmp_path: Path) -> None:
    import fcntl

    folder = State([], {"LOCAL_STATE": str(tmp_path)}).folder
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert refusal(folder) == (
            f"Another run uses {folder}; stop it, or set LOCAL_STATE to another folder"
        )


def test_ctrl_c_while_it_is_still_loading_leaves_no_traceback(tmp_path: Path) -> None:
    process = command(tmp_path / "state", "-X", "importtime")
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if line.endswith(" chalicelib.config\n"):
                break
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert "Traceback" not in rest
    assert "KeyboardInterrupt" not in rest
    assert process.returncode in (0, -signal.SIGINT)


def in_sqlite(folder: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / "badgekit.sqlite3")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def garbage_database(folder: Path) -> str:
    (folder / "badgekit.sqlite3").write_bytes(b"not a database " * 500)
    return f"The database {folder}/badgekit.sqlite3 is damaged: file is not a database. Restore it"


def database_with_a_hole(folder: Path) -> str:
    rows = ", ".join(["(randomblob(900))"] * 200)
    in_sqlite(folder, "CREATE TABLE t (b)", f"INSERT INTO t VALUES {rows}")
    with (folder / "badgekit.sqlite3").open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 30_000)
    return f"The database {folder}/badgekit.sqlite3 is damaged: "


def database_of_a_newer_version(folder: Path) -> str:
    in_sqlite(
        folder,
        "CREATE TABLE schema_migration (name TEXT PRIMARY KEY, applied_at TEXT)",
        "INSERT INTO schema_migration VALUES ('9999_later', '2030-01-01')",
    )
    return (
        f"The database {folder}/badgekit.sqlite3 was used by a newer version of BadgeKit "
        "(9999_later). Use that version. "
    )


def bad_json(folder: Path) -> str:
    (folder / "config.json").write_text('{"COOKIE_SECRET": ')
    return f"{folder}/config.json cannot be read as JSON: "


def bytes_that_are_no_text(folder: Path) -> str:
    (folder / "config.json").write_bytes(b"\xff\xfe{}")
    return f"{folder}/config.json cannot be read as JSON: "


def list_instead_of_an_object(folder: Path) -> str:
    (folder / "config.json").write_text("[]")
    return f"{folder}/config.json must hold one JSON object"


def file_instead_of_a_folder(folder: Path) -> str:
    (folder / "mail").write_text("x")
    return f"{folder}/mail cannot be used: "


def folder_instead_of_the_database(folder: Path) -> str:
    (folder / "badgekit.sqlite3").mkdir()
    return f"The database {folder}/badgekit.sqlite3 is damaged: unable to open database file. "


def object_without_its_type(folder: Path) -> str:
    (folder / "s3" / "badgekit-images").mkdir(parents=True)
    (folder / "s3" / "badgekit-images" / "a.object").write_text("x")
    return f"{folder}/s3/badgekit-images/a.type cannot be used: No such file or directory. Restore"


DAMAGES = [
    garbage_database, database_with_a_hole, database_of_a_newer_version, bad_json,
    bytes_that_are_no_text, list_instead_of_an_object, file_instead_of_a_folder,
    folder_instead_of_the_database, object_without_its_type,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_damage_is_reported_with_its_place_and_what_to_do(
    tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    beginning = damage(tmp_path)
    words = refusal(tmp_path)
    assert words.startswith(beginning)
    assert "ove it away" in words


@pytest.mark.parametrize("secret", ["", "  ", "fifteen-letters"])
def test_blank_and_short_secrets_end_it(tmp_path: Path, secret: str) -> None:
    words = refusal(tmp_path, API_SECRET=secret)
    assert words.startswith("the setting API_SECRET ")
    assert not (tmp_path / "config.json").exists()


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_printed_and_nothing_started(tmp_path: Path, option: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local", option], env={"LOCAL_STATE": str(tmp_path / "state")},
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    assert "--port NUMBER" in done.stdout
    assert "docs/settings.md" in done.stdout
    assert not (tmp_path / "state").exists()


@every(text=[b"", b"junk", b"-1", b"70000", b"9" * 5000, b"\xff", "\u0663".encode(), None])
def test_a_port_that_is_none_is_replaced(text: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "stand-ins.port"
        if text is not None:
            kept.write_bytes(text)
        assert aws_mocks._kept_port(kept) == 0


# Runs `infra.local` with a part of it that hangs; it prints a line when it does.
HANGING = """
import runpy, sys, threading
from infra.local import __main__ as local, stopping

def hang(*_):
    print("hangs", flush=True)
    threading.Event().wait()

stopping.GRACE_SECONDS = 0.1
sys.argv = ["infra.local"]
{change}
local.main()
"""
START = "local.prepare_database = hang"
WORKER = """
class Hung:
    start = lambda self: None
    stop = hang
local.workers_of = lambda urls: Hung()
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("change", "sign", "words"),
    [
        (START, "hangs", "Stopped while starting"),
        (WORKER, "Press Ctrl-C", "a worker was still busy"),
    ],
)
def test_signals_end_it_whatever_hangs(
    tmp_path: Path, number: signal.Signals, change: str, sign: str, words: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING.format(change=change)],
        env={"LOCAL_STATE": str(tmp_path), "PORT": str(unused_port()), "PATH": os.environ["PATH"]},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith(sign):
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert words in out, err
    assert "Traceback" not in err
    assert process.returncode == 128 + number
