"""Lambda's Invoke API on the loopback address, for functions written in Python.

moto runs functions only in Docker. Source: AWS Lambda's API reference, "Invoke", and its quotas:
6 MB for events and responses, which Lambda counts as 6,291,556 bytes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.servers import LOOPBACK

LARGEST = 6_291_556
TOO_LARGE = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "too large"}


class Context:
    """The part of Lambda's context that our handlers use.

    Parameters
    ----------
    milliseconds : int
        Time left before the timeout.
    """

    def __init__(self, milliseconds: int = 15_000) -> None:
        self._left = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left before the timeout."""
        return self._left


class Lambda:
    """An account's functions by name, and their calls: names and events."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[[Any], Any]] = {}
        self.calls: list[tuple[str, Any]] = []
        self.refuses: str | None = None  # code of the error that all calls return

    def invoke(self, name: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Call a function; return the status, headers and content of the response."""
        if code := self.refuses:
            return 429, {"x-amzn-ErrorType": code}, {"Message": "no"}
        if name not in self.functions:
            return 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, {"Message": name}
        if len(body) > LARGEST:
            return 413, {"x-amzn-ErrorType": "RequestTooLargeException"}, {"message": "large"}
        event = json.loads(body)
        self.calls.append((name, event))
        unhandled = {"X-Amz-Function-Error": "Unhandled"}
        try:
            answer = self.functions[name](event)
        except Exception as problem:
            return 200, unhandled, {"errorType": type(problem).__name__, "errorMessage": "?"}
        if len(json.dumps(answer)) > LARGEST:
            return 200, unhandled, TOO_LARGE
        return 200, {}, answer


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    account: Lambda


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Handle `POST /2015-03-31/functions/NAME/invocations`."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        *_, name, what = self.path.split("/")
        assert what == "invocations"
        assert self.headers["X-Amz-Invocation-Type"] == "RequestResponse"
        status, headers, answer = self.server.account.invoke(unquote(name), body)
        content = json.dumps(answer).encode()
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *words: Any) -> None:
        """Log nothing."""


@contextmanager
def serving() -> Iterator[tuple[Lambda, str]]:
    """Yield an account without functions, and the URL of its API."""
    with _Server((LOOPBACK, 0), _Handler) as server:
        server.account = Lambda()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.account, f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()
