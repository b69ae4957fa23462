"""Requests to URLs that others chose: servers that misbehave, size and time limits, TLS."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib.net import client
from chalicelib.net.client import Refused, Unreachable
from tests.servers import LOOPBACK, OK, Behave, read_request, unused_port

# Servers that misbehave


def test_no_server_listens(private: None) -> None:
    with pytest.raises(Unreachable, match="does not accept connections"):
        client.request("GET", f"http://{LOOPBACK}:{unused_port()}/")


def test_the_next_address_is_tried_after_a_refused_connection(private: None, serve: Any) -> None:
    server = serve(OK + b"\r\nhere")
    addresses = [(LOOPBACK, unused_port()), (LOOPBACK, server.port)]
    answer = client.request("GET", "http://badges.example.org/", resolve=lambda *_: addresses)
    assert answer.content == b"here"


def trickle(head: bytes, stop: threading.Event) -> Behave:
    """Send a head, and then single bytes, each within a socket's timeout."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        while not stop.wait(0.01):
            connection.sendall(b"x")

    return behave


@pytest.mark.parametrize(
    "head",
    [b"", OK, OK + b"X-Header: ", OK + b"\r\n", OK + b"Content-Length: 99999\r\n\r\n"],
    ids=["status line", "headers", "one header", "body", "announced body"],
)
def test_the_time_limit_covers_a_slow_response(head: bytes, private: None, serve: Any) -> None:
    stop = threading.Event()
    server = serve(behave=trickle(head, stop))
    with pytest.raises(Unreachable, match="in time"):
        client.request("GET", server.url, seconds=0.2)
    stop.set()


def test_the_time_limit_covers_a_server_that_does_not_read(private: None) -> None:
    with (
        closing(socket.create_server((LOOPBACK, 0))) as listener,
        pytest.raises(Unreachable, match="in time"),
    ):
        client.request(
            "POST",
            f"http://{LOOPBACK}:{listener.getsockname()[1]}/",
            body=bytes(32 * 1024 * 1024),
            seconds=0.2,
        )


def test_nothing_is_sent_after_the_time_limit_to_a_server_that_reads_slowly(
    private: None,
) -> None:
    stop, body, read = threading.Event(), bytes(32 * 1024 * 1024), bytearray()

    def behave() -> None:
        connection, _ = listener.accept()
        with closing(connection):
            while not stop.wait(0.01) and (piece := connection.recv(64 * 1024)):
                read.extend(piece)

    with closing(socket.create_server((LOOPBACK, 0))) as listener:
        threading.Thread(target=behave, daemon=True).start()
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
        with pytest.raises(Unreachable, match="in time"):
            client.request("POST", url, body=body, seconds=0.2)
    assert len(read) < len(body) / 2
    stop.set()


def test_the_time_limit_covers_connecting(private: None, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def wait(where: tuple[str, int], timeout: float) -> None:
        waits.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", wait)
    with pytest.raises(Unreachable, match="in time"):
        client.request("GET", f"http://{LOOPBACK}/", seconds=3)
    assert len(waits) == 1
    assert 0 < waits[0] <= 3


def test_a_closed_connection_is_no_response(private: None, serve: Any) -> None:
    with pytest.raises(Unreachable, match="properly"):
        client.request("GET", serve().url)


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xfe\x00 not HTTP at all\r\n\r\n",
        b"HTTP/1.1 abc Huh\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_a_response_that_is_not_http_is_an_error(answer: bytes, private: None, serve: Any) -> None:
    with pytest.raises(Unreachable, match="properly"):
        client.request("GET", serve(answer).url)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 10\r\n\r\nshort",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_response_shorter_than_its_length_is_an_error(
    answer: bytes, private: None, serve: Any
) -> None:
    with pytest.raises(Unreachable):
        client.request("GET", serve(answer).url)


def test_bytes_after_the_content_length_are_not_read(private: None, serve: Any) -> None:
    server = serve(OK + b"Content-Length: 2\r\n\r\nabcdef")
    assert client.request("GET", server.url, limit=3).content == b"ab"


# Size limits


@pytest.mark.parametrize("head", [OK, OK + b"Content-Length: 4\r\n"])
def test_a_response_as_large_as_the_limit_is_accepted(
    head: bytes, private: None, serve: Any
) -> None:
    server = serve(head + b"\r\nfour")
    assert client.request("GET", server.url, limit=4).content == b"four"
    with pytest.raises(Refused, match="larger than 3 bytes"):
        client.request("GET", server.url, limit=3)


def flood(head: bytes, piece: bytes) -> Behave:
    """Send a head and then the same piece until the client disconnects."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return behave


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (OK + b"\r\n", bytes(4096)),
        (OK + b"Content-Length: 101\r\n\r\n", bytes(101)),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10\r\n0123456789abcdef\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", bytes(4096)),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n", bytes(4096)),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["endless", "announced", "endless chunks", "negative chunk", "huge chunk", "never begins"],
)
def test_a_response_beyond_the_limit_is_refused(
    head: bytes, piece: bytes, private: None, serve: Any
) -> None:
    with pytest.raises(Refused, match=r"too large|larger than"):
        client.request("GET", serve(behave=flood(head, piece)).url, limit=100)


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, and its key, for badges.example.org and 127.0.0.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "badges.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("badges.example.org"), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[tuple[int, list[str | None]]]:
    """A TLS server's port, and the host names that its clients sent."""
    server_names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: server_names.append(name)
    listener = socket.create_server((LOOPBACK, 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with closing(connection):
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        read_request(secured)
                        secured.sendall(OK + b"Content-Length: 6\r\n\r\nsecret")
                except OSError:
                    continue

    threading.Thread(target=run, daemon=True).start()
    yield listener.getsockname()[1], server_names
    listener.close()


def test_the_certificate_is_verified_for_the_host_name(
    private: None,
    secure_server: tuple[int, list[str | None]],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, server_names = secure_server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    answer = client.request(
        "GET", "https://badges.example.org/", resolve=lambda *_: [(LOOPBACK, port)]
    )
    assert answer.content == b"secret"
    assert server_names == ["badges.example.org"]
    with pytest.raises(Refused, match="certificate"):
        client.request("GET", "https://example.org/", resolve=lambda *_: [(LOOPBACK, port)])


def test_a_certificate_without_a_known_issuer_is_refused(
    private: None, secure_server: tuple[int, list[str | None]]
) -> None:
    port, _ = secure_server
    with pytest.raises(Refused, match="certificate"):
        client.request("GET", f"https://{LOOPBACK}:{port}/")


def test_a_server_without_tls_is_an_error(private: None) -> None:
    def answer() -> None:
        connection, _ = listener.accept()
        with closing(connection):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(65536)

    with closing(socket.create_server((LOOPBACK, 0))) as listener:
        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(Unreachable, match="properly"):
            client.request("GET", f"https://{LOOPBACK}:{listener.getsockname()[1]}/")


def test_the_tls_handshake_has_the_time_left_after_connecting() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    theirs.close()
    with closing(ours), pytest.raises(OSError):
        client._with_tls(ours, client._target("https://example.org/"), time.monotonic() + 3)
    assert 0 < (ours.gettimeout() or 0) <= 3


def test_the_time_limit_covers_the_tls_handshake(private: None) -> None:
    with (
        closing(socket.create_server((LOOPBACK, 0))) as listener,
        pytest.raises(Unreachable, match="in time"),
    ):
        client.request("GET", f"https://{LOOPBACK}:{listener.getsockname()[1]}/", seconds=0.2)
