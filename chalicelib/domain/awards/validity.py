"""When an award is valid: its status at a moment, and which periods are refused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib import times
from chalicelib.data.models import Award
from chalicelib.errors import ValidationError


class AwardStatus(StrEnum):
    """Whether an award is valid at a moment and, if not, why."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


def status_of(award: Award, now: datetime | None = None) -> AwardStatus:
    """Return the status of an award.

    Parameters
    ----------
    award : Award
        The award.
    now : datetime, optional
        At which moment; by default the present one.
    """
    now = now or times.now()
    if award.revoked is not None:
        return AwardStatus.REVOKED
    if award.expires is not None and award.expires <= now:
        return AwardStatus.EXPIRED
    return AwardStatus.NOT_YET_VALID if award.issued_on > now else AwardStatus.VALID


def having(status: AwardStatus) -> Any:
    """Return the condition that an award has a status, as `status_of` decides."""
    if status is AwardStatus.REVOKED:
        return Award.revoked.is_null(False)
    now = times.now()
    if status is AwardStatus.EXPIRED:
        return Award.revoked.is_null() & (Award.expires <= now)
    in_time = Award.issued_on <= now if status is AwardStatus.VALID else Award.issued_on > now
    return Award.revoked.is_null() & unexpired() & in_time


def unexpired() -> Any:
    """Return the condition that an award has not expired."""
    return Award.expires.is_null() | (Award.expires > times.now())


def check_period(issued_on: datetime | None, expires: datetime | None) -> None:
    """Refuse an award that expires before it is issued; both may be in the past.

    Parameters
    ----------
    issued_on : datetime or None
        When it is issued; None means now.
    expires : datetime or None
        When it expires; None means never.

    Raises
    ------
    ValidationError
        If it would never be valid.
    """
    if expires is not None and expires < (issued_on or times.now()):
        raise ValidationError(
            [
                {
                    "message": "Must not be before `issuedOn`, which is now by default",
                    "field": "expires",
                    "value": times.iso(expires),
                }
            ]
        )
