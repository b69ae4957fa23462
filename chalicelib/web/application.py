"""The application: Chalice, with routing that is compatible with badgekit-api.

`BadgeKit` finds the route itself, so that a single greedy resource of API Gateway serves all of
them, decodes and normalizes paths, responds to HEAD and to preflights, and adds CORS and security
headers to every response that has them.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from chalice.app import Chalice

from chalicelib import i18n
from chalicelib.errors import MethodNotAllowed, NotFound, TooLarge
from chalicelib.web import cors
from chalicelib.web.request import Request, current_request, request
from chalicelib.web.responses import (
    body_length,
    error_response,
    is_too_large,
    security_headers,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class BadgeKit(Chalice):
    """The application: Chalice, with routing that is compatible with badgekit-api."""

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        if "httpMethod" not in (event.get("requestContext") or {}):
            answer: dict[str, Any] = super().__call__(event, context)
            return answer
        path = clean_path(event.get("path") or event["requestContext"].get("path") or "/")
        token = current_request.set(Request(event, unquote(path)))
        i18n.accepted.set(request().headers.get("accept-language", ""))
        method, is_open = event["requestContext"]["httpMethod"], path in self._open
        try:
            if method == "OPTIONS" and is_open:
                answer = cors.preflight().to_dict()
            else:
                answer = self._answer(event, context, path)
            if is_too_large(answer):
                problem = TooLarge("The response is too large; request it in pages")
                answer = error_response(problem, page=False).to_dict(self.api.binary_types)
        finally:
            current_request.reset(token)
        headers = answer["headers"]
        headers.setdefault("Cache-Control", "no-store")
        if is_open:
            headers |= cors.HEADERS
        for name, value in security_headers(headers.get("Content-Type", "")):
            headers.setdefault(name, value)
        if method == "HEAD":
            headers["Content-Length"] = str(body_length(answer))
            answer["body"] = ""
        return answer

    def register_blueprint(self, blueprint: Any, *names: Any, **more: Any) -> None:
        """Register a blueprint; open its routes to other sites if it says so."""
        super().register_blueprint(blueprint, *names, **more)
        for route in getattr(blueprint, "open_routes", ()):
            self._open.add(route)

    @functools.cached_property
    def _open(self) -> cors.OpenPaths:
        return cors.OpenPaths()

    def _answer(self, event: Any, context: Any, path: str) -> dict[str, Any]:
        try:
            route, method, arguments = self._find(path, event["requestContext"]["httpMethod"])
        except (NotFound, MethodNotAllowed) as problem:
            answer = error_response(problem, page=request().wants_html)
            return answer.to_dict(self.api.binary_types)
        found: dict[str, Any] = super().__call__(
            {
                **event,
                "requestContext": {
                    **event["requestContext"], "resourcePath": route, "httpMethod": method,
                },
                "pathParameters": arguments,
                "multiValueQueryStringParameters": event.get("multiValueQueryStringParameters"),
                "stageVariables": event.get("stageVariables"),
                "headers": event.get("headers") or {},
                "body": event.get("body"),
            },
            context,
        )  # fmt: skip
        return found

    def _find(self, path: str, method: str) -> tuple[str, str, dict[str, str]]:
        """Return the route of a path, the method of its view, and the path's parameters.

        Raises
        ------
        NotFound, MethodNotAllowed
            If there is none, with badgekit-api's message.
        """
        allowed: set[str] = set()
        for route, arguments in self._matching(path):
            methods = self.routes[route]
            if method == "HEAD" and "GET" in methods:
                method = "GET"
            if method in methods:
                return route, method, arguments
            allowed.update(methods)
        if not allowed:
            raise NotFound(
                f"{path} does not exist",
                reason=i18n.gettext("%(path)s doesn’t exist") % {"path": unquote(path)},
            )
        raise MethodNotAllowed(
            f"{method} is not allowed",
            allowed=list(allowed),
            reason=i18n.gettext("%(method)s isn’t allowed") % {"method": method},
        )

    def _matching(self, path: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the routes that match a path, with its parameters, the most specific one first.

        Several can match, because a claim code may be named `random`: POST to its path creates a
        random code, and GET returns the code of that name.
        """
        if path in self.routes and "{" not in path:
            yield path, {}
        segments = path.split("/")
        for route, parts in self._shapes.get(len(segments), ()):
            pairs = list(zip(parts, segments, strict=True))
            if all(part == segment or (part[:1] == "{" and segment) for part, segment in pairs):
                # API Gateway's REST APIs pass paths on as they were sent, percent-encoded.
                yield route, {part[1:-1]: unquote(s) for part, s in pairs if part[:1] == "{"}

    @functools.cached_property
    def _shapes(self) -> dict[int, list[tuple[str, list[str]]]]:
        """Routes with parameters, by number of segments; routes with fewer parameters first."""
        shapes: dict[int, list[tuple[str, list[str]]]] = defaultdict(list)
        for route in sorted((r for r in self.routes if "{" in r), key=lambda r: r.count("{")):
            parts = route.split("/")
            shapes[len(parts)].append((route, parts))
        return shapes


def clean_path(path: str) -> str:
    """Return a path without double and trailing slashes, which badgekit-api ignores."""
    return re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
