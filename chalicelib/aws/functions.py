"""Lambda: invokes another function of the deployment (the courier)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from chalicelib.aws.session import client

log = logging.getLogger("badgekit")


class InvokeError(Exception):
    """The function could not be invoked, or ended without a response; the message says why."""


# Lambda's error codes for calls that did not reach the function, and what an administrator can do.
_REASONS = {
    "AccessDeniedException": "this function is not allowed to call it; redeploy the stack",
    "ResourceNotFoundException": "the function does not exist; redeploy the stack",
    "TooManyRequestsException": (
        "the limit of concurrent executions was reached; if this happens often, ask AWS for a "
        "higher limit"
    ),
}


def invoke(function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Invoke a function once and return its response.

    Parameters
    ----------
    function : str
        Its name.
    event : Mapping[str, Any]
        The payload; its JSON must stay below Lambda's limit of 6 MB.

    Raises
    ------
    InvokeError
        If it cannot be invoked, or ends without a response.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        called = client("lambda").invoke(
            FunctionName=function,
            InvocationType="RequestResponse",
            Payload=json.dumps(event).encode("utf-8"),
        )
        with closing(called["Payload"]) as payload:
            answer = json.loads(payload.read())
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        raise _failure(function, _REASONS.get(code, f"Lambda returned {code}")) from problem
    except BotoCoreError as problem:
        raise _failure(function, f"Lambda did not respond ({type(problem).__name__})") from problem
    except ValueError as problem:
        raise _failure(function, "it did not return JSON") from problem
    if "FunctionError" in called or not isinstance(answer, dict):
        raise _failure(function, "it ended without a response; see its log")
    return answer


def _failure(function: str, why: str) -> InvokeError:
    """Log and return the error; the one shown for the request may be less specific."""
    message = f"The courier {function}, which sends outgoing requests, failed: {why}"
    log.error(message)
    return InvokeError(message)
