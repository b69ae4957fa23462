"""Errors shown to users and API clients: an HTTP status and a message that says what to do.

Domain code raises them. `chalicelib.web` turns them into responses, and the pipeline's worker into
the reason of a failed job. Codes and messages are those of badgekit-api, because its clients
compare them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class BadgeKitError(Exception):
    """Base of all errors that users and API clients see.

    Parameters
    ----------
    message : str
        What went wrong and what to do about it, without secrets; for API clients.
    details : Any, optional
        Machine-readable details, returned as the member ``details``.
    reason : str, optional
        The message for administrators, shown as the reason of a failed job. By default `message`.
    page_message : str, optional
        The message for users of a page. By default `reason`.
    """

    status = 500
    code = "InternalError"

    def __init__(
        self,
        message: str,
        *,
        details: Any = None,
        reason: str | None = None,
        page_message: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.reason = reason or message
        self.page_message = page_message or self.reason

    def to_json(self) -> dict[str, Any]:
        """Return the JSON body of the response, as badgekit-api clients expect it."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details is not None:
            body["details"] = self.details
        return body


class InvalidContent(BadgeKitError):
    """The body cannot be parsed: broken JSON, not UTF-8, an array where an object is expected."""

    status = 400
    code = "InvalidContent"


class PictureRefused(InvalidContent):
    """An image is not accepted; the message says why, and what to do."""


class InvalidParameter(BadgeKitError):
    """A query parameter has a value that is not allowed.

    Parameters
    ----------
    parameter : str
        Name of the query parameter, returned as the member ``parameter``.
    """

    status = 400
    code = "InvalidParameter"

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "parameter": self.parameter}


class ValidationError(BadgeKitError):
    """Fields are missing or invalid; ``details`` lists all of them in the order of the model."""

    status = 400
    code = "ValidationError"

    def __init__(self, details: Sequence[dict[str, Any]], *, reason: str | None = None) -> None:
        summary = "; ".join(
            f"{item['field']}: {item.get('message', 'Missing value')}" for item in details
        )
        super().__init__(
            "Could not validate required fields", details=list(details), reason=reason or summary
        )


class NotAuthorized(BadgeKitError):
    """The signature, session or permission is missing or wrong (BadgeKit never returns 401)."""

    status = 403
    code = "NotAuthorized"


class NotFound(BadgeKitError):
    """The requested resource does not exist."""

    status = 404
    code = "ResourceNotFound"


class MethodNotAllowed(BadgeKitError):
    """The path exists, but not for this method.

    Parameters
    ----------
    allowed : Sequence[str]
        The methods of the path, returned in the ``Allow`` header.
    """

    status = 405
    code = "MethodNotAllowedError"

    def __init__(self, message: str, *, allowed: Sequence[str], reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.allowed = sorted(allowed)


class Conflict(BadgeKitError):
    """The request conflicts with stored data, such as a second award to one email address."""

    status = 409
    code = "ResourceConflict"


class Gone(BadgeKitError):
    """The resource existed and was removed permanently."""

    status = 410
    code = "Gone"


class TooLarge(BadgeKitError):
    """The body is larger than the route's limit."""

    status = 413
    code = "RequestEntityTooLargeError"


class CodeAlreadyUsed(BadgeKitError):
    """The claim code is single-use and was used already."""

    status = 400
    code = "CodeAlreadyUsed"


class UnsupportedMediaType(BadgeKitError):
    """The body has a media type that the route does not support."""

    status = 415
    code = "UnsupportedMediaTypeError"


class Unavailable(BadgeKitError):
    """A service that this deployment needs is not responding; a later retry can succeed.

    Parameters
    ----------
    retry_after : int, optional
        Seconds to wait, returned in the ``Retry-After`` header.
    """

    status = 503
    code = "ServiceUnavailable"

    def __init__(self, message: str, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class WakingUp(Unavailable):
    """The database was paused while idle and is resuming, which takes some seconds."""

    def __init__(self) -> None:
        super().__init__("The database is starting; try again in a few seconds.", retry_after=5)
