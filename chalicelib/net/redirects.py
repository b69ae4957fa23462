"""Follows redirects of addresses of images; the target of each is checked as the first address is."""

from __future__ import annotations

import time
from urllib.parse import urljoin

from chalicelib import limits
from chalicelib.net import client
from chalicelib.net.client import HttpResponse

HOPS = 3


def get(url: str, *, limit: int = limits.FETCHED, seconds: float = 10.0) -> HttpResponse:
    """Get a URL, or what it redirects to (see `client.request`).

    Parameters
    ----------
    url : str
        The URL.
    limit : int
        The most bytes that the response's body may have.
    seconds : float
        Time limit of all requests together.

    Raises
    ------
    client.Refused
        Also if there are more redirects than `HOPS`, or one has no target.
    client.Unreachable
    """
    until = time.monotonic() + seconds
    for _ in range(HOPS + 1):
        try:
            return client.request("GET", url, limit=limit, seconds=until - time.monotonic())
        except client.Redirected as problem:
            url = _target(url, problem.location)
    raise client.Refused("The address redirects too often")


def _target(url: str, location: str | None) -> str:
    """Return the target of a redirect, or an unusable URL if it has none."""
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""
