"""The HTTP server: API Gateway's events, responses in one write, and limits."""

from __future__ import annotations

import functools
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.public.routes import routes
from chalicelib.web.application import BadgeKit
from infra.local.http_server import LARGEST_BODY, HttpServer, LocalResponse, event_of
from tests.cases import every


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["path"] == "/healthcheck":
        return application()(event, context)  # type: ignore[no-any-return]
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": json.dumps({**event, "left": context.get_remaining_time_in_millis()}),
        "isBase64Encoded": False,
    }


@functools.cache
def application() -> Any:
    app = BadgeKit(app_name="badgekit")
    app.register_blueprint(routes)
    return app


@pytest.fixture
def server() -> Iterator[HttpServer]:
    def pages(target: str) -> LocalResponse | None:
        return LocalResponse(b"mails") if target.startswith("/local/") else None

    server = HttpServer(0, echo, pages, ("image/*", "application/octet-stream"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connection(server: HttpServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    yield connection
    connection.close()


def test_a_request_becomes_a_proxy_event(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/a%20b/c?x=1&x=2&y=", b"hello", {"Content-Type": "text/plain"})
    event = json.loads(connection.getresponse().read())
    assert event["path"] == "/a%20b/c"
    assert event["httpMethod"] == event["requestContext"]["httpMethod"] == "POST"
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert event["queryStringParameters"] == {"x": "2", "y": ""}
    assert (event["body"], event["isBase64Encoded"]) == ("hello", False)
    assert event["left"] > 0


def test_binary_bodies_are_passed_as_base64_and_others_as_text() -> None:
    png = event_of("PUT", "/", {"Content-Type": "image/png"}, b"\x89PNG", ("image/*",))
    assert (png["body"], png["isBase64Encoded"]) == ("iVBORw==", True)
    broken = event_of("PUT", "/", {"Content-Type": "text/plain"}, b"\xff", ("image/*",))
    assert (broken["body"], broken["isBase64Encoded"]) == ("�", False)
    assert event_of("GET", "/", {}, b"", ())["multiValueQueryStringParameters"] is None
    elsewhere = event_of("GET", "/", {}, b"", (), source="127.0.0.9")
    assert elsewhere["requestContext"]["identity"] == {"sourceIp": "127.0.0.9"}


def test_a_keep_alive_connection_serves_many_requests_with_all_cookies(
    connection: http.client.HTTPConnection,
) -> None:
    for _ in range(3):
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_head_and_body_are_sent_in_one_write(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), 10) as raw:
        raw.sendall(b"GET /local/mailbox HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = raw.recv(65_536)
    assert first.endswith(b"\r\n\r\nmails")


def test_head_has_the_length_of_get_without_its_body(
    connection: http.client.HTTPConnection,
) -> None:
    for path in ("/local/mailbox", "/healthcheck"):
        connection.request("HEAD", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert answer.read() == b""
        lengths = answer.headers.get_all("Content-Length")
        connection.request("GET", path, headers={"Host": "localhost"})
        body = connection.getresponse().read()
        assert lengths == [str(len(body))]
        assert body


def test_a_preflight_has_no_body_and_no_length(connection: http.client.HTTPConnection) -> None:
    connection.request("OPTIONS", "/healthcheck", headers={"Origin": "https://x.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.headers["Content-Length"]) == (204, b"", None)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(LARGEST_BODY + 1)}, 413),
        ({"Content-Length": "9" * 5000}, 413),
        ({"Content-Length": "-1"}, 400),
        ({"Content-Length": "many"}, 400),
        ({"Transfer-Encoding": "gzip, chunked"}, 400),
        ({"Transfer-Encoding": "chunked", "Content-Length": "5"}, 400),
    ],
)
def test_bodies_without_a_valid_length_are_rejected(
    connection: http.client.HTTPConnection, headers: dict[str, str], status: int
) -> None:
    connection.putrequest("POST", "/")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == status
    assert json.loads(answer.read())["message"]
    assert answer.headers["Connection"] == "close" or answer.will_close


@every(
    lines=[
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 5\r\ncontent-length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length : 5\r\n",
        "Content-Length: 0\r\nno header\r\nContent-Length: 5\r\n",
    ]
)
def test_a_request_with_two_lengths_is_refused_and_its_body_is_no_request(lines: str) -> None:
    server = HttpServer(0, echo)
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", server.server_port), 10) as raw:
            head = f"POST / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"
            raw.sendall(head.encode() + b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
            raw.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    finally:
        server.stop()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"The length of the body is not clear" in answer or b"must be a number" in answer


@every(media_type=["multipart/form-data; boundary=x", "multipart/form-data", "message/rfc822"])
def test_a_form_with_files_is_read(media_type: str) -> None:
    server = HttpServer(0, echo)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request("POST", "/", b"--x--", {"Content-Type": media_type})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["body"]) == (200, "--x--")
    finally:
        connection.close()
        server.stop()


def chunked(server: HttpServer, body: bytes) -> bytes:
    """Return the response to a body that is sent as it is, and announced as chunks."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.server_port), 10) as raw:
        raw.sendall(head + body)
        raw.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: raw.recv(65_536), b""))


def test_a_body_in_chunks_is_read_whole(connection: http.client.HTTPConnection) -> None:
    for parts in ([b"hel", b"lo"], [b""], [b"x" * 70_000, b"y"]):
        connection.request("POST", "/", iter(parts), {"Content-Type": "text/plain"})
        event = json.loads(connection.getresponse().read())
        assert event["body"] == (b"".join(parts).decode() or None)


def test_extensions_and_trailer_fields_of_chunks_are_ignored(server: HttpServer) -> None:
    answer = chunked(server, b"5;a=b\r\nhello\r\n0\r\nExpires: never\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["body"] == "hello"


@every(
    case=[
        (b"%x\r\nhello" % (LARGEST_BODY + 1), b"413"),
        (b"%x\r\n" % LARGEST_BODY + b"x" * LARGEST_BODY + b"\r\n1\r\n", b"413"),
        (b"FFFFFFFFF\r\n", b"400"),
        (b"-1\r\n", b"400"),
        (b"many\r\n", b"400"),
        (b"\r\n", b"400"),
        (b"5\r\nhello!\r\n0\r\n\r\n", b"400"),
        (b"5\r\nhel", b"400"),
        (b"5\nhello\n0\n\n", b"400"),
        (b"5;" + b"a" * 5000 + b"\r\nhello\r\n0\r\n\r\n", b"400"),
        (b"0\r\n" + b"A: b\r\n" * 40 + b"\r\n", b"400"),
    ]
)
def test_chunks_that_are_wrong_or_too_large_are_rejected(case: tuple[bytes, bytes]) -> None:
    server = HttpServer(0, echo)
    server.start()
    try:
        assert chunked(server, case[0]).split()[1] == case[1]
    finally:
        server.stop()


def test_mails_are_only_shown_under_this_machine_s_names(server: HttpServer) -> None:
    for host, shown in (("localhost", True), ("127.0.0.1:3000", True), ("evil.example", False)):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.request("GET", "/local/mailbox", headers={"Host": host})
        assert (connection.getresponse().read() == b"mails") is shown
        connection.close()


def test_a_handler_that_fails_is_a_bad_gateway() -> None:
    def broken(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise RuntimeError("no way")

    server = HttpServer(0, broken)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 502
    connection.close()
    server.stop()
