"""What all routes share: finding them, answering, errors and security headers.

Chalice's surface is kept thin. `BadgeKit` adds what it lacks: it finds the route itself (so that a
single greedy resource serves all of them), decodes and cleans paths, answers HEAD, and puts
security headers on everything. `Routes` is a blueprint whose views read the request through
`request()` and raise `BadgeKitError`s, which are turned into answers here and nowhere else.
"""

from __future__ import annotations

import functools
import importlib
import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote, urlsplit

from chalice.app import Blueprint, Chalice, Response

from chalicelib import config, deadline, i18n
from chalicelib.errors import (
    BadgeKitError,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    WakingUp,
)
from chalicelib.web.request import Request

log = logging.getLogger("badgekit")

LARGEST_ANSWER = 6 * 1024 * 1024 - 64 * 1024  # bytes that Lambda hands over, less the headers
LONGEST_NOTED = 48  # characters of a part of a path; slugs have 40 and fewer
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

HTML_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"


_request: ContextVar[Request] = ContextVar("request")


def request() -> Request:
    """Return the request being answered."""
    return _request.get()


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text, {"Content-Type": "application/json", **(headers or {})}, status_code=status
    )


def html_answer(
    text: str, status: int = 200, headers: Mapping[str, str | list[str]] | None = None
) -> Response:
    """Answer with a page."""
    return Response(
        text,
        {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
        status_code=status,
    )


def redirect(
    url: str, status: int = 303, headers: Mapping[str, str | list[str]] | None = None
) -> Response:
    """Send the client elsewhere."""
    return Response("", {"Location": url, "Content-Type": "text/plain", **(headers or {})}, status)


def href(path: str) -> str:
    """Return what to link to for a path of this deployment, which may live below another path."""
    return urlsplit(config.settings().text("PERSONA_AUDIENCE")).path.rstrip("/") + path


def noted(status: int) -> str:
    """Return a reference for somebody to quote, after noting what it stands for.

    The query stays out of the log, and so do long parts of the path: they may be secrets, as the
    token of a sign-in link.
    """
    asked_for = "/".join(
        part if len(part) <= LONGEST_NOTED else "…" for part in request().path.split("/")
    )
    reference = new_reference()
    log.info("error %s: %d for %s %s", reference, status, request().method, ascii(asked_for))
    return reference


def new_reference() -> str:
    """Return eight digits that nobody else was told."""
    import secrets  # brings more along than most requests need

    return secrets.token_hex(4)


def error_answer(problem: BadgeKitError, *, page: bool, reference: str | None = None) -> Response:
    """Answer with an error, as a page in the app's look or as JSON.

    Parameters
    ----------
    problem : BadgeKitError
        What went wrong.
    page : bool
        Whether a page is wanted.
    reference : str, optional
        What to quote when asking for help, if it stands in the log already; every page has one.
    """
    headers: dict[str, str | list[str]] = {}
    if isinstance(problem, Unavailable):
        headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    if page:
        from chalicelib.web import templates

        if isinstance(problem, WakingUp) and request().is_safe:
            headers["Refresh"] = str(problem.retry_after)
            return html_answer(templates.waking_up(), problem.status, headers)
        quoted = reference or noted(problem.status)
        return html_answer(templates.error(problem, quoted), problem.status, headers)
    body = problem.to_json()
    if reference:
        body["reference"] = reference
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, {"Content-Type": "application/json", **headers}, problem.status)


def _guarded(answer: Callable[[], Any], *, page: bool) -> Any:
    """Call what answers; the one place where exceptions become answers.

    Who reads a page is told soon that the database is waking up, and everybody else kept waiting:
    what was sent by a form must not get lost, and clients of the old API ask only once.
    """
    try:
        with deadline.within(deadline.READER if page and request().is_safe else deadline.CLIENT):
            return answer()
    except BadgeKitError as problem:
        if isinstance(problem, WakingUp):
            log.info("the database is waking up")
        elif isinstance(problem, Unavailable):
            log.warning("unavailable", exc_info=problem)
        return error_answer(problem, page=page)
    except Exception:
        reference = new_reference()
        log.exception("error %s", reference)
        return error_answer(
            BadgeKitError("Something went wrong here; it has been noted."),
            page=page,
            reference=reference,
        )


