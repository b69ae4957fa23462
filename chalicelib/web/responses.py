"""Responses: JSON, pages, redirects and errors, and the headers that all of them carry."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from chalice.app import Response

from chalicelib import config, limits
from chalicelib.errors import BadgeKitError, MethodNotAllowed, Unavailable, WakingUp
from chalicelib.web.request import request

log = logging.getLogger("badgekit")


LARGEST_RESPONSE = 6 * 1024 * 1024 - 64 * 1024  # bytes that Lambda hands over, less the headers


LONGEST_LOGGED = limits.RANDOM_SLUG + 8  # characters of a part of a path


HTML_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text, {"Content-Type": "application/json", **(headers or {})}, status_code=status
    )


def html_response(
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


def log_error_reference(status: int) -> str:
    """Return a reference for somebody to quote, after noting what it stands for.

    The query stays out of the log, and so do long parts of the path: they may be secrets, as the
    token of a sign-in link.
    """
    asked_for = "/".join(
        part if len(part) <= LONGEST_LOGGED else "…" for part in request().path.split("/")
    )
    reference = new_error_id()
    log.info("error %s: %d for %s %s", reference, status, request().method, ascii(asked_for))
    return reference


def new_error_id() -> str:
    """Return eight digits that nobody else was told."""
    import secrets  # brings more along than most requests need

    return secrets.token_hex(4)


def error_response(problem: BadgeKitError, *, page: bool, reference: str | None = None) -> Response:
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
        from chalicelib.web import templates  # Jinja2 is for pages only

        if isinstance(problem, WakingUp) and request().is_safe:
            headers["Refresh"] = str(problem.retry_after)
            return html_response(templates.waking_up(), problem.status, headers)
        quoted = reference or log_error_reference(problem.status)
        return html_response(templates.error(problem, quoted), problem.status, headers)
    body = problem.to_json()
    if reference:
        body["reference"] = reference
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, {"Content-Type": "application/json", **headers}, problem.status)


def is_too_large(answer: Mapping[str, Any]) -> bool:
    """Tell whether Lambda would not hand an answer over; what changed something is let through.

    An answer is JSON itself, in which the body is a text whose letters may take six bytes each.
    """
    body = answer["body"] or ""
    return (
        request().is_safe
        and 6 * len(body) > LARGEST_RESPONSE
        and len(json.dumps(body)) > LARGEST_RESPONSE
    )


def security_headers(content_type: str) -> Iterator[tuple[str, str]]:
    """Yield the headers that protect readers of a response of this media type."""
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
