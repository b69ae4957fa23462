"""A small HTTP server in the role of API Gateway.

It converts each request to a REST proxy event (payload 1.0), calls the Lambda handler, and writes
status line, headers and body at once: two writes would delay each other on keep-alive connections.
"""

from __future__ import annotations

import base64
import email.errors
import json
import logging
import re
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

log = logging.getLogger("badgekit.local")

BAD_GATEWAY = {
    "statusCode": 502,
    "headers": {"Content-Type": "application/json"},
    "body": '{"message": "Internal server error"}',
}
LARGEST_BODY = 10 * 1024 * 1024  # bytes; API Gateway's limit
LONGEST_LINE, MOST_TRAILERS = 4096, 32  # of a body in chunks
SECONDS = 29  # API Gateway's timeout
# What the parser of mails finds in lines that are no headers. It also misses the parts of a
# multipart body, since it only gets the head.
NO_HEADERS = (
    email.errors.FirstHeaderLineIsContinuationDefect, email.errors.InvalidHeaderDefect,
    email.errors.MisplacedEnvelopeHeaderDefect, email.errors.MissingHeaderBodySeparatorDefect,
)  # fmt: skip

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Page = Callable[[str], "LocalResponse | None"]


@dataclass(frozen=True)
class LocalResponse:
    """A response from the local run itself, without calling the application."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    policy: str = "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'"


class Context:
    """Lambda's context object for one invocation.

    Parameters
    ----------
    name : str
        Name of the function.
    seconds : float
        Timeout.
    """

    memory_limit_in_mb = "512"

    def __init__(self, name: str, seconds: float = SECONDS) -> None:
        self.function_name = name
        self.aws_request_id = str(uuid.uuid4())
        self._until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the timeout."""
        return max(0, int((self._until - time.monotonic()) * 1000))


