"""Kinds of badge fields: how each one reads a draft's value, checks it, and stores and shows it.

A kind reads whatever a form, a template or a row holds, and never fails: a bad value stays as it
was sent, and `problems` names what is wrong with it by a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib import texts, times
from chalicelib.data.models import Badge
from chalicelib.domain.shared import validation

MOST = 200  # rows of a list
LONGEST_LABEL, LONGEST_URL = 255, 2083

# What can be wrong with a value.
TOO_LONG, NO_ADDRESS, NO_CODE, NO_NUMBER, NO_CHOICE, TOO_MANY, NO_PICTURE = (
    "too long", "no address", "no code", "no number", "no choice", "too many", "no picture",
)  # fmt: skip


class Kind:
    """What all kinds have in common: one plain value, kept and shown as it is."""

    limit = 255  # characters
    initial: Any = ""  # in a new row of the editor

    def read(self, value: Any) -> Any:
        """Return a value as a draft holds it."""
        return text(value)

    def problem(self, value: Any) -> str | None:
        """Return the code of what is wrong with a value that was read, or None."""
        return None

    def problems(self, name: str, value: Any) -> dict[str, str]:
        """Return what is wrong with the value of a field: codes by the names of fields."""
        code = self.problem(value)
        return {name: code} if code else {}

    def stored(self, value: Any) -> Any:
        """Return a value that the API's check accepted as its column holds it."""
        return validation.as_text(value)

    def answered(self, value: Any) -> Any:
        """Return a column's value as the API answers with it."""
        return value

    def shared(self, value: Any) -> Any:
        """Return a draft's value as a shared template holds it."""
        return value


class Text(Kind):
    """A text of at most `limit` characters."""

    def __init__(self, limit: int = validation.LONGEST_TEXT) -> None:
        self.limit = limit

    def problem(self, value: Any) -> str | None:
        return TOO_LONG if len(value) > self.limit or validation.text()(value) else None


class Line(Text):
    """A name: one line, without the characters that are not allowed in names (see `texts`)."""

    def read(self, value: Any) -> str:
        return texts.line(text(value))


class Lines(Text):
    """A short text of several lines, without the characters that are not allowed in it."""

    def read(self, value: Any) -> str:
        return texts.lines(text(value))


class Code(Line):
    """A claim code, which is part of addresses."""

    def problem(self, value: Any) -> str | None:
        return super().problem(value) or (NO_CODE if validation.slug(0)(value) else None)


class Address(Kind):
    """A web address with its scheme."""

    limit = LONGEST_URL

    def problem(self, value: Any) -> str | None:
        is_web = value.lower().startswith(("http://", "https://"))
        return None if not value or (is_web and validation.url(value) is None) else NO_ADDRESS

    def shared(self, value: Any) -> Any:
        return "" if self.problem(value) else value  # nothing that a browser might run


class Choice(Kind):
    """One of `choices`, or nothing."""

    def __init__(self, choices: tuple[str, ...], default: str = "") -> None:
        self.choices = choices
        self.default = default

    def read(self, value: Any) -> str:
        return text(value) or self.default

    def problem(self, value: Any) -> str | None:
        return None if value in self.choices or not value else NO_CHOICE

    def shared(self, value: Any) -> Any:
        return value or None


class Number(Kind):
    """A whole number of 1 or more, or nothing."""

    def read(self, value: Any) -> int | str | None:
        sent = text(value)
        return int(sent) if re.fullmatch(r"-?[0-9]{1,10}", sent, re.ASCII) else sent or None

    def problem(self, value: Any) -> str | None:
        if value is None or (isinstance(value, int) and 1 <= value <= validation.LARGEST_INTEGER):
            return None
        return NO_NUMBER

    def stored(self, value: Any) -> int | None:
        return None if value is None else int(value)


class Limit(Number):
    """How often a badge may be awarded; nothing for no limit, which BadgeKit's drafts say as 0."""

    def read(self, value: Any) -> int | str | None:
        found = super().read(value)
        return Badge.limit_of(found) if isinstance(found, int) else found


class Flag(Kind):
    """Yes or no. The API answers with 0 or 1, as badgekit-api does."""

    def __init__(self, *, initial: bool = False) -> None:
        self.initial = initial

    def read(self, value: Any) -> bool:
        return bool(validation.as_flag(value))

    def stored(self, value: Any) -> bool | None:
        return validation.as_flag(value)

    def answered(self, value: Any) -> Any:
        return int(value)

    def shared(self, value: Any) -> int:
        return int(value)


class Switch(Flag):
    """Yes or no. The API answers with true or false."""

    def answered(self, value: Any) -> Any:
        return value


class Moment(Kind):
    """A point in time that BadgeKit sets itself."""

    def answered(self, value: Any) -> str:
        return times.iso(value)


class Labels(Kind):
    """A list of short texts without duplicates.

    `typed` ones are entered as one text, separated by commas; others are ticked.
    """

    limit = LONGEST_LABEL

    def __init__(self, *, typed: bool = False) -> None:
        self.typed = typed

    def read(self, value: Any) -> list[str]:
        found: dict[str, str] = {}
        for one in _items(value):
            sent = one.get("value") or one.get("label") if isinstance(one, dict) else one
            label = texts.line(text(sent))
            if label:
                found.setdefault(label.lower(), label)
        return list(found.values())

    def problem(self, value: Any) -> str | None:
        if any(len(one) > self.limit for one in value):
            return TOO_LONG
        return TOO_MANY if len(value) > MOST else None


class Rows(Kind):
    """A list of rows with the same members. Rows without any text are left out.

    Publishing needs the first member of each row.
    """

    def __init__(self, **members: Kind) -> None:
        self.members: Mapping[str, Kind] = members

    @property
    def first(self) -> str:
        """The member that publishing needs."""
        return next(iter(self.members))

    def read(self, value: Any) -> list[dict[str, Any]]:
        found = [
            {name: kind.read(one.get(name)) for name, kind in self.members.items()}
            for one in _items(value)
            if isinstance(one, dict)
        ]
        return [one for one in found if any(isinstance(v, str) and v for v in one.values())]

    def problems(self, name: str, value: Any) -> dict[str, str]:
        found = {name: TOO_MANY} if len(value) > MOST else {}
        for number, row in enumerate(value):
            for member, kind in self.members.items():
                found |= kind.problems(f"{name}[{number}][{member}]", row[member])
        return found


class Group(Kind):
    """Fields of their own under one name, each reported by its own name."""

    def __init__(self, **members: Kind) -> None:
        self.members: Mapping[str, Kind] = members

    def read(self, value: Any) -> dict[str, Any]:
        sent = value if isinstance(value, dict) else {}
        return {name: kind.read(sent.get(name)) for name, kind in self.members.items()}

    def problems(self, name: str, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for member, kind in self.members.items():
            found |= kind.problems(member, value[member])
        return found


def text(value: Any) -> str:
    """Return any value as a text that databases and pages can hold."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    kept = str(value).replace("\r\n", "\n").replace("\0", "").strip()
    return kept.encode("utf-8", "replace").decode("utf-8")  # half characters


def _items(value: Any) -> list[Any]:
    many = value if isinstance(value, list) else [value]
    return many[: MOST + 1]  # one too many is refused
