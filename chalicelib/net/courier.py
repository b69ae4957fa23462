"""Egress proxy: makes requests for functions without internet access.

The courier is a Lambda function outside of their network. They call `carry`, which invokes it, and
`run` is its handler. Request and response are JSON objects, with bodies in base64. The courier has
no settings and no permissions, and checks addresses with the same `client`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from chalicelib.aws import functions
from chalicelib.errors import BadgeKitError
from chalicelib.net import client
from chalicelib.net.messages import (
    Forbidden,
    HttpRequest,
    HttpResponse,
    Redirected,
    Refused,
    Unreachable,
)

# Lambda's limit is 6 MB for the event and for the response: 5.6 MB for a body in base64, and the
# rest for the headers, whose characters may take six bytes each.
LARGEST = 4 * 1024 * 1024  # bytes of a body
MAX_HEADERS = 64 * 1024  # characters
SPARE_SECONDS = 1.0  # kept for returning the response

_ERRORS: Mapping[str, type[BadgeKitError]] = {
    kind.__name__: kind for kind in (Forbidden, Redirected, Refused, Unreachable)
}


def carry(function: str, http_request: HttpRequest) -> HttpResponse:
    """Make a request through the courier.

    Parameters
    ----------
    function : str
        The name of the courier's function.
    http_request : HttpRequest
        The request.

    Raises
    ------
    Refused
        As in `client.request`, and if the request exceeds Lambda's limit.
    Unreachable
        As in `client.request`, and if the courier cannot be invoked.
    """
    if len(http_request.body) > LARGEST:
        raise Refused(f"The request is larger than the courier's limit of {LARGEST} bytes")
    event = {
        "method": http_request.method,
        "url": http_request.url,
        "body": base64.b64encode(http_request.body).decode("ascii"),
        "headers": dict(http_request.headers),
        "limit": http_request.limit,
        "seconds": http_request.seconds,
    }
    try:
        answer = functions.invoke(function, event)
    except functions.InvokeError as problem:
        raise Unreachable(str(problem)) from problem
    if "error" in answer:
        raise _error(answer)
    return HttpResponse(answer["status"], answer["headers"], base64.b64decode(answer["body"]))


def run(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Handle an event of the courier: make a request and return its response or error as JSON.

    Parameters
    ----------
    event : Mapping[str, Any]
        The request, from `carry`.
    context : Any
        Lambda's context.

    Returns
    -------
    dict[str, Any]
        ``status``, ``headers`` and ``body``, or for an error, which `carry` raises again,
        ``error``, ``message`` and ``location``.
    """
    left = context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    limit = event["limit"]
    http_request = HttpRequest(
        event["method"],
        event["url"],
        base64.b64decode(event["body"]),
        event["headers"],
        limit if limit is None else min(limit, LARGEST),
        min(event["seconds"], left),
    )
    try:
        answer = _with_bounded_headers(client.send(http_request))
    except (Refused, Unreachable) as problem:
        location = problem.location if isinstance(problem, Redirected) else None
        return {
            "error": type(problem).__name__,
            "message": problem.message,
            "location": location,
        }
    return {
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": base64.b64encode(answer.content).decode("ascii"),
    }


def _with_bounded_headers(answer: HttpResponse) -> HttpResponse:
    if sum(len(name) + len(value) for name, value in answer.headers.items()) > MAX_HEADERS:
        raise Refused(f"The response has more than {MAX_HEADERS} characters of headers")
    return answer


def _error(answer: Mapping[str, Any]) -> BadgeKitError:
    error = _ERRORS.get(answer["error"], Unreachable)(answer["message"])
    if isinstance(error, Redirected):
        error.location = answer["location"]
    return error
