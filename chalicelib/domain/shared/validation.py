"""Validation of what clients send, with all errors reported at once as in badgekit-api.

Errors come in the order of the fields: a missing field without a message, a bad one with a message.
Null counts as missing, an empty string does not. Source: badgekit-api 0.2.22,
`app/lib/validation.js` and its models.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import limits, texts, times, tokens, web_addresses
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import InvalidContent, ValidationError

LONGEST_TEXT = 65_535  # bytes of a TEXT column in MySQL
SHORTEST_SECRET = 12  # characters of a new consumer's secret; older ones may be shorter
LONGEST_SECRET = 1000
LARGEST_INTEGER = 2**31 - 1
MOST_OBJECTS = 200  # in a list
LONGEST_SHOWN = 100_000  # characters of a bad value that are repeated in the error
DEEPEST = 32  # levels of lists and objects; BadgeKit itself sends fewer than ten

Check = Callable[[Any], str | None]

# Patterns are texts: `re` compiles and keeps each when first needed, which many requests never do.
# With or without scheme, as node-validator's isUrl; the host is a name, an address or localhost.
_PLAIN = rf"[^\s{texts.NOT_IN_LINES}]"  # a character of a path
_URL = (
    r"(?i:"
    r"(?:(?:https?|ftp)://(?:[^\s:@/]{1,100}(?::[^\s:@/]{0,100})?@)?)?"
    r"(?P<host>localhost|(?:\d{1,3}\.){3}\d{1,3}"
    r"|(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63})"
    rf"(?::\d{{1,5}})?(?:[/?#]{_PLAIN}*)?)"
)
_INTEGER = r"-?[0-9]{1,10}"


class Field(NamedTuple):
    """One member of a body.

    Parameters
    ----------
    name : str
        Its name in the body.
    check : Check
        Returns the error for a value, or None.
    required : bool
        Whether it is required.
    secret : bool
        Whether its value is never repeated in an error.
    """

    name: str
    check: Check
    required: bool = False
    secret: bool = False


def text(shortest: int = 0, longest: int = LONGEST_TEXT) -> Check:
    """Accept texts whose length is in range; numbers count as their digits."""

    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return "String is not in range"
        try:
            content = str(value)
            size = len(content.encode("utf-8"))
        except ValueError:  # half of a surrogate pair, or more digits than Python converts
            return "String is not in range"
        in_range = shortest <= len(content) <= longest and size <= LONGEST_TEXT
        return None if in_range else "String is not in range"

    return check


@dataclass(frozen=True)
class Line:
    """Accept texts like `text`, without the characters that are not allowed in names (see `texts`).

    Parameters
    ----------
    shortest, longest : int
        How many characters there may be.
    pattern : str
        What the whole text must match, as a regular expression of Python and of JavaScript.
    message : str
        The error for a text that does not.
    """

    shortest: int
    longest: int
    pattern: str = rf"^[^{texts.NOT_IN_LINES}]*$"
    message: str = "Control characters are not allowed"

    def __call__(self, value: Any) -> str | None:
        if message := text(self.shortest, self.longest)(value):
            return message
        return None if re.fullmatch(self.pattern, str(value)) else self.message


def lines(shortest: int, longest: int) -> Line:
    """Accept short texts, which may have several lines."""
    return Line(shortest, longest, rf"^[^{texts.NOT_IN_TEXTS}]*$")


def slug(shortest: int, longest: int = limits.SLUG) -> Line:
    """Accept names that can be part of a path: not ``.`` and ``..``, which browsers resolve."""
    return Line(
        shortest, longest, rf"^(?!\.{{1,2}}$)[^{texts.NOT_IN_LINES}]*$",
        "It must not be . or .., or contain control characters",
    )  # fmt: skip


def link(longest: int) -> Line:
    """Accept texts that are web addresses, or harm no page (see `web_addresses.LINK`)."""
    return Line(0, longest, web_addresses.LINK, "Invalid URL")


def secret(value: Any) -> str | None:
    """Accept texts that can sign tokens and are not trivial to guess."""
    return _secret(value, SHORTEST_SECRET)


def receivers_secret(value: Any) -> str | None:
    """Accept texts that can sign tokens; other people's receivers may ask for short ones."""
    return _secret(value, 1)


def _secret(value: Any, shortest: int) -> str | None:
    if message := text(shortest, LONGEST_SECRET)(value):
        return message
    is_fine = str(value).strip() and tokens.is_secret(str(value))
    return None if is_fine else "This cannot be used as a secret"


def url(value: Any) -> str | None:
    """Accept web addresses, with or without scheme."""
    is_short = isinstance(value, str) and len(value) <= 2083 and texts.is_line(value)
    found = re.fullmatch(_URL, value) if is_short else None
    if found is None:
        return "Invalid URL"
    try:
        web_addresses.ascii_host(found["host"])
    except ValueError:
        return "Invalid URL"
    return None


