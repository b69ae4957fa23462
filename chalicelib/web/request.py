"""HTTP requests as API Gateway sends them, with limits on what is read."""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from chalicelib.errors import InvalidContent, TooLarge
from chalicelib.web.negotiation import Wants, negotiate

BODY_LIMIT = 1024 * 1024  # bytes


class Request:
    """An HTTP request, as API Gateway passes it to a Lambda function (proxy event 1.0).

    Parameters
    ----------
    event : Mapping[str, Any]
        The event.
    path : str
        The path, decoded, without double and trailing slashes.
    """

    def __init__(self, event: Mapping[str, Any], path: str) -> None:
        self._event = event
        self.path = path
        self.method: str = event["requestContext"]["httpMethod"]
        self.headers: dict[str, str] = {
            name.lower(): value for name, value in (event.get("headers") or {}).items()
        }
        if len(accepts := self._all("accept")) > 1:
            self.headers["accept"] = ", ".join(accepts)

    def _all(self, name: str) -> list[str]:
        """Return all values of a header, of which API Gateway's `headers` have the last only."""
        many = self._event.get("multiValueHeaders") or {}
        return [value for key, values in many.items() if key.lower() == name for value in values]

    @property
    def source(self) -> str:
        """The IP address that the request came from, as API Gateway saw it; empty if unknown."""
        identity = self._event["requestContext"].get("identity") or {}
        return identity.get("sourceIp") or ""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded; API Gateway does not keep their order."""
        values = self._event.get("multiValueQueryStringParameters") or {}
        return [(name, value) for name, many in values.items() for value in many]

    def argument(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        values = [value for key, value in self.query if key == name]
        return values[-1] if values else None

    def joined(self, name: str) -> str | None:
        """Return a query parameter as badgekit-api read it, or None.

        Node joined the values of a repeated one by commas wherever it needed one text. So its
        choices refused it, and its numbers were those of the first value.
        """
        values = [value for key, value in self.query if key == name]
        return ",".join(values) if values else None

    def body(self, limit: int = BODY_LIMIT) -> bytes:
        """Return the bytes of the body.

        Raises
        ------
        TooLarge
            If it has more than `limit` bytes.
        InvalidContent
            If it cannot be decoded.
        """
        text = self._event.get("body") or b""
        try:
            if self._event.get("isBase64Encoded"):
                if len(text) > limit * 4 // 3 + 4:
                    raise TooLarge(f"The body must not be larger than {limit} bytes")
                content = base64.b64decode(text, validate=True)
            else:
                content = (
                    text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
                )
        except ValueError as problem:
            raise InvalidContent("The body cannot be decoded") from problem
        if len(content) > limit:
            raise TooLarge(f"The body must not be larger than {limit} bytes")
        return content

    @property
    def media_type(self) -> str:
        """The body's media type in lower case, without parameters; empty when there is none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None."""
        # Not http.cookies: it drops all cookies when one of them, perhaps of another application
        # on this host, is malformed.
        for cookie in self.headers.get("cookie", "").split(";"):
            # Strip spaces and tabs only: browsers protect "__Host-" names spelled exactly so.
            key, equals, value = cookie.strip(" \t").partition("=")
            if equals and key == name:
                return value.strip('"')
        return None

    @property
    def is_safe(self) -> bool:
        """Whether the method is safe (RFC 9110): the request changes nothing and can be repeated."""
        return self.method in ("GET", "HEAD")

    @functools.cached_property
    def wants(self) -> Wants:
        """What the client wants to read."""
        return negotiate(self.headers, self.argument("format"))

    @property
    def wants_html(self) -> bool:
        """Whether the client wants a page, as browsers do."""
        return self.wants is Wants.PAGE


current_request: ContextVar[Request] = ContextVar("request")


def request() -> Request:
    """Return the current request."""
    return current_request.get()
