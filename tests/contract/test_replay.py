"""The recorded conversation with the original, word for word, on both databases.

A real server answers it, with its queues and workers, and the recording's own program compares.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
import pytest

from tests.contract import recording

SECRET = "a-master-secret-for-the-replay-only"
ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    """Run the whole product in a process of its own; yield where it is."""
    port = free_port()
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LOCAL_STATE": str(folder / "state"),
        "OPENBADGER_SECRET": SECRET,
        "OPENBADGER_SYSTEM": "chicago",
        "AUTO_AWARD": "false",  # the original waited for whoever heard of the review
        "PORT": str(port),
        **settings,
    }
    command = [sys.executable, "-B", "-m", "infra.local"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        wait_for(f"http://localhost:{port}/healthcheck", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(TIMEOUT_SECONDS)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # there is nothing to wait on before it listens
    pytest.fail("the server did not start")


@recording.needed
def test_nothing_differs_but_what_is_documented(
    bare_database: peewee.Database, settings: dict[str, str], tmp_path: Path
) -> None:
    database = {name: text for name, text in settings.items() if name.startswith("DATABASE_")}
    with running(tmp_path, database) as url:
        replay = subprocess.run(
            [
                sys.executable, str(recording.RECORDING / "replay.py"), "--base-url", url,
                "--master-secret", SECRET, "--webhook-port", str(free_port()),
                "--hook-wait", "10", "--timeout", "30",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    last = replay.stdout.splitlines()[-1:]
    log = (tmp_path / "log").read_text("utf-8", "replace")[-3000:]
    assert (replay.returncode, last) == (0, ["712 passed, 0 failed"]), replay.stdout + log
