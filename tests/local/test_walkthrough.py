"""`make walkthrough` prints a message about what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.servers import unused_port

ROOT = Path(__file__).parents[2]
SECRET = {"OPENBADGER_SECRET": "the-master-s-secret"}


def walk(folder: Path, **environ: str) -> str:
    """Run the walkthrough, which must fail with a message; return the message."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "docs/walkthrough.py"],
        env={**kept, "LOCAL_STATE": str(folder), "NO_PROXY": "*", **environ},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 2
    return done.stderr.strip()


@contextmanager
def answering(status: int, body: bytes | None) -> Iterator[str]:
    """Serve the same response to all requests, or disconnect; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if body is not None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Do not log requests."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_was_ever_started(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    assert walk(tmp_path) == (
        f"{file} is missing: start `make run` first, or set LOCAL_STATE to its folder."
    )


def test_the_secret_is_only_in_the_environment_of_make_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"API_SECRET": "another"}')
    assert walk(tmp_path).endswith("Set OPENBADGER_SECRET to the same value here.")


def test_the_kept_settings_are_invalid(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    assert walk(tmp_path).startswith(f"{tmp_path / 'config.json'} cannot be read: ")


def test_nothing_runs_at_the_address(tmp_path: Path) -> None:
    port = unused_port()
    words = walk(tmp_path, **SECRET, PORT=str(port))
    assert words.startswith(f"http://localhost:{port} does not respond (")
    assert words.endswith("Connection refused): is `make run` running?")


def test_the_address_is_invalid(tmp_path: Path) -> None:
    assert walk(tmp_path, **SECRET, PERSONA_AUDIENCE="localhost:3000") == (
        "PERSONA_AUDIENCE must be an address such as http://localhost:3000, and is localhost:3000."
    )


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, None, "does not respond"),
        (200, b"<h1>It works!</h1>", "is not BadgeKit's API"),
        (404, b"[]", "is not BadgeKit's API"),
        (500, b'{"code":"Internal","message":"Broken"}', "Internal: Broken"),
        (
            403,
            b'{"code":"NotAuthorized","message":"Invalid signature"}',
            "Set OPENBADGER_SECRET to the master secret of the server.",
        ),
    ],
    ids=["hangs up", "a web site", "another API", "an error", "another secret"],
)
def test_the_response_is_unusable(
    tmp_path: Path, status: int, body: bytes | None, words: str
) -> None:
    with answering(status, body) as address:
        assert words in walk(tmp_path, **SECRET, PERSONA_AUDIENCE=address)


def test_the_environment_overrides_kept_settings(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"OPENBADGER_SECRET": "kept"}))
    with answering(403, b'{"code":"NotAuthorized","message":"No"}') as address:
        assert "NotAuthorized: No" in walk(tmp_path, PERSONA_AUDIENCE=f"{address}/")
