"""Lambda: has the courier, a function of ours that reaches the internet, do something."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from chalicelib.aws.session import client
from chalicelib.net.messages import Unreachable

log = logging.getLogger("badgekit")

# What Lambda says of a call that never got to the function, and what an administrator may do.
_REASONS = {
    "AccessDeniedException": "this function may not call it; deploy the stack again",
    "ResourceNotFoundException": "there is none of this name; deploy the stack again",
    "TooManyRequestsException": (
        "no more functions may run at once; if this happens often, ask AWS for a higher limit of "
        "concurrent executions"
    ),
}


def send(function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Call the courier once and return what it answers.

    Parameters
    ----------
    function : str
        Its name.
    event : Mapping[str, Any]
        What it is told; together with everything around it below Lambda's 6 MB.

    Raises
    ------
    Unreachable
        If it cannot be called, or ends without an answer.
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
        raise _trouble(function, _REASONS.get(code, f"Lambda answered {code}")) from problem
    except BotoCoreError as problem:
        raise _trouble(function, f"Lambda did not answer ({type(problem).__name__})") from problem
    except ValueError as problem:
        raise _trouble(function, "it answered with something else than JSON") from problem
    if "FunctionError" in called or not isinstance(answer, dict):
        raise _trouble(function, "it ended without an answer; its log tells why")
    return answer


def _trouble(function: str, why: str) -> Unreachable:
    """Return the error, and log it: whoever made the request may show another one."""
    message = f"The courier {function}, by which requests go out, did nothing: {why}"
    log.error(message)
    return Unreachable(message)
