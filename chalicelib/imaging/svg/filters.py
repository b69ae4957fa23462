"""Filters in CSS, in the syntax that the renderer knows (Filter Effects 1)."""

from __future__ import annotations

from collections.abc import Sequence

import tinycss2

from chalicelib.imaging.svg.refusals import refuse_feature
from chalicelib.imaging.svg.values import (
    Invalid,
    Token,
    angle,
    is_url,
    is_word,
    number,
    one,
    reference,
    words,
)

_FILTERS = {"brightness", "contrast", "grayscale", "invert", "opacity", "saturate", "sepia"}


def filters(value: Sequence[Token]) -> str:
    """Return a reference to a filter, filter functions, or ``none``."""
    found = words(value)
    if len(found) == 1 and (is_word(found[0], "none") or is_url(found[0])):
        return reference("filter")(found)
    if any(is_url(part) for part in found):
        refuse_feature(f"filter: {tinycss2.serialize(value)}")
    if not found or any(part.type != "function" for part in found):
        raise Invalid
    return " ".join(_filter(part) for part in found)


def _filter(token: Token) -> str:
    name, given = token.lower_name, words(token.arguments)
    if name in ("blur", "drop-shadow"):
        # The renderer cuts them off close to the shape, browsers do not.
        refuse_feature(f"filter: {name}()")
    if name == "hue-rotate":
        return f"hue-rotate({number(angle(one(given)))}deg)" if given else "hue-rotate(0deg)"
    if name in _FILTERS:
        token = one(given) if given else None
        if token is None:
            return f"{name}(1)"
        if token.type not in ("number", "percentage") or token.value < 0:
            raise Invalid
        return f"{name}({number(token.value / 100 if token.type == 'percentage' else token.value)})"
    raise Invalid