def email(value: Any) -> str | None:
    """Accept e-mail addresses."""
    return None if email_addresses.is_address(value) else email_addresses.message(value)


def integer(value: Any) -> str | None:
    """Accept integers that a column can hold, as numbers or digits."""
    if isinstance(value, str) and re.fullmatch(_INTEGER, value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        return "Invalid integer"
    return None


def one_of(*allowed: str) -> Check:
    """Accept these values only."""

    def check(value: Any) -> str | None:
        return None if value in allowed else "Unexpected value or invalid argument"

    return check


def flag(value: Any) -> str | None:
    """Accept true and false as clients spell them."""
    return None if as_flag(value) is not None else "Unexpected value or invalid argument"


def date(value: Any) -> str | None:
    """Accept ISO 8601 texts and Unix times."""
    try:
        as_moment(value)
    except ValueError:
        return "Not a date"
    return None


def as_flag(value: Any) -> bool | None:
    """Return true or false for a spelling of it, or None."""
    if isinstance(value, str):
        return {"1": True, "true": True, "0": False, "false": False}.get(value.lower())
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def as_text(value: Any) -> str | None:
    """Return a value that `text` accepted as a text, or None."""
    return None if value is None else str(value)


def as_moment(value: Any) -> datetime:
    """Return the moment of an ISO 8601 text or a Unix time in seconds or milliseconds.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("not a date")  # noqa: TRY004  # the caller reports values, not types
    if isinstance(value, (int, float)):
        return times.from_unix(value)
    if re.fullmatch(r"[0-9]{9,14}", value):
        return times.from_unix(int(value))
    try:
        return times.parse(value)
    except OverflowError as problem:  # in UTC, before the year 1 or after 9999
        raise ValueError(f"{value} is not a time") from problem


def json_object(body: bytes | str) -> dict[str, Any]:
    """Return the JSON object of a body.

    Raises
    ------
    InvalidContent
        If it is not an object of JSON in UTF-8, or nested too deeply.
    """
    try:
        # json.loads would also read UTF-16, and numbers that JSON cannot represent.
        text_ = body if isinstance(body, str) else body.decode("utf-8")
        content = json.loads(text_, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as problem:
        raise InvalidContent("Invalid JSON: the body must be JSON in UTF-8") from problem
    if not isinstance(content, dict):
        raise InvalidContent("The body must be a JSON object")
    if _is_too_deep(content):
        raise InvalidContent("Invalid JSON: it is nested too deeply")
    return content


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is not a JSON number")
    return number


def _is_too_deep(content: Any) -> bool:
    """Return whether lists and objects are nested so deeply that serializing them might fail."""
    level = [content]
    for _ in range(DEEPEST):
        inside = [one.values() if isinstance(one, dict) else one for one in level if _holds(one)]
        level = [value for values in inside for value in values]
    return any(map(_holds, level))


def _holds(value: Any) -> bool:
    return isinstance(value, (dict, list))


def errors(
    data: Mapping[str, Any], fields: Sequence[Field], *, partial: bool = False
) -> list[dict[str, Any]]:
    """Return the errors of a body, in the order of the fields.

    Parameters
    ----------
    data : Mapping[str, Any]
        The body.
    fields : Sequence[Field]
        Its fields; other members are ignored.
    partial : bool
        Whether required fields may be missing (but not null), as in an update.
    """
    found: list[dict[str, Any]] = []
    for field in fields:
        value = data.get(field.name)
        if value is None:
            if field.required and not (partial and field.name not in data):
                found.append({"field": field.name, "value": ""})
        elif message := field.check(value):
            shown = "" if field.secret else _shown(value)
            found.append({"message": message, "field": field.name, "value": shown})
    return found


def _shown(value: Any) -> Any:
    """Return a bad value, or the beginning of a long one, since responses have a size limit."""
    text_ = value if isinstance(value, str) else json.dumps(value)
    return value if len(text_) <= LONGEST_SHOWN else text_[:LONGEST_SHOWN]


def check(data: Mapping[str, Any], fields: Sequence[Field], *, partial: bool = False) -> None:
    """Raise if a body has missing or bad fields (see `errors`).

    Raises
    ------
    ValidationError
        With all of them.
    """
    if found := errors(data, fields, partial=partial):
        raise ValidationError(found)


def objects(
    data: Mapping[str, Any], name: str, most: int = MOST_OBJECTS
) -> list[Mapping[str, Any]]:
    """Return a member that must be a list of objects; missing or null means an empty list.

    Raises
    ------
    ValidationError
        If it is anything else, or longer than `most`.
    """
    value = data.get(name)
    if value is None:
        return []
    if (
        not isinstance(value, list)
        or len(value) > most
        or not all(isinstance(v, dict) for v in value)
    ):
        raise ValidationError(
            [{"message": "Unexpected value or invalid argument", "field": name, "value": ""}]
        )
    return value
