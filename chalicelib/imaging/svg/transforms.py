"""Transformations in CSS, rewritten as attributes of SVG (CSS Transforms 1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from chalicelib.imaging.svg.refusals import refuse_feature
from chalicelib.imaging.svg.values import (
    Invalid,
    Token,
    angle,
    is_literal,
    is_word,
    length,
    number,
    words,
)

# With depth, as on a page in three dimensions
_IN_SPACE = {
    "matrix3d", "perspective", "rotate3d", "rotatex", "rotatey", "rotatez", "scale3d", "scalez",
    "translate3d", "translatez",
}  # fmt: skip
_OFFSETS = {"left": "0%", "top": "0%", "center": "50%", "right": "100%", "bottom": "100%"}


def transform(value: Sequence[Token]) -> str:
    """Return transformations in the syntax of attributes; ``none`` is empty."""
    found = words(value)
    if len(found) == 1 and is_word(found[0], "none"):
        return ""
    if not found:
        raise Invalid
    return " ".join(_transformed(part) for part in found)


def _transformed(token: Token) -> str:
    if token.type != "function":
        raise Invalid
    name = token.lower_name
    given = [part for part in words(token.arguments) if not is_literal(part, ",")]
    if name in _IN_SPACE:
        refuse_feature(f"transform: {name}()")
    least, most, write = _FUNCTIONS.get(name, (1, 0, _matrix))
    if not least <= len(given) <= most:
        raise Invalid
    return write(*given)


def _translate(across: Token, down: Token | None = None) -> str:
    return f"translate({_offset(across)} {_offset(down) if down else 0})"


def _scale(across: Token, down: Token | None = None) -> str:
    return f"scale({_factor(across)} {_factor(down or across)})"


def _skew(across: Token, down: Token | None = None) -> str:
    x, y = (number(math.tan(math.radians(angle(part)))) if part else "0" for part in (across, down))
    return f"matrix(1 {y} {x} 1 0 0)"


def _matrix(*given: Token) -> str:
    if any(part.type != "number" for part in given):
        raise Invalid
    return f"matrix({' '.join(number(part.value) for part in given)})"


def _offset(token: Token) -> str:
    """Return an offset in pixels."""
    if token.type == "number" and token.value:
        raise Invalid  # CSS wants a unit
    found = length(token)
    if found.endswith(("%", "em")):
        refuse_feature(f"translate({token.serialize()})")
    return found


def _factor(token: Token) -> str:
    if token.type == "function":
        refuse_feature(f"{token.lower_name}()")
    if token.type not in ("number", "percentage"):
        raise Invalid
    return number(token.value / 100 if token.type == "percentage" else token.value)


def origin(value: Sequence[Token]) -> str:
    """Return the fixed point of a transformation as two lengths."""
    found = words(value)
    if not 1 <= len(found) <= 3:
        raise Invalid
    if len(found) == 3 and length(found.pop()) != "0":
        refuse_feature("transform-origin")
    names = [part.lower_value if part.type == "ident" else None for part in found]
    if names[0] in ("top", "bottom") or (len(names) == 2 and names[1] in ("left", "right")):
        found.reverse()
        names.reverse()
    if len(found) == 1 and names[0] in ("top", "bottom"):
        return f"50% {_OFFSETS[names[0]]}"
    offsets = [
        length(part) if name is None else _OFFSETS.get(name, "")
        for part, name in zip(found, names, strict=True)
    ]
    if "" in offsets:
        raise Invalid
    return " ".join((*offsets, "50%")[:2])


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., str]]] = {
    "translate": (1, 2, _translate),
    "translatex": (1, 1, _translate),
    "translatey": (1, 1, lambda down: f"translate(0 {_offset(down)})"),
    "scale": (1, 2, _scale),
    "scalex": (1, 1, lambda across: f"scale({_factor(across)} 1)"),
    "scaley": (1, 1, lambda down: f"scale(1 {_factor(down)})"),
    "rotate": (1, 1, lambda turn: f"rotate({number(angle(turn))})"),
    "skew": (1, 2, _skew),
    "skewx": (1, 1, lambda across: f"skewX({number(angle(across))})"),
    "skewy": (1, 1, lambda down: f"skewY({number(angle(down))})"),
    "matrix": (6, 6, _matrix),
}
