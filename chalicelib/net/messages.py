"""Value objects for outgoing HTTP: request, response and errors.

Where functions cannot reach the internet themselves, errands are given to somebody who can: the
courier. This module only knows that there may be one, so that it is cheap to import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib import config
from chalicelib.errors import BadgeKitError, Unavailable


class Refused(BadgeKitError):
    """The request is not made, or its answer not taken; asking again will not help."""

    status = 400
    code = "InvalidContent"


class Forbidden(Refused):
    """The address itself is none that may be reached; its server has no part in that."""


class Redirected(Refused):
    """The answer sends elsewhere, to `location`; whoever wants to go there asks anew."""

    location: str | None = None


class Unreachable(Unavailable):
    """There was no answer; asking again later may help."""


class HttpRequest(NamedTuple):
    """What is asked (see `chalicelib.net.client.request`).

    Parameters
    ----------
    method : str
        Such as ``GET``.
    url : str
        Where to.
    body : bytes
        What to send.
    headers : Mapping[str, str]
        Further headers.
    limit : int or None
        The most bytes of the answer's body; None means that it is not read.
    seconds : float
        How long all of it may take.
    """

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    limit: int | None
    seconds: float


class HttpResponse(NamedTuple):
    """What came back.

    Parameters
    ----------
    status : int
        The HTTP status; no redirect.
    headers : Mapping[str, str]
        The headers, by their names in lower case.
    content : bytes
        The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


Transport = Callable[[str, HttpRequest], HttpResponse]

transport: Transport | None = None
"""Gives an errand to the courier of that name; `chalicelib.wiring` sets it."""


def courier() -> Callable[[HttpRequest], HttpResponse] | None:
    """Return whom errands are given to, or None where functions reach the internet themselves."""
    name = config.settings().optional("COURIER_FUNCTION")
    if not name or transport is None:
        return None
    give = transport
    return lambda errand: give(name, errand)
