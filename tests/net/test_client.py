"""Requests to URLs that others chose: which are refused, and what is sent there.

Servers are real ones on the loopback address; `ALLOW_PRIVATE_ADDRESSES` lets requests reach
them, and the resolver gives them names.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from chalicelib.net import client
from chalicelib.net.client import Refused, Unreachable
from tests.servers import LOOPBACK, OK, unused_port


def never(host: str, port: int) -> list[tuple[str, int]]:
    raise AssertionError(f"{host} was looked up")


# Requests and responses


def test_a_response_has_a_status_headers_and_content(private: None, serve: Any) -> None:
    server = serve(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\nno such thing")
    answer = client.request("GET", server.url)
    assert (answer.status, answer.content) == (404, b"no such thing")
    assert answer.headers["content-type"] == "text/plain"


def test_the_request_goes_to_the_resolved_address_with_the_url_s_host(
    private: None, serve: Any
) -> None:
    server = serve(OK + b"Content-Length: 0\r\n\r\n")
    client.request("GET", "http://Badges.Example.org:8080/a%20b/ü?q=ü#part", resolve=server.resolve)
    line, *headers = server.requests[0].decode().split("\r\n")
    assert line == "GET /a%20b/%C3%BC?q=%C3%BC HTTP/1.1"
    assert "Host: badges.example.org:8080" in headers


def test_a_body_and_headers_are_sent(private: None, serve: Any) -> None:
    server = serve(OK + b"Content-Length: 0\r\n\r\n")
    client.request("POST", server.url, body=b'{"a":1}', headers={"X-Event": "award"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b'{"a":1}'
    assert b"X-Event: award" in head
    assert b"Content-Length: 7" in head


def test_a_chunked_body_is_decoded(private: None, serve: Any) -> None:
    server = serve(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"
    )
    assert client.request("GET", server.url).content == b"abcde"


def test_a_body_may_be_as_large_as_the_limit(private: None, serve: Any) -> None:
    content = bytes(range(256)) * 8192
    server = serve(OK + b"\r\n", content)
    assert client.request("GET", server.url, limit=len(content)).content == content


def test_proxies_of_the_environment_are_not_used(
    private: None, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{LOOPBACK}:{unused_port()}")
    assert client.request("GET", serve(OK + b"\r\nhere").url).content == b"here"


def test_cookies_are_not_stored(private: None, serve: Any) -> None:
    server = serve(OK + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    client.request("GET", server.url)
    client.request("GET", server.url)
    assert b"cookie" not in server.requests[1].lower()


def test_the_module_s_resolver_is_the_default(
    private: None, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "resolver", serve(OK + b"\r\nhere").resolve)
    assert client.request("GET", "http://badges.example.org/").content == b"here"


# URLs that are refused

NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_host_name_must_not_resolve_to_a_private_address(address: str) -> None:
    with pytest.raises(Refused, match="not on the public internet"):
        client.request(
            "GET", "http://badges.example.org/", resolve=lambda host, port: [(address, port)]
        )


@pytest.mark.parametrize("address", [a for a in NOT_PUBLIC if "%" not in a])
def test_a_url_must_not_have_a_private_address(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused, match="not on the public internet"):
        client.request("GET", f"http://{host}/", resolve=never)


def test_one_private_address_among_public_ones_is_refused() -> None:
    mixed = [("93.184.216.34", 80), ("127.0.0.1", 80)]
    with pytest.raises(Refused, match="not on the public internet"):
        client.request("GET", "http://badges.example.org/", resolve=lambda *_: mixed)


def test_an_invalid_address_is_not_public() -> None:
    with pytest.raises(Refused, match="not on the public internet"):
        client.request("GET", "http://badges.example.org/", resolve=lambda *_: [("x", 80)])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[tuple[str, int]] = []

    def refuse(where: tuple[str, int], timeout: float) -> None:
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unreachable):
        client.request(
            "GET", "https://badges.example.org/", resolve=lambda host, port: [(address, port)]
        )
    assert reached == [(address, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "badges.example.org",
        "//badges.example.org/",
        "ftp://badges.example.org/",
        "file:///etc/passwd",
        "gopher://badges.example.org/",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://:80/",
        "http://badges.example.org:0/",
        "http://badges.example.org:65536/",
        "http://badges.example.org:http/",
        "http://ada@badges.example.org/",
        "http://badges.example.org@127.0.0.1/",
        "http://badges.example.org:80@127.0.0.1/",
        "http://badges.example.org\\@127.0.0.1/",
        "http://badges.example.org/ HTTP/1.1",
        "http://badges.example.org/\r\nX-Injected: yes",
        "http://bad\tges.example.org/",
        "\x00http://badges.example.org/",
        "http://badges..example.org/",
        "http://.example.org/",
        "http://badges.exa%6dple.org/",
        "http://badges!.example.org/",
        f"http://{'a' * 64}.example.org/",
        f"http://{'a.' * 127}org/",
        "http://[::1/",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.x]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1.1/",
        "http://1.2.3.256/",
        "http://example.0x/",
        "http://\ud800.example.org/",
        "http://badges.example.org/\ud800",
    ],
)
def test_ambiguous_urls_are_refused(url: str) -> None:
    with pytest.raises(Refused, match="cannot be used") as refusal:
        client.request("GET", url, resolve=never)
    assert refusal.value.status == 400


FULL_WIDTH = "\uff11\uff12\uff17.\uff10.\uff10.\uff11"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1.", FULL_WIDTH, "127\u30020\u30020\u30021"]
)
def test_other_spellings_of_a_private_address_are_refused(host: str) -> None:
    with pytest.raises(Refused, match=r"127\.0\.0\.1 is not on the public internet"):
        client.request("GET", f"http://{host}/", resolve=never)


def test_international_host_names_are_resolved_in_ascii(private: None, serve: Any) -> None:
    server = serve(OK + b"\r\n")
    client.request("GET", "http://bücher.example./", resolve=server.resolve)
    assert b"Host: xn--bcher-kva.example\r\n" in server.requests[0]


@pytest.mark.parametrize("status", [299, 400])
def test_other_statuses_are_no_redirects(status: int, private: None, serve: Any) -> None:
    server = serve(f"HTTP/1.1 {status} Here\r\nLocation: /elsewhere\r\n\r\nhere".encode())
    answer = client.request("GET", server.url)
    assert (answer.status, answer.content) == (status, b"here")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_redirects_are_not_followed(status: int, private: None, serve: Any) -> None:
    target = serve(OK + b"\r\nsecret")
    server = serve(f"HTTP/1.1 {status} Elsewhere\r\nLocation: {target.url}\r\n\r\n".encode())
    with pytest.raises(Refused, match="redirects"):
        client.request("GET", server.url)
    assert target.requests == []


# Failed name lookups


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Refused),
        (socket.gaierror(socket.EAI_NODATA, "no address"), Refused),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), Unreachable),
        (OSError("no network"), Unreachable),
    ],
)
def test_lookup_errors_are_permanent_or_temporary(problem: OSError, error: type[Exception]) -> None:
    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        raise problem

    with pytest.raises(error):
        client.request("GET", "http://badges.example.org/", resolve=resolve)


def test_a_name_without_addresses_is_unknown() -> None:
    with pytest.raises(Refused, match=r"server name .* does not exist"):
        client.request("GET", "http://badges.example.org/", resolve=lambda *_: [])


def test_the_time_limit_covers_name_lookups() -> None:
    answered = threading.Event()

    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        answered.wait()
        return []

    with pytest.raises(Unreachable, match="in time"):
        client.request("GET", "http://badges.example.org/", seconds=0.05, resolve=resolve)
    answered.set()
