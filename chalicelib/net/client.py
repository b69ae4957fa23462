"""SSRF-safe HTTP client, for all requests to URLs that users and other systems chose.

A URL must not reach hosts that only this machine can reach. Therefore all addresses of a host name
are checked before anything is sent, the connection goes to one of the checked addresses (the name
may resolve to others a moment later), and redirects are not followed (`redirects` makes a new
request for each). One time limit covers the whole request, and no response is read beyond its size
limit.

For functions without internet access, the courier makes the request, with the same code.
"""

from __future__ import annotations

import io
import ipaddress
import re
import socket
import string
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from chalicelib import VERSION, config, limits, web_addresses
from chalicelib.net import messages
from chalicelib.net.messages import (
    Forbidden,
    HttpRequest,
    HttpResponse,
    Redirected,
    Refused,
    Unreachable,
)

if TYPE_CHECKING:
    from concurrent.futures import Future
    from http.client import HTTPResponse

__all__ = [
    "Forbidden", "HttpResponse", "Redirected", "Refused", "Unreachable", "request", "send", "start_thread",
]  # fmt: skip

T = TypeVar("T")
Resolver = Callable[[str, int], list[tuple[str, int]]]

PORTS = {"http": 80, "https": 443}
ROOM_FOR_HEADERS = 128 * 1024  # bytes
CHUNK = 64 * 1024  # bytes

_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
# 127.1, 0x7f.1 or 2130706433: addresses to some parsers, names to others (WHATWG URL Standard,
# "ends-in-a-number checker").
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
# The only global unicast block of IPv6 that IANA has allocated; it excludes IPv4-mapped and NAT64
# addresses.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
# Networks that some releases of Python 3.11 take for global: protocol assignments, 6to4 and its
# relays, documentation.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)


@dataclass(frozen=True)
class _Target:
    """The parts of a URL: what to connect to, and what to request."""

    secure: bool
    host: str
    port: int
    authority: str
    path: str


def resolver(host: str, port: int) -> list[tuple[str, int]]:
    """Return the addresses and ports of a host name, from the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    limit: int | None = limits.FETCHED,
    seconds: float = 10.0,
    resolve: Resolver | None = None,
) -> HttpResponse:
    """Make a request to a URL that a user or another system chose.

    Parameters
    ----------
    method : str
        The method, such as ``GET``.
    url : str
        The URL; http or https, without a user name.
    body : bytes
        The request's body.
    headers : Mapping[str, str], optional
        Further headers.
    limit : int or None
        The most bytes that the response's body may have; None means that it is not read, and
        `HttpResponse.content` is empty.
    seconds : float
        Time limit of the whole request.
    resolve : Resolver, optional
        Returns the addresses of a host name; by default this module's `resolver`.

    Raises
    ------
    Refused
        If a retry cannot succeed: an invalid URL, a private address, an unknown host name, a
        redirect, an invalid certificate, or a response that is too large.
    Unreachable
        If a retry may succeed: no response, or none in time.
    """
    http_request = HttpRequest(method, url, body, headers or {}, limit, seconds)
    send_by_courier = messages.courier()
    if send_by_courier is None:
        return send(http_request, resolve)
    _target(url)  # an invalid URL need not be sent to the courier
    return send_by_courier(http_request)


def send(http_request: HttpRequest, resolve: Resolver | None = None) -> HttpResponse:
    """Make a request from this process, even if a courier is configured (see `request`)."""
    from http.client import HTTPException

    target = _target(http_request.url)
    deadline = time.monotonic() + http_request.seconds
    sock: socket.socket | None = None
    try:
        addresses = _addresses(target, resolve or resolver, deadline)
        sock = _connect(target, addresses, deadline)
        if target.secure:
            sock = _with_tls(sock, target, deadline)
        wire = _Wire(sock, deadline, most=2 * (http_request.limit or 0) + ROOM_FOR_HEADERS)
        return _read(_send(wire, target, http_request), target, http_request.limit)
    except TimeoutError as problem:
        raise Unreachable(f"{target.host} did not respond in time") from problem
    except (OSError, HTTPException) as problem:
        raise Unreachable(f"{target.host} did not respond properly") from problem
    finally:
        if sock is not None:
            sock.close()


def _target(url: str) -> _Target:
    try:
        return _parts(url)
    except ValueError as problem:
        raise Forbidden(
            "This address cannot be used: it must start with http:// or https:// and a server "
            "name, without a user name or spaces"
        ) from problem


def _parts(url: str) -> _Target:
    """Return the parts of a URL; refuse URLs that parsers read differently."""
    if _FORBIDDEN_CHARACTERS.search(url):
        raise ValueError("a character that URLs must not have")
    parts = urlsplit(url)
    if parts.scheme not in PORTS or "@" in parts.netloc or parts.port == 0:
        raise ValueError("another scheme, a user name, or port 0")
    host = _host(parts.hostname or "", is_ipv6="[" in parts.netloc)
    name = f"[{host}]" if ":" in host else host
    default_port = PORTS[parts.scheme]
    port = parts.port or default_port
    path = quote(parts.path or "/", safe=string.punctuation)
    query = quote(parts.query, safe=string.punctuation)
    return _Target(
        secure=parts.scheme == "https",
        host=host,
        port=port,
        authority=name if port == default_port else f"{name}:{port}",
        path=f"{path}?{query}" if query else path,
    )


def _host(text: str, *, is_ipv6: bool) -> str:
    """Return a URL's host, as a name in ASCII or an address in its canonical form."""
    if is_ipv6:
        if "%" in text:
            raise ValueError("a zone id is only valid on this machine")
        return str(ipaddress.IPv6Address(text))
    name = web_addresses.ascii_host(text).removesuffix(".")
    if _ENDS_IN_A_NUMBER.fullmatch(name):
        return str(ipaddress.IPv4Address(name))
    if not _HOST_NAME.fullmatch(name):
        raise ValueError("not a host name")
    return name


