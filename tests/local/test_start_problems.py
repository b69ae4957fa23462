"""`make run` prints why it does not start, exits, and can be interrupted at any time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.state import State
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