class Routes(Blueprint):
    """A blueprint whose views may raise `BadgeKitError`.

    Parameters
    ----------
    name : str
        Import name of the module.
    pages : bool
        Whether browsers may get errors as pages (the API always answers JSON).
    """

    def __init__(self, name: str, *, pages: bool = False) -> None:
        super().__init__(name)
        self._pages = pages

    def view(self, path: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view for a path and methods (GET unless said otherwise).

        Chalice's check of media types is off: views read bodies as they need them.
        """

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(view)
            def guarded(**arguments: str) -> Any:
                return _guarded(
                    lambda: view(**arguments), page=self._pages and request().wants_html
                )

            name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
            self.route(path, methods=list(methods or ("GET",)), content_types=[], name=name)(
                guarded
            )
            return view

        return decorate

    def later(self, path: str, views: Mapping[str, str]) -> None:
        """Register views of a path that are imported when they are first asked for.

        Parameters
        ----------
        path : str
            The path.
        views : Mapping[str, str]
            For each method the view's module and name, as ``chalicelib.public.views:badge``.
        """

        def view(**arguments: str) -> Any:
            return imported(views[asked()])(**arguments)

        self.view(path, *views)(view)


def asked() -> str:
    """Return the method that views know a request by."""
    return "GET" if request().method == "HEAD" else request().method


def imported(name: str) -> Callable[..., Any]:
    """Return a function by its module and name, as ``chalicelib.public.views:badge``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


class BadgeKit(Chalice):
    """The application: Chalice, with routing that clients of the old API can live with."""

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        if "httpMethod" not in (event.get("requestContext") or {}):
            answer: dict[str, Any] = super().__call__(event, context)
            return answer
        path = clean(event.get("path") or event["requestContext"].get("path") or "/")
        token = _request.set(Request(event, unquote(path)))
        i18n.accepted.set(request().headers.get("accept-language", ""))
        try:
            answer = self._answer(event, context, path)
            if _is_too_large(answer):
                problem = TooLarge("This is too large for one answer; ask for pages of a list")
                answer = error_answer(problem, page=False).to_dict(self.api.binary_types)
        finally:
            _request.reset(token)
        headers = answer["headers"]
        headers.setdefault("Cache-Control", "no-store")
        for name, value in _security_headers(headers.get("Content-Type", "")):
            headers.setdefault(name, value)
        if event["requestContext"]["httpMethod"] == "HEAD":
            answer["body"] = ""
        return answer

    def _answer(self, event: Any, context: Any, path: str) -> dict[str, Any]:
        try:
            route, method, arguments = self._find(path, event["requestContext"]["httpMethod"])
        except (NotFound, MethodNotAllowed) as problem:
            answer = error_answer(problem, page=request().wants_html)
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
            If there is none; worded as badgekit-api does.
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
                reason=i18n.gettext("%(path)s does not exist") % {"path": unquote(path)},
            )
        raise MethodNotAllowed(
            f"{method} is not allowed",
            allowed=list(allowed),
            reason=i18n.gettext("%(method)s is not allowed") % {"method": method},
        )

    def _matching(self, path: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Return the routes that a path fits, with its parameters; the most exact one first.

        A code may be called `random`: what POSTs there makes another one, what GETs wants that one.
        """
        if path in self.routes and "{" not in path:
            yield path, {}
        segments = path.split("/")
        for route, parts in self._shapes.get(len(segments), ()):
            pairs = list(zip(parts, segments, strict=True))
            if all(part == segment or (part[:1] == "{" and segment) for part, segment in pairs):
                # API Gateway's REST APIs hand paths over as they were sent, percent-encoded.
                yield route, {part[1:-1]: unquote(s) for part, s in pairs if part[:1] == "{"}

    @functools.cached_property
    def _shapes(self) -> dict[int, list[tuple[str, list[str]]]]:
        """All routes with parameters by their number of segments, those with the fewest first."""
        shapes: dict[int, list[tuple[str, list[str]]]] = defaultdict(list)
        for route in sorted((r for r in self.routes if "{" in r), key=lambda r: r.count("{")):
            parts = route.split("/")
            shapes[len(parts)].append((route, parts))
        return shapes


def _is_too_large(answer: Mapping[str, Any]) -> bool:
    """Tell whether Lambda would not hand an answer over; what changed something is let through.

    An answer is JSON itself, in which the body is a text whose letters may take six bytes each.
    """
    body = answer["body"] or ""
    return (
        request().is_safe
        and 6 * len(body) > LARGEST_ANSWER
        and len(json.dumps(body)) > LARGEST_ANSWER
    )


def clean(path: str) -> str:
    """Return a path without double and trailing slashes, as badgekit-api looks it up."""
    return re.sub(r"/{2,}", "/", path).rstrip("/") or "/"


def _security_headers(content_type: str) -> Iterator[tuple[str, str]]:
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "same-origin"
    yield "X-Frame-Options", "DENY"
    yield "Content-Security-Policy", HTML_POLICY if "html" in content_type else JSON_POLICY
    if _is_public():
        yield "Strict-Transport-Security", "max-age=31536000; includeSubDomains"


def _is_public() -> bool:
    """Tell whether this deployment is reached by https; settings in trouble break no answer."""
    try:
        return config.settings().text("PERSONA_AUDIENCE").startswith("https://")
    except Exception:
        log.exception("the settings cannot be read")
        return False