class _Refusal(Exception):
    """A request is rejected without calling the application."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def event_of(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    binary: tuple[str, ...],
    *,
    source: str = "127.0.0.1",
) -> dict[str, Any]:
    """Return API Gateway's event for a request.

    Parameters
    ----------
    method, target : str
        From the request line.
    headers : Mapping[str, str]
        The request's headers.
    body : bytes
        The request's body.
    binary : tuple[str, ...]
        Media types whose bodies are passed as base64; all others are decoded as text.
    source : str
        The client's IP address.
    """
    url = urlsplit(target)
    names = {name.lower(): value for name, value in headers.items()}
    kind = names.get("content-type", "").split(";")[0].strip().lower()
    is_binary = any(_matches(kind, pattern) for pattern in binary) if kind else False
    query = parse_qs(url.query, keep_blank_values=True)
    text = base64.b64encode(body).decode() if is_binary else body.decode("utf-8", "replace")
    return {
        "resource": "/{proxy+}",
        "path": url.path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": url.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/{proxy+}",
            "path": url.path,
            "stage": "local",
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": source},
        },
        "body": text or None,
        "isBase64Encoded": is_binary,
    }


def _matches(kind: str, pattern: str) -> bool:
    return kind == pattern or (pattern.endswith("/*") and kind.startswith(pattern[:-1]))


class HttpServer(ThreadingHTTPServer):
    """An HTTP server on the loopback address that calls a Lambda handler.

    Parameters
    ----------
    port : int
        Port to listen on; 0 chooses a free one.
    handler : Handler
        The Lambda handler.
    pages : Page, optional
        Returns pages of the local run itself, and None for the application's paths.
    binary : tuple[str, ...]
        Media types that count as binary.

    Raises
    ------
    OSError
        If the port is taken.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self,
        port: int,
        handler: Handler,
        pages: Page | None = None,
        binary: tuple[str, ...] = (),
    ) -> None:
        self.handler = handler
        self.pages = pages
        self.binary = binary
        super().__init__(("127.0.0.1", port), _Connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="http")

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"http://localhost:{self.server_port}"

    def start(self) -> None:
        """Start serving in a new thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect in the middle of a request."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "BadgeKit"
    sys_version = ""
    wbufsize = -1  # buffered: a response is sent in one piece, at the flush
    timeout = 65

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def _handle(self) -> None:
        try:
            body = self._body()
        except _Refusal as refusal:
            self.close_connection = True
            text = json.dumps({"code": refusal.status.phrase, "message": str(refusal)})
            headers = [("Content-Type", "application/json"), ("Connection", "close")]
            self._send(refusal.status, headers, text.encode())
            return
        page = self._page()
        if page is not None:
            headers = [
                ("Content-Type", page.media_type),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", page.policy),
            ]
            self._send(page.status, headers, page.body)
            return
        headers_in = {name: ",".join(self.headers.get_all(name, [])) for name in self.headers}
        event = event_of(
            self.command,
            self.path,
            headers_in,
            body,
            self.server.binary,
            source=self.client_address[0],
        )
        try:
            answer = self.server.handler(event, Context("http"))
        except Exception:
            log.exception("the handler of %s %s failed", self.command, self.path)
            answer = BAD_GATEWAY
        content = answer.get("body") or ""
        if isinstance(content, str):
            content = (
                base64.b64decode(content)
                if answer.get("isBase64Encoded")
                else content.encode("utf-8")
            )
        many = answer.get("multiValueHeaders") or {}
        single = answer.get("headers") or {}
        headers = [(name, value) for name, value in single.items() if name not in many]
        headers += [(name, value) for name, values in many.items() for value in values]
        self._send(answer["statusCode"], headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815

    def _page(self) -> LocalResponse | None:
        """Return a page of the local run itself, but only for a Host name of this machine.

        Any other name may be an attempt by a website to read the mails through DNS rebinding.
        """
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if self.server.pages is None or host not in ("localhost", "127.0.0.1", "::1"):
            return None
        return self.server.pages(self.path)

    def _body(self) -> bytes:
        # Two lengths, or lines that are no headers, would let a body pass for the next request.
        encodings = self.headers.get_all("Transfer-Encoding", [])
        lengths = self.headers.get_all("Content-Length", [])
        is_damaged = any(isinstance(defect, NO_HEADERS) for defect in self.headers.defects)
        if is_damaged or len(lengths) + len(encodings) > 1:
            raise _Refusal(HTTPStatus.BAD_REQUEST, "The length of the body is not clear")
        if encodings:
            if encodings[0].strip().lower() != "chunked":
                raise _Refusal(HTTPStatus.BAD_REQUEST, "The length of the body is not clear")
            return self._chunks()
        text = (lengths or ["0"])[0].strip()
        if not (text.isascii() and text.isdigit()):
            raise _Refusal(HTTPStatus.BAD_REQUEST, "Content-Length must be a number")
        # Python reads no numbers of thousands of digits, which are too large anyway.
        size = int(text.lstrip("0")[:20] or "0")
        self._check_size(size)
        return self.rfile.read(size)

    def _check_size(self, size: int) -> None:
        if size > LARGEST_BODY:
            raise _Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body must not be larger than 10 MB"
            )

    def _chunks(self) -> bytes:
        """Return a body that comes in chunks (RFC 9112, 7.1), without its trailer fields."""
        body = bytearray()
        while size := self._chunk_size():
            self._check_size(len(body) + size)
            body += self.rfile.read(size)
            if self._line():
                raise _Refusal(HTTPStatus.BAD_REQUEST, "A chunk is longer than it says")
        for _ in range(MOST_TRAILERS):
            if not self._line():
                return bytes(body)
        raise _Refusal(HTTPStatus.BAD_REQUEST, "The body has too many trailer fields")

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            raise _Refusal(HTTPStatus.BAD_REQUEST, "The size of a chunk must be a number")
        return int(digits, 16)

    def _line(self) -> bytes:
        line = self.rfile.readline(LONGEST_LINE)
        if not line.endswith(b"\r\n"):
            raise _Refusal(HTTPStatus.BAD_REQUEST, "The chunks of the body cannot be read")
        return line[:-2]

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        # The application's response to HEAD says how long the body of GET is, and 204 has none.
        is_known = any(name.lower() == "content-length" for name, _ in headers)
        if not is_known and status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Do not log requests."""
