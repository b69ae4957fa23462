"""A client of another BadgeKit API: signed requests, and its errors in words a person can act on.

Source: badgekit-api 0.2.22, `docs/authorization.md` and the errors of `app/lib/error-helper.js`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from chalicelib import config, limits, tokens, web_addresses
from chalicelib.data.models import Badge
from chalicelib.domain.events.payloads import BadgeReference
from chalicelib.errors import Conflict, NotAuthorized, NotFound, Unavailable, ValidationError
from chalicelib.net import messages

if TYPE_CHECKING:
    import requests

SECONDS = (3.05, 10)  # to connect, to respond
TOKEN_SECONDS = 60
LONGEST_SHOWN = 300  # characters of what the API says, and of a value that it refuses
MOST_SHOWN = 10  # fields that the API refuses


class ApiClient:
    """Sends requests to a BadgeKit API, signed with its master secret.

    Parameters
    ----------
    url : str
        The API's base URL, which may have a path.
    """

    def __init__(self, url: str) -> None:
        self.url = web_addresses.with_ascii_host(url).rstrip("/")

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        allowed: tuple[int, ...] = (200,),
    ) -> dict[str, Any]:
        """Send one request and return the JSON object of the response.

        Parameters
        ----------
        method, path : str
            What is requested; the path is encoded, and may have a query.
        body : Mapping[str, Any], optional
            The request's JSON.
        allowed : tuple[int, ...]
            The statuses whose responses are returned; others are errors.

        Raises
        ------
        NotFound, Conflict, NotAuthorized, ValidationError
            If the API refuses it, with what it said.
        Unavailable
            If the API does not respond, or with an error of its own.
        """
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        claims: dict[str, Any] = {
            "key": "master",
            "exp": int(time.time()) + TOKEN_SECONDS,
            "method": method,
            "path": urlsplit(self.url).path + path,
        }
        if body is not None:
            claims["body"] = tokens.body_claim(content)
        secret = config.settings().text("OPENBADGER_SECRET")
        headers = {
            "Authorization": tokens.header(tokens.sign(claims, secret)),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        send = _by_courier if messages.courier() else _directly
        status, text = send(method, self.url + path, content, headers)
        try:
            result = json.loads(text)
        except ValueError as problem:
            raise Unavailable(f"The BadgeKit API returned {status} without JSON") from problem
        if not isinstance(result, dict):
            raise Unavailable("The BadgeKit API returned an unexpected response")
        if status not in allowed:
            raise _error_of(status, result)
        return result

    def image_url(self, url: object) -> str | None:
        """Return the address of an image, or None if the API names none that can be fetched.

        The original names an uploaded image by a path, or by a URL that leads nowhere: it serves
        ``/images/…`` as ``/public/images/…``.
        """
        if not isinstance(url, str):
            return None
        found = urlsplit(self.url + url if url.startswith("/") else url)
        if found.scheme not in ("http", "https"):
            return None
        own = urlsplit(self.url)
        folder, _, name = found.path.rpartition("/")
        if found.netloc == own.netloc and folder in ("/images", f"{own.path}/images"):
            return f"{self.url}/public/images/{name}"
        return found.geturl()


def segment(name: str) -> str:
    """Return a name as one segment of a path in the API.

    Raises
    ------
    NotFound
        If it is ``.`` or ``..``, which clients of HTTP resolve: the path would lead elsewhere.
    """
    if name in (".", ".."):
        raise NotFound(f"Nothing can be called `{name}` in a path of the API")
    return quote(name, safe="")


def badge_path(reference: BadgeReference) -> str:
    """Return a badge's path in the API, below the owners that the reference names."""
    system = reference.system or config.settings().text("OPENBADGER_SYSTEM")
    owners = owners_path(system, reference.issuer, reference.program)
    return f"{owners}/badges/{segment(reference.slug)}"


def owners_path(*slugs: str | None) -> str:
    """Return the path of a system, or with more slugs of its issuer or that one's program."""
    levels = zip(("systems", "issuers", "programs"), slugs, strict=False)
    return "".join(f"/{name}/{segment(slug)}" for name, slug in levels if slug)


def reference_to(badge: Badge) -> BadgeReference:
    """Return the reference that leads to a badge of ours in the API."""
    slugs = {
        level: owner.slug if (owner := getattr(badge, level)) else None
        for level in ("system", "issuer", "program")
    }
    return BadgeReference(badge.slug, badge.name, **slugs, content={})


def _directly(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a request and return the status and body of the response."""
    import requests

    try:
        response = requests.request(
            method,
            url,
            data=content,
            headers=headers,
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        )
        return response.status_code, _content(response)
    except requests.RequestException as problem:
        raise Unavailable("The BadgeKit API is not responding") from problem


def _by_courier(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a request through the courier, which only reaches public addresses."""
    from chalicelib.net import client

    try:
        response = client.request(
            method, url, body=content, headers=headers, limit=limits.FETCHED, seconds=SECONDS[1]
        )
    except client.Refused as problem:  # its operators may fix it
        raise Unavailable(f"The BadgeKit API cannot be reached: {problem.message}") from problem
    return response.status, response.content


def _content(response: requests.Response) -> bytes:
    """Return the body of a response, within the limits of time and size."""
    import requests

    content, until = b"", time.monotonic() + SECONDS[1]
    with response:
        while piece := response.raw.read1(limits.FETCHED, decode_content=True):
            content += piece
            if len(content) > limits.FETCHED or time.monotonic() > until:
                raise requests.Timeout("the response is too large or too slow")
    return content


def _error_of(status: int, response: Mapping[str, Any]) -> Exception:
    said = str(response.get("message"))[:LONGEST_SHOWN]
    message = f"The BadgeKit API returned {status}: {said}"
    if status >= 500 or status == 429:
        return Unavailable(message)
    if status == 404:
        return NotFound(message)
    if status == 403:
        return NotAuthorized(f"{message} (check OPENBADGER_SECRET)")
    if status == 400:
        refused = _refused_fields(response) or [{"field": "request", "message": said}]
        fields = "; ".join(f"{one['field']}: {one['message']}" for one in refused)
        return ValidationError(refused, reason=f"The BadgeKit API returned 400: {fields}")
    return Conflict(message)


def _refused_fields(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields that the API refuses, each with what it says; a missing one has no value."""
    details = response.get("details")
    refused = []
    for one in details[:MOST_SHOWN] if isinstance(details, list) else ():
        if isinstance(one, dict):
            message = str(one.get("message") or "Missing value")[:LONGEST_SHOWN]
            value = one.get("value")
            shown = {"value": str(value)[:LONGEST_SHOWN]} if value not in (None, "") else {}
            refused.append({"field": str(one.get("field"))[:255], "message": message, **shown})
    return refused
