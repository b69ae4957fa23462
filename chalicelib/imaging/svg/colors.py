"""Colors of CSS, rewritten in the hexadecimal syntax that the renderer reads everywhere (CSS Color 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tinycss2 import color4, color5

from chalicelib.imaging.svg.refusals import refuse_feature
from chalicelib.imaging.svg.values import Invalid, Token, is_url, is_word, one, url, words

CURRENT = "currentColor"

_SYSTEM_COLORS = frozenset(
    [
        "accentcolor",
        "accentcolortext",
        "activetext",
        "activeborder",
        "buttonborder",
        "buttonface",
        "buttontext",
        "canvas",
        "canvastext",
        "field",
        "fieldtext",
        "graytext",
        "highlight",
        "highlighttext",
        "linktext",
        "mark",
        "marktext",
        "selecteditem",
        "selecteditemtext",
        "visitedtext",
    ]
)
_FUNCTIONS = frozenset(
    [
        "rgb",
        "rgba",
        "hsl",
        "hsla",
        "hwb",
        "lab",
        "lch",
        "oklab",
        "oklch",
        "color",
        "color-mix",
        "color-contrast",
        "contrast-color",
        "light-dark",
        "device-cmyk",
    ]
)
_TINTED = {"lab": "xyz-d50", "lch": "xyz-d50", "oklab": "xyz-d65", "oklch": "xyz-d65"}

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# CSS Color 4, 19: Bradford adaptation, and the primaries of sRGB and of Display P3
_D50_TO_D65: Matrix = (
    (0.9554734527042182, -0.023098536874261423, 0.0632593086610217),
    (-0.028369706963208136, 1.0099954580058226, 0.021041398966943008),
    (0.012314001688319899, -0.020507696433477912, 1.3303659366080753),
)
_XYZ_TO_SRGB: Matrix = (
    (12831 / 3959, -329 / 214, -1974 / 3959),
    (-851781 / 878810, 1648619 / 878810, 36519 / 878810),
    (705 / 12673, -2585 / 12673, 705 / 667),
)
_P3_TO_XYZ: Matrix = (
    (608311 / 1250200, 189793 / 714400, 198249 / 1000160),
    (35783 / 156275, 247089 / 357200, 198249 / 2500400),
    (0.0, 32229 / 714400, 5220557 / 5000800),
)


def color(value: Sequence[Token]) -> str:
    """Return a color as ``#rrggbb``, ``#rrggbbaa`` or ``currentColor``."""
    token = one(words(value))
    name = token.lower_value if token.type == "ident" else getattr(token, "lower_name", "")
    if token.type == "ident" and name in _SYSTEM_COLORS:
        refuse_feature(token.value)
    found = color5.parse_color(token)
    if found == "currentcolor":
        return CURRENT
    if found is None:
        if token.type == "function" and name in _FUNCTIONS:
            refuse_feature(f"{name}()")
        raise Invalid
    parts = [_byte(part) for part in _srgb(found, name)]
    opacity = _byte(0.0 if found.alpha is None else found.alpha)
    return "#" + "".join(f"{part:02x}" for part in (*parts, *([opacity] if opacity < 255 else [])))


def paint(value: Sequence[Token]) -> str:
    """Return what fills a shape: a color, a gradient or pattern with its fallback, or nothing."""
    found = words(value)
    if not found:
        raise Invalid
    if len(found) == 1 and is_word(found[0], "none", "context-fill", "context-stroke"):
        name: str = found[0].lower_value
        return name
    if not is_url(found[0]):
        return color(found)
    target = url(found[0])
    return target if len(found) == 1 else f"{target} {paint(found[1:])}"


def _byte(share: float) -> int:
    return round(255 * min(max(share, 0.0), 1.0))


def _srgb(found: color4.Color, name: str) -> Triple:
    """Return a color's red, green and blue; those outside of sRGB are clipped, as in browsers."""
    if found.space in ("hsl", "hwb"):
        found = found.to("srgb")
    elif found.space in _TINTED:
        found = found.to(_TINTED[found.space])
    red, green, blue = (part or 0.0 for part in found.coordinates)
    if found.space not in _FROM:
        refuse_feature(f"{name}({found.space} …)")
    return _FROM[found.space]((red, green, blue))


def _times(matrix: Matrix, given: Triple) -> Triple:
    red, green, blue = (
        sum(factor * part for factor, part in zip(row, given, strict=True)) for row in matrix
    )
    return red, green, blue


def _encoded(light: Triple) -> Triple:
    """Return linear light with the transfer function of sRGB."""
    red, green, blue = (
        12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in light
    )
    return red, green, blue


def _decoded(parts: Triple) -> Triple:
    """Return linear light of values with the transfer function of sRGB."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


_FROM: dict[str, Callable[[Triple], Triple]] = {
    "srgb": lambda parts: parts,
    "srgb-linear": _encoded,
    "xyz-d65": lambda parts: _encoded(_times(_XYZ_TO_SRGB, parts)),
    "xyz-d50": lambda parts: _encoded(_times(_XYZ_TO_SRGB, _times(_D50_TO_D65, parts))),
    "display-p3": lambda parts: _encoded(_times(_XYZ_TO_SRGB, _times(_P3_TO_XYZ, _decoded(parts)))),
}
