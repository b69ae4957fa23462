"""Egress proxy: makes requests for functions whose network has no way out.

It is one more Lambda function, which stays outside of that network. `carry` is what others use, and
`run` what happens there; between them goes one JSON object either way, in base64 where it is bytes.
It has no settings and no rights, and checks addresses as `outgoing` does everywhere.
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

# Lambda hands over 6 MB either way: 5.6 for these in base64, and the rest for the headers, whose
# letters may take six bytes each.
LARGEST = 4 * 1024 * 1024  # bytes of a body
MOST_HEADERS = 64 * 1024  # characters
SPARE_SECONDS = 1.0  # for answering

_ERRORS: Mapping[str, type[BadgeKitError]] = {
    kind.__name__: kind for kind in (Forbidden, Redirected, Refused, Unreachable)
}


def carry(function: str, errand: HttpRequest) -> HttpResponse:
    """Have the courier make a request.

    Parameters
    ----------
    function : str
        The name of the courier's function.
    errand : Errand
        The request.

    Raises
    ------
    Refused
        As `outgoing.request` does, and if there is more to send than Lambda hands over.
    Unreachable
        As `outgoing.request` does, and if there is no courier to be had.
    """
    if len(errand.body) > LARGEST:
        raise Refused(f"The request is larger than the courier's limit of {LARGEST} bytes")
    event = {
        "method": errand.method,
        "url": errand.url,
        "body": base64.b64encode(errand.body).decode("ascii"),
        "headers": dict(errand.headers),
        "limit": errand.limit,
        "seconds": errand.seconds,
    }
    try:
        answer = functions.invoke(function, event)
    except functions.InvokeError as problem:
        raise Unreachable(str(problem)) from problem
    if "error" in answer:
        raise _error(answer)
    return HttpResponse(answer["status"], answer["headers"], base64.b64decode(answer["body"]))


def run(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Make a request, as the courier; return the answer, or the error that `carry` raises again.

    Parameters
    ----------
    event : Mapping[str, Any]
        What `carry` sends.
    context : Any
        Lambda's context.
    """
    left = context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    limit = event["limit"]
    errand = HttpRequest(
        event["method"],
        event["url"],
        base64.b64decode(event["body"]),
        event["headers"],
        limit if limit is None else min(limit, LARGEST),
        min(event["seconds"], left),
    )
    try:
        answer = _with_bounded_headers(client.send(errand))
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
    if sum(len(name) + len(value) for name, value in answer.headers.items()) > MOST_HEADERS:
        raise Refused(f"The response has more than {MOST_HEADERS} characters of headers")
    return answer


def _error(answer: Mapping[str, Any]) -> BadgeKitError:
    error = _ERRORS.get(answer["error"], Unreachable)(answer["message"])
    if isinstance(error, Redirected):
        error.location = answer["location"]
    return error
