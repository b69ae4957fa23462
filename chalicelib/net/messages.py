"""Value objects for outgoing HTTP: request, response and errors.

Functions without internet access send their requests through the courier. This module only holds
the function that calls it, `transport`, so that it is cheap to import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib import config
from chalicelib.errors import BadgeKitError, Unavailable


class Refused(BadgeKitError):
    """The request was not made, or its response not accepted; a retry will not succeed."""

    status = 400
    code = "InvalidContent"


class Forbidden(Refused):
    """The URL or its host's addresses are not allowed; the server was not contacted."""


class Redirected(Refused):
    """The response is a redirect to `location`; callers may make a new request to it."""

    location: str | None = None


class Unreachable(Unavailable):
    """There was no response; a retry may succeed."""


class HttpRequest(NamedTuple):
    """An outgoing request (see `chalicelib.net.client.request`).

    Parameters
    ----------
    method : str
        The method, such as ``GET``.
    url : str
        The URL.
    body : bytes
        The request's body.
    headers : Mapping[str, str]
        Further headers.
    limit : int or None
        The most bytes of the response's body; None means that it is not read.
    seconds : float
        Time limit of the whole request.
    """

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    limit: int | None
    seconds: float


class HttpResponse(NamedTuple):
    """A response to an outgoing request.

    Parameters
    ----------
    status : int
        The HTTP status; never that of a redirect.
    headers : Mapping[str, str]
        The headers, by names in lower case.
    content : bytes
        The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


Transport = Callable[[str, HttpRequest], HttpResponse]

transport: Transport | None = None
"""Sends a request through the courier of that name; set by `chalicelib.wiring`."""


def courier() -> Callable[[HttpRequest], HttpResponse] | None:
    """Return the function that sends requests through the courier; None when there is none."""
    name = config.settings().optional("COURIER_FUNCTION")
    if not name or transport is None:
        return None
    send = transport
    return lambda http_request: send(name, http_request)
