"""Responses: JSON, pages, redirects and errors, and the headers that all of them have."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from chalice.app import Response

from chalicelib import config, limits
from chalicelib.errors import BadgeKitError, MethodNotAllowed, Unavailable, WakingUp
from chalicelib.web.request import request

log = logging.getLogger("badgekit")


LARGEST_RESPONSE = 6 * 1024 * 1024 - 64 * 1024  # bytes: Lambda's limit, less the headers
LONGEST_LOGGED = limits.RANDOM_SLUG + 8  # characters of a part of a path

HTML_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"


def json_response(
    body: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    ascii_only: bool = False,
) -> Response:
    """Return a JSON response.

    Parameters
    ----------
    body : Any
        The value.
    status : int
        The status.
    headers : Mapping[str, str], optional
        More headers.
    ascii_only : bool
        Whether to escape all other characters. JSON has no `charset`, and some clients, such as
        python-requests, guess it when they read the body as a text.
    """
    text = json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":"))
    return Response(
        text, {"Content-Type": "application/json", **(headers or {})}, status_code=status
    )


def html_response(
    text: str, status: int = 200, headers: Mapping[str, str | list[str]] | None = None
) -> Response:
    """Return a response with an HTML page."""
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
    """Return a redirect to a URL."""
    return Response("", {"Location": url, "Content-Type": "text/plain", **(headers or {})}, status)


def log_error_reference(status: int, cause: str | None = None) -> str:
    """Log an error of the current request in one line; return its id, for users to quote.

    The query and long parts of the path are not logged: they may be secrets, such as the token of
    a sign-in link.
    """
    path = "/".join(
        part if len(part) <= LONGEST_LOGGED else "…" for part in request().path.split("/")
    )
    reference = new_error_id()
    text = f"error {reference}: {status} for {request().method} {path!a}"
    if cause:
        log.warning("%s: %s", text, cause)
    else:
        log.info(text)
    return reference


def new_error_id() -> str:
    """Return a random id of eight hexadecimal digits."""
    import secrets  # imported here: most requests do not need it

    return secrets.token_hex(4)


def error_response(problem: BadgeKitError, *, page: bool, reference: str | None = None) -> Response:
    """Return the response for an error, as a page or as JSON.

    Parameters
    ----------
    problem : BadgeKitError
        The error.
    page : bool
        Whether to return a page.
    reference : str, optional
        The error's id, if it was logged already. Every page shows one; it is created when missing.
    """
    headers: dict[str, str | list[str]] = {}
    if isinstance(problem, Unavailable):
        headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    if page:
        from chalicelib.web import templates  # imported here: only pages need Jinja2

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
    """Return whether the response to a safe request exceeds Lambda's limit.

    The response is itself JSON, so each body character may take up to six bytes when escaped.
    """
    body = answer["body"] or ""
    return (
        request().is_safe
        and 6 * len(body) > LARGEST_RESPONSE
        and len(json.dumps(body)) > LARGEST_RESPONSE
    )


def body_length(answer: Mapping[str, Any]) -> int:
    """Return the number of bytes of a response's body as the client gets it."""
    body = answer["body"] or ""
    if answer.get("isBase64Encoded"):
        return len(base64.b64decode(body))
    return len(body.encode())


def security_headers(content_type: str) -> Iterator[tuple[str, str]]:
    """Yield the security headers of a response of this media type."""
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "same-origin"
    yield "X-Frame-Options", "DENY"
    yield "Content-Security-Policy", HTML_POLICY if "html" in content_type else JSON_POLICY
    if _is_public():
        yield "Strict-Transport-Security", "max-age=31536000; includeSubDomains"


def _is_public() -> bool:
    """Return whether users reach this deployment by HTTPS; False when settings cannot be read."""
    try:
        return config.settings().text("PERSONA_AUDIENCE").startswith("https://")
    except Exception:
        log.exception("the settings cannot be read")
        return False
