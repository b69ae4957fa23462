"""The values of CSS properties, rewritten in the syntax that the renderer knows.

Browsers ignore invalid values, so they are told from valid ones that the renderer cannot draw.
Sources: CSS Values 4, SVG 2 (chapters 8, 11, and 13).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import tinycss2

from chalicelib.imaging.svg.refusals import ELSEWHERE, TOO_MUCH, refuse, refuse_feature

Token = Any  # of tinycss2, which has no types

PIXELS = {
    "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96 / 72, "pc": 16.0,
}  # fmt: skip
DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}
# Units whose size depends on fonts, or on the window that shows the image.
_OTHER_UNITS = re.compile(r"(?:ex|ch|ic|cap|lh|r(?:ex|ch|ic|cap|lh)|[sld]?v(?:[whib]|min|max)|cq(?:[whib]|min|max))")  # fmt: skip
_DEEPEST = 32  # nested brackets
_LONG_NUMBER = re.compile(r"\d{1000}")
_PLAIN_LENGTH = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?", re.IGNORECASE)


class Invalid(ValueError):
    """A value that browsers ignore."""


def check_parsable(text: str) -> None:
    """Reject CSS that cannot be parsed.

    Parsing nested brackets is recursive, and Python reads no whole numbers of over 4300 digits.
    """
    if _LONG_NUMBER.search(text):
        refuse(TOO_MUCH)
    depth = 0
    for bracket in re.findall(r"[(\[{}\])]", text):
        depth += 1 if bracket in "([{" else -1
        if depth > _DEEPEST:
            refuse(TOO_MUCH)


def tokens(text: str) -> list[Token]:
    """Return the tokens of a value, without comments and surrounding blanks."""
    check_parsable(text)
    found = [one for one in tinycss2.parse_component_value_list(text) if one.type != "comment"]
    while found and found[-1].type == "whitespace":
        found.pop()
    while found and found[0].type == "whitespace":
        found.pop(0)
    return found


def words(value: Sequence[Token]) -> list[Token]:
    """Return tokens without blanks."""
    return [one for one in value if one.type != "whitespace"]


def number(value: float) -> str:
    """Return a number in the shortest form that keeps it."""
    if not math.isfinite(value):
        raise Invalid
    return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) >= 1e-4 else f"{value:g}"


def one(value: Sequence[Token]) -> Token:
    """Return the only token of a value."""
    if len(value) != 1:
        raise Invalid
    return value[0]


def length(token: Token, *, least: float | None = None) -> str:
    """Return a length in pixels, or in percent or em, which the renderer resolves.

    `rem` is left to the caller, who knows the root's font size.
    """
    if token.type == "function":
        refuse_feature(f"{token.lower_name}()")
    if token.type not in ("number", "percentage", "dimension"):
        raise Invalid
    if least is not None and token.value < least:
        raise Invalid
    if token.type == "percentage":
        return f"{number(token.value)}%"
    if token.type == "number":
        return number(token.value)
    unit = token.lower_unit
    if unit in PIXELS:
        return number(token.value * PIXELS[unit])
    if unit in ("em", "rem"):
        return f"{number(token.value)}{unit}"
    if _OTHER_UNITS.fullmatch(unit):
        refuse_feature(f"{token.representation}{token.unit}")
    raise Invalid


def url(token: Token) -> str:
    """Return a reference within the file as ``url(#id)``."""
    if token.type == "url":
        target = token.value
    elif token.type == "function" and token.lower_name == "url":
        inner = words(token.arguments)
        if not inner or inner[0].type != "string":
            raise Invalid
        target = inner[0].value
    else:
        raise Invalid
    target = target.strip()
    if not target.startswith("#"):
        refuse(ELSEWHERE)
    if set(target) & set("\"'()\\ "):
        refuse_feature(f"url({target})")
    return f"url({target})"


def is_word(token: Token, *allowed: str) -> bool:
    """Return whether a token is one of some keywords."""
    return bool(token.type == "ident" and token.lower_value in allowed)


def is_literal(token: Token, character: str) -> bool:
    """Return whether a token is a single character, such as a comma."""
    return bool(token.type == "literal" and token.value == character)


def is_url(token: Token) -> bool:
    """Return whether a token is a reference, to anything."""
    return bool(token.type == "url" or (token.type == "function" and token.lower_name == "url"))


def keyword(*allowed: str) -> Callable[[Sequence[Token]], str]:
    """Return the parser of a property with these keywords."""

    names = {name.lower(): name for name in allowed}

    def parse(value: Sequence[Token]) -> str:
        token = one(words(value))
        if token.type != "ident" or token.lower_value not in names:
            raise Invalid
        return names[token.lower_value]

    return parse


def keyword_else_refused(name: str, *allowed: str) -> Callable[[Sequence[Token]], str]:
    """Return the parser of a property of which only these keywords are drawn."""
    parse = keyword(*allowed)

    def strict(value: Sequence[Token]) -> str:
        try:
            return parse(value)
        except Invalid:
            refuse_feature(f"{name}: {tinycss2.serialize(value)}")

    return strict


def a_length(value: Sequence[Token]) -> str:
    """Return a length."""
    return length(one(words(value)))


def positive_length(value: Sequence[Token]) -> str:
    """Return a length that is not negative."""
    return length(one(words(value)), least=0)


def side(value: Sequence[Token]) -> str:
    """Return a width or height, or ``auto``."""
    found = one(words(value))
    return "auto" if is_word(found, "auto") else length(found, least=0)


def opacity(value: Sequence[Token]) -> str:
    """Return a number from 0 to 1."""
    token = one(words(value))
    if token.type not in ("number", "percentage"):
        if token.type == "function":
            refuse_feature(f"{token.lower_name}()")
        raise Invalid
    share = token.value / 100 if token.type == "percentage" else token.value
    return number(min(max(share, 0.0), 1.0))


def a_number(value: Sequence[Token]) -> str:
    """Return a number of at least 1, such as a miter limit."""
    token = one(words(value))
    if token.type != "number" or token.value < 1:
        raise Invalid
    return number(token.value)


def dashes(value: Sequence[Token]) -> str:
    """Return the lengths of dashes and gaps, or ``none``."""
    found = [part for part in words(value) if not is_literal(part, ",")]
    if len(found) == 1 and is_word(found[0], "none"):
        return "none"
    if not found:
        raise Invalid
    return ",".join(length(part, least=0) for part in found)


def reference(name: str) -> Callable[[Sequence[Token]], str]:
    """Return the parser of a property that refers to an element of the file."""

    def parse(value: Sequence[Token]) -> str:
        found = words(value)
        if len(found) == 1 and is_word(found[0], "none"):
            return "none"
        if len(found) == 1 and is_url(found[0]):
            return url(found[0])
        if any(part.type == "function" for part in found):
            call = next(part for part in found if part.type == "function")
            refuse_feature(f"{name}: {call.lower_name}()")
        if any(is_url(part) for part in found):
            refuse_feature(f"{name}: {tinycss2.serialize(found)}")
        raise Invalid

    return parse


def angle(token: Token) -> float:
    """Return an angle in degrees."""
    if token.type == "function":
        refuse_feature(f"{token.lower_name}()")
    if token.type == "number" and token.value == 0:
        return 0.0
    if token.type != "dimension" or token.lower_unit not in DEGREES:
        raise Invalid
    return float(token.value * DEGREES[token.lower_unit])


def font_size(value: Sequence[Token]) -> str:
    """Return the size of a font, in which `em` is measured."""
    sizes = {
        "xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32,
        "xxx-large": 48,
    }  # fmt: skip
    token = one(words(value))
    if token.type == "ident":
        name = token.lower_value
        if name in ("larger", "smaller"):
            return "1.2em" if name == "larger" else f"{number(1 / 1.2)}em"
        if name not in sizes:
            raise Invalid
        return str(sizes[name])
    return length(token, least=0)


def path(value: Sequence[Token]) -> str:
    """Return the data of a path."""
    token = one(words(value))
    if is_word(token, "none"):
        return ""
    if token.type != "function":
        raise Invalid
    inner = words(token.arguments)
    if token.lower_name != "path" or len(inner) != 1 or inner[0].type != "string":
        refuse_feature(f"d: {token.lower_name}()")
    data: str = inner[0].value
    return data


def length_of(text: str) -> str | None:
    """Return a length in the renderer's syntax, or None if it is invalid."""
    if _PLAIN_LENGTH.fullmatch(text):
        return text
    try:
        return a_length(tokens(text))
    except Invalid:
        return None