def _addresses(target: _Target, resolve: Resolver, deadline: float) -> list[tuple[str, int]]:
    """Return the addresses of the target, after checking that all of them are allowed."""
    found = [(target.host, target.port)]
    if not _is_address(target.host):
        try:
            found = _in_time(lambda: resolve(target.host, target.port), deadline)
        except socket.gaierror as problem:
            if problem.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
                raise Refused(f"The server name {target.host} does not exist") from problem
            raise Unreachable(
                f"The server name {target.host} cannot be looked up right now"
            ) from problem
    if not found:
        raise Refused(f"The server name {target.host} does not exist")
    if not config.settings().flag("ALLOW_PRIVATE_ADDRESSES") and not all(
        _is_public(address) for address, _ in found
    ):
        raise Forbidden(f"{target.host} is not on the public internet")
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(text: str) -> bool:
    """Return whether an address is reachable from anywhere on the internet."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_IPV6:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _SPECIAL)
    )


def _in_time(work: Callable[[], T], deadline: float) -> T:
    """Return the result of `work`, or stop waiting for it: name lookups have no timeout."""
    return start_thread(work).result(_left(deadline))


def start_thread(work: Callable[[], T]) -> Future[T]:
    """Start some work in a daemon thread, and return its future.

    Raises
    ------
    RuntimeError
        If no thread can be started; then the work was not started.
    """
    from concurrent.futures import Future

    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as problem:
            future.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    return future


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(
    target: _Target, addresses: Sequence[tuple[str, int]], deadline: float
) -> socket.socket:
    """Connect to the first address that accepts; the addresses are numeric, without a lookup."""
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=_left(deadline))
        except TimeoutError:
            raise
        except OSError:
            continue
    raise Unreachable(f"{target.host} does not accept connections")


def _with_tls(sock: socket.socket, target: _Target, deadline: float) -> socket.socket:
    """Return the connection with TLS, with the certificate verified for the host name."""
    import ssl

    sock.settimeout(_left(deadline))
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
    except ssl.SSLCertVerificationError as problem:
        raise Refused(f"{target.host} does not have a valid certificate") from problem


class _Wire(io.RawIOBase):
    """The part of a socket that `http.client` uses, with limits of time and bytes in all.

    A socket's own timeout restarts with each byte that is received.
    """

    def __init__(self, sock: socket.socket, deadline: float, *, most: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._most -= count
        if self._most < 0:
            raise Refused("The response is too large")
        return count

    def sendall(self, content: bytes) -> None:
        """Send everything."""
        rest = memoryview(content)
        while rest:
            self._sock.settimeout(_left(self._deadline))
            rest = rest[self._sock.send(rest[:CHUNK]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream to read from."""
        return io.BufferedReader(self)

    def close(self) -> None:
        """Do nothing: `http.client` closes before the body is read; `request` closes the socket."""


def _send(wire: Any, target: _Target, http_request: HttpRequest) -> HTTPResponse:
    """Send the request and return the response, whose body is not read yet."""
    from http.client import HTTPConnection

    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire
    connection.request(
        http_request.method,
        target.path,
        http_request.body or None,
        {
            "User-Agent": f"BadgeKit/{VERSION}",
            "Accept-Encoding": "identity",
            **http_request.headers,
            "Host": target.authority,
            "Connection": "close",
        },
    )
    return connection.getresponse()


def _read(response: HTTPResponse, target: _Target, limit: int | None) -> HttpResponse:
    """Read a response; raise an error for a redirect or a body beyond the limit."""
    if 300 <= response.status < 400:
        redirected = Redirected(
            f"{target.host} redirects elsewhere, and redirects are not followed"
        )
        redirected.location = response.getheader("Location")
        raise redirected
    headers = {name.lower(): value for name, value in response.getheaders()}
    if limit is None:
        return HttpResponse(response.status, headers, b"")
    announced = response.length
    too_large = Refused(f"The response from {target.host} is larger than {limit} bytes")
    if announced is not None and announced > limit:
        raise too_large
    content = bytearray()
    while chunk := response.read(CHUNK):
        content += chunk
        if len(content) > limit:
            raise too_large
    if announced is not None and len(content) < announced:
        raise Unreachable(f"The response from {target.host} ended early")
    return HttpResponse(response.status, headers, bytes(content))
