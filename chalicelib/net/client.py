"""SSRF-safe HTTP client: the only way out to addresses that other people chose.

Whoever chooses an address must not reach what only this machine can reach. So every address of a
name is looked at before anything is sent, the connection goes to exactly the address that was
looked at (a name may resolve to another one a moment later), and redirects are not followed. One
time limit covers everything, and no answer is read beyond its limit.

Where this function's network does not lead there, the courier makes the request, by the same code.
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

from chalicelib import VERSION, config, limits
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
PIECE = 64 * 1024  # bytes

_NO_PART_OF_A_URL = re.compile(r"[\x00-\x20\x7f\\]")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
# 127.1, 0x7f.1 or 2130706433: addresses to some, names to others (WHATWG URL, "ends in a number")
_NUMBER_AT_THE_END = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
# IANA has handed out nothing of IPv6 but this, and so IPv4-mapped and NAT64 addresses lie outside.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
# Not every Python 3.11 knows of these: protocol assignments, 6to4 and its relays, documentation.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)


@dataclass(frozen=True)
class _Target:
    """A URL in parts: what to connect to and what to ask for."""

    secure: bool
    host: str
    port: int
    authority: str
    path: str


def resolver(host: str, port: int) -> list[tuple[str, int]]:
    """Return the addresses and ports that a name stands for, as the system sees it."""
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
    """Make a request to an address that somebody else chose.

    Parameters
    ----------
    method : str
        Such as ``GET``.
    url : str
        Where to; http or https, without user name.
    body : bytes
        What to send.
    headers : Mapping[str, str], optional
        Further headers.
    limit : int or None
        The most bytes that the answer's body may have; None means that it is not read at all, and
        `Answer.content` is empty.
    seconds : float
        How long all of it may take.
    resolve : Resolver, optional
        Finds the addresses of a host name; by default this module's `resolver`.

    Raises
    ------
    Refused
        If this can never work: a bad URL, a private address, a name that does not exist, a
        redirect, a wrong certificate, too large an answer.
    Unreachable
        If it may work later: no answer, or none in time.
    """
    errand = HttpRequest(method, url, body, headers or {}, limit, seconds)
    give = messages.courier()
    if give is None:
        return send(errand, resolve)
    _target(url)  # what cannot be used anywhere need not go there
    return give(errand)


def send(errand: HttpRequest, resolve: Resolver | None = None) -> HttpResponse:
    """Make a request from here, whether or not there is a courier (see `request`)."""
    from http.client import HTTPException

    target = _target(errand.url)
    deadline = time.monotonic() + errand.seconds
    sock: socket.socket | None = None
    try:
        addresses = _addresses(target, resolve or resolver, deadline)
        sock = _connect(target, addresses, deadline)
        if target.secure:
            sock = _secured(sock, target, deadline)
        wire = _Wire(sock, deadline, most=2 * (errand.limit or 0) + ROOM_FOR_HEADERS)
        return _answer(_ask(wire, target, errand), target, errand.limit)
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
    """Return the parts of a URL, read in the one way that leaves no room for another reading."""
    if _NO_PART_OF_A_URL.search(url):
        raise ValueError("a character that does not belong there")
    parts = urlsplit(url)
    if parts.scheme not in PORTS or "@" in parts.netloc or parts.port == 0:
        raise ValueError("another scheme, a user, or no port")
    host = _host(parts.hostname or "", is_ipv6="[" in parts.netloc)
    name = f"[{host}]" if ":" in host else host
    usual = PORTS[parts.scheme]
    port = parts.port or usual
    path = quote(parts.path or "/", safe=string.punctuation)
    query = quote(parts.query, safe=string.punctuation)
    return _Target(
        secure=parts.scheme == "https",
        host=host,
        port=port,
        authority=name if port == usual else f"{name}:{port}",
        path=f"{path}?{query}" if query else path,
    )


def _host(text: str, *, is_ipv6: bool) -> str:
    """Return a URL's host, as a name in ASCII or an address in its usual form."""
    if is_ipv6:
        if "%" in text:
            raise ValueError("a zone means something on this machine only")
        return str(ipaddress.IPv6Address(text))
    name = text.encode("idna").decode("ascii").removesuffix(".")
    if _NUMBER_AT_THE_END.fullmatch(name):
        return str(ipaddress.IPv4Address(name))
    if not _HOST_NAME.fullmatch(name):
        raise ValueError("not a host name")
    return name


def _addresses(target: _Target, resolve: Resolver, deadline: float) -> list[tuple[str, int]]:
    """Return the addresses to connect to, all of which may be connected to."""
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
    """Tell whether an address is one that anybody could reach from anywhere."""
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
    """Return what `work` returns, or stop waiting for it: name lookups know no time limit."""
    return start_thread(work).result(_left(deadline))


def start_thread(work: Callable[[], T]) -> Future[T]:
    """Begin some work in a thread of its own, which nobody has to wait for.

    Raises
    ------
    RuntimeError
        If there is no thread to be had; then nothing was begun.
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
    """Connect to the first address that lets us; they are numbers, nothing is looked up again."""
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=_left(deadline))
        except TimeoutError:
            raise
        except OSError:
            continue
    raise Unreachable(f"{target.host} does not accept connections")


def _secured(sock: socket.socket, target: _Target, deadline: float) -> socket.socket:
    """Return the connection inside TLS, with the certificate checked against the name."""
    import ssl

    sock.settimeout(_left(deadline))
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
    except ssl.SSLCertVerificationError as problem:
        raise Refused(f"{target.host} does not have a valid certificate") from problem


class _Wire(io.RawIOBase):
    """What `http.client` needs of a socket, with the time and the bytes that are left counted.

    A socket's own time-out starts anew with each byte that trickles in.
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
            rest = rest[self._sock.send(rest[:PIECE]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what to read from."""
        return io.BufferedReader(self)

    def close(self) -> None:
        """Do nothing: `http.client` closes before the body is read; `request` closes the socket."""


def _ask(wire: Any, target: _Target, errand: HttpRequest) -> HTTPResponse:
    """Send the request and return the answer, of which the body is not read yet."""
    from http.client import HTTPConnection

    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire
    connection.request(
        errand.method,
        target.path,
        errand.body or None,
        {
            "User-Agent": f"BadgeKit/{VERSION}",
            "Accept-Encoding": "identity",
            **errand.headers,
            "Host": target.authority,
            "Connection": "close",
        },
    )
    return connection.getresponse()


def _answer(response: HTTPResponse, target: _Target, limit: int | None) -> HttpResponse:
    """Read an answer, if it is one that is taken."""
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
    while piece := response.read(PIECE):
        content += piece
        if len(content) > limit:
            raise too_large
    if announced is not None and len(content) < announced:
        raise Unreachable(f"The response from {target.host} ended early")
    return HttpResponse(response.status, headers, bytes(content))
