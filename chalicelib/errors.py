"""Errors that a person or a client may see: an HTTP status and a message to act on.

Domain code raises them, `chalicelib.web.application` is the one place that turns them into answers and the
issuing worker the one place that turns them into the reason of a failed job. Codes and wordings
are those of badgekit-api, because its clients compare them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class BadgeKitError(Exception):
    """Base of all errors that are shown to whoever caused them.

    Parameters
    ----------
    message : str
        What went wrong and what to do about it, without secrets.
    details : Any, optional
        Machine-readable details, shown as the member ``details``.
    reason : str, optional
        The same for an administrator, where the message is worded for the API's clients.
    told : str, optional
        The same for whoever opened a page, where the reason is worded for who retries a job.
    """

    status = 500
    code = "InternalError"

    def __init__(
        self,
        message: str,
        *,
        details: Any = None,
        reason: str | None = None,
        told: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.reason = reason or message
        self.told = told or self.reason

    def to_json(self) -> dict[str, Any]:
        """Return the error as badgekit-api clients expect it."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details is not None:
            body["details"] = self.details
        return body


class InvalidContent(BadgeKitError):
    """The body cannot be read at all: broken JSON, not UTF-8, an array where an object is due."""

    status = 400
    code = "InvalidContent"


class PictureRefused(InvalidContent):
    """A picture cannot be taken; the message tells whoever chose it why, and what to do."""


class InvalidParameter(BadgeKitError):
    """A query parameter has a value outside its list.

    Parameters
    ----------
    parameter : str
        Name of the query parameter, answered as the member ``parameter``.
    """

    status = 400
    code = "InvalidParameter"

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "parameter": self.parameter}


class ValidationError(BadgeKitError):
    """Fields are missing or bad; ``details`` lists all of them in the order of the model."""

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
    """The signature, session or permission is missing or wrong (BadgeKit never answers 401)."""

    status = 403
    code = "NotAuthorized"


class NotFound(BadgeKitError):
    """Nothing is stored under that name."""

    status = 404
    code = "ResourceNotFound"


class MethodNotAllowed(BadgeKitError):
    """The path exists, but not for this method.

    Parameters
    ----------
    allowed : Sequence[str]
        The methods that exist, answered as the ``Allow`` header.
    """

    status = 405
    code = "MethodNotAllowedError"

    def __init__(self, message: str, *, allowed: Sequence[str], reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.allowed = sorted(allowed)


class Conflict(BadgeKitError):
    """The wish contradicts what is stored already, such as a second award to one address."""

    status = 409
    code = "ResourceConflict"


class Gone(BadgeKitError):
    """It was here and is not any more, for good."""

    status = 410
    code = "Gone"


class TooLarge(BadgeKitError):
    """The body is larger than the route takes."""

    status = 413
    code = "RequestEntityTooLargeError"


class CodeAlreadyUsed(BadgeKitError):
    """The claim code is for one use, and that was made."""

    status = 400
    code = "CodeAlreadyUsed"


class UnsupportedMediaType(BadgeKitError):
    """The body is of a kind that the route does not read."""

    status = 415
    code = "UnsupportedMediaTypeError"


class Unavailable(BadgeKitError):
    """Something this deployment needs does not answer; trying again later helps.

    Parameters
    ----------
    retry_after : int, optional
        Seconds to wait, answered as the ``Retry-After`` header.
    """

    status = 503
    code = "ServiceUnavailable"

    def __init__(self, message: str, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class WakingUp(Unavailable):
    """The database sleeps while nobody needs it, and was just woken up; it takes some seconds."""

    def __init__(self) -> None:
        super().__init__("The database is starting; try again in a few seconds.", retry_after=5)
