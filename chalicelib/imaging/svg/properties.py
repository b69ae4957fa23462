"""The CSS properties that change how an SVG image looks: which values are drawn as browsers do."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import tinycss2

from chalicelib.imaging.svg import values
from chalicelib.imaging.svg.colors import color, paint
from chalicelib.imaging.svg.filters import filters
from chalicelib.imaging.svg.refusals import refuse_feature
from chalicelib.imaging.svg.transforms import origin, transform
from chalicelib.imaging.svg.values import Invalid, Token, keyword, keyword_else_refused, reference

Parse = Callable[[Sequence[Token]], str]


class Property(NamedTuple):
    """How a property is read, and what applies where it is not set.

    Parameters
    ----------
    parse : Callable
        Returns a value in the renderer's syntax.
    is_inherited : bool
        Whether elements within have the same value.
    initial : str
        Its value where it is not set.
    """

    parse: Parse
    is_inherited: bool = False
    initial: str = ""


def _painting_order(value: Sequence[Token]) -> str:
    names = [getattr(part, "lower_value", None) for part in values.words(value)]
    if not set(names) <= {"normal", "fill", "stroke", "markers"} or len(set(names)) < len(names):
        raise Invalid
    return " ".join(str(name) for name in names)


def _displayed(value: Sequence[Token]) -> str:
    # In SVG, all that is not `none` is drawn in the same way.
    token = values.words(value)
    if not token or any(part.type != "ident" for part in token):
        raise Invalid
    if values.is_word(token[0], "contents"):
        refuse_feature("display: contents")
    return "none" if values.is_word(token[0], "none") else "inline"


def _radius(value: Sequence[Token]) -> str:
    if values.is_word(values.one(values.words(value)), "auto"):
        refuse_feature("rx: auto, ry: auto")  # browsers do not agree
    return values.positive_length(value)


_OVERFLOW = keyword("visible", "hidden", "scroll", "auto", "clip")
_JOIN = keyword("miter", "round", "bevel")
_RULE = keyword("nonzero", "evenodd")
# The renderer blends hue, color, and luminosity by other formulas.
_BLEND = keyword_else_refused(
    "mix-blend-mode", "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge",
    "color-burn", "hard-light", "soft-light", "difference", "exclusion", "saturation",
)  # fmt: skip

PROPERTIES: dict[str, Property] = {
    "color": Property(color, True, "#000000"),
    "fill": Property(paint, True, "#000000"),
    "fill-opacity": Property(values.opacity, True, "1"),
    "fill-rule": Property(_RULE, True, "nonzero"),
    "stroke": Property(paint, True, "none"),
    "stroke-dasharray": Property(values.dashes, True, "none"),
    "stroke-dashoffset": Property(values.a_length, True, "0"),
    "stroke-linecap": Property(keyword("butt", "round", "square"), True, "butt"),
    "stroke-linejoin": Property(_JOIN, True, "miter"),
    "stroke-miterlimit": Property(values.a_number, True, "4"),
    "stroke-opacity": Property(values.opacity, True, "1"),
    "stroke-width": Property(values.positive_length, True, "1"),
    "paint-order": Property(_painting_order, True, "normal"),
    "marker-start": Property(reference("marker-start"), True, "none"),
    "marker-mid": Property(reference("marker-mid"), True, "none"),
    "marker-end": Property(reference("marker-end"), True, "none"),
    "visibility": Property(keyword("visible", "hidden", "collapse"), True, "visible"),
    "shape-rendering": Property(
        keyword("auto", "optimizeSpeed", "crispEdges", "geometricPrecision"), True, "auto"
    ),
    "image-rendering": Property(
        keyword("auto", "optimizeSpeed", "optimizeQuality", "pixelated", "crisp-edges", "smooth"),
        True,
        "auto",
    ),
    "color-interpolation": Property(
        keyword_else_refused("color-interpolation", "auto", "sRGB"), True, "auto"
    ),
    "color-interpolation-filters": Property(
        keyword("auto", "sRGB", "linearRGB"), True, "linearRGB"
    ),
    "font-size": Property(values.font_size, True, "16"),
    "clip-rule": Property(_RULE, True, "nonzero"),
    "clip-path": Property(reference("clip-path"), False, "none"),
    "mask": Property(reference("mask"), False, "none"),
    "mask-type": Property(keyword("luminance", "alpha"), False, "luminance"),
    "filter": Property(filters, False, "none"),
    "flood-color": Property(color, False, "#000000"),
    "flood-opacity": Property(values.opacity, False, "1"),
    "stop-color": Property(color, False, "#000000"),
    "stop-opacity": Property(values.opacity, False, "1"),
    "opacity": Property(values.opacity, False, "1"),
    "display": Property(_displayed, False, "inline"),
    "overflow": Property(_OVERFLOW, False, "visible"),
    "mix-blend-mode": Property(_BLEND, False, "normal"),
    "isolation": Property(keyword("auto", "isolate"), False, "auto"),
    "vector-effect": Property(keyword_else_refused("vector-effect", "none"), False, "none"),
    "transform": Property(transform),
    "transform-origin": Property(origin),
    "transform-box": Property(
        keyword("view-box", "fill-box", "stroke-box", "content-box", "border-box"),
        False,
        "view-box",
    ),
    "x": Property(values.a_length, False, "0"),
    "y": Property(values.a_length, False, "0"),
    "cx": Property(values.a_length, False, "0"),
    "cy": Property(values.a_length, False, "0"),
    "r": Property(values.positive_length, False, "0"),
    "rx": Property(_radius),
    "ry": Property(_radius),
    "width": Property(values.side, False, "auto"),
    "height": Property(values.side, False, "auto"),
    "d": Property(values.path),
    "background-color": Property(color, False, "#00000000"),
}

# Which elements have properties of geometry; elsewhere they are plain attributes.
GEOMETRY = {
    "rect": {"x", "y", "width", "height", "rx", "ry"},
    "image": {"x", "y", "width", "height"},
    "svg": {"x", "y", "width", "height"},
    "circle": {"cx", "cy", "r"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "path": {"d"},
}
GEOMETRIC = set().union(*GEOMETRY.values())
# Read from style sheets only.
NO_ATTRIBUTES = {"mix-blend-mode", "isolation", "background-color"}

# The box of the whole image; shapes have none.
_BOX = ("margin", "padding", "border", "inset", "left", "top", "right", "bottom")
_NO_BOX = {"0", "0px", "none", "auto", "0 auto", "initial", "unset"}

# Properties that the renderer lacks, with the values that have no effect.
_NOT_DRAWN: dict[str, set[str]] = {
    "all": set(),
    "animation": {"none"},
    "animation-name": {"none"},
    "backdrop-filter": {"none"},
    "clip": {"auto"},
    "content-visibility": {"visible"},
    "mask-image": {"none"},
    "offset": {"none"},
    "offset-path": {"none"},
    "outline": {"none", "0"},
    "perspective": {"none"},
    "rotate": {"none", "0deg"},
    "scale": {"none", "1"},
    "translate": {"none", "0", "0px"},
    "zoom": {"1", "normal", "100%"},
}


def check_root(name: str, text: str) -> None:
    """Reject a property that moves the whole image within its frame, or paints it otherwise.

    Raises
    ------
    PictureRefused
        If it does.
    """
    if name.startswith("background"):
        is_color = name in ("background", "background-color") and canonical(
            "background-color", text
        )
        if not is_color and text.strip().lower() not in _NO_BOX:
            refuse_feature(f"{name}: {text}")
    is_shape = name in ("border-radius", "border-color", "border-style", "border-collapse")
    if name.startswith(_BOX) and not is_shape and text.strip().lower() not in _NO_BOX:
        refuse_feature(f'<svg style="{name}: {text}">')


def expanded(name: str, value: Sequence[Token]) -> list[tuple[str, list[Token]]]:
    """Return the properties of a shorthand, or the property itself.

    Raises
    ------
    PictureRefused
        If the property matters and is not drawn.
    """
    value = list(value)
    name = name.removeprefix("-webkit-") if name.startswith(("-webkit-mask", "-webkit-clip", "-webkit-filter", "-webkit-transform")) else name  # fmt: skip
    if name == "marker":
        return [(f"marker-{end}", value) for end in ("start", "mid", "end")]
    if name == "font":
        sizes = [part for part in value if part.type in ("dimension", "percentage")]
        return [("font-size", sizes[:1])] if sizes else []
    if name == "background":
        return [("background-color", values.tokens("transparent") if _is_nothing(value) else value)]
    if name in _NOT_DRAWN:
        text = tinycss2.serialize(value).strip().lower()
        if text not in _NOT_DRAWN[name] | {"initial", "unset", "revert"}:
            refuse_feature(f"{name}: {text}")
        return []
    return [(name, value)] if name in PROPERTIES else []


def _is_nothing(value: Sequence[Token]) -> bool:
    found = values.words(value)
    return len(found) == 1 and values.is_word(found[0], "none")


@functools.lru_cache(maxsize=4096)
def canonical(name: str, text: str) -> str | None:
    """Return a value of a property in the renderer's syntax, or None if browsers ignore it.

    Raises
    ------
    PictureRefused
        If browsers draw it, and the renderer does not.
    """
    try:
        return PROPERTIES[name].parse(values.tokens(text))
    except Invalid:
        return None
