"""Time: aware UTC datetimes inside, ISO 8601 outside."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Return a moment as badgekit-api writes it: ``2014-06-10T14:02:57.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix(moment: datetime) -> int:
    """Return a moment in whole seconds since 1970, as in webhooks."""
    return int(moment.timestamp())


def parse(text: str) -> datetime:
    """Return the moment of an ISO 8601 text; a text without a time zone is taken as UTC.

    Raises
    ------
    ValueError
        If the text is not an ISO 8601 date or time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:  # before year 1 or after 9999, seen from UTC
        raise ValueError(f"{text} is not a time that UTC can represent") from problem


def from_unix(seconds: float) -> datetime:
    """Return the moment that many seconds after 1970; above 10^11, the number is milliseconds.

    BadgeKit's clients send both; seconds do not exceed 10^11 before the year 5138.

    Raises
    ------
    ValueError
        If Python cannot represent the moment.
    """
    try:
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
    except (OverflowError, OSError) as problem:
        raise ValueError(f"{seconds} is not a time") from problem
