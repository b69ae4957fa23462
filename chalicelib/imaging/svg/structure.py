"""What browsers draw of an SVG file's elements, and how large the image is.

Elements without an effect are dropped, choices are made, and what the renderer draws in another way
is rejected.
"""

from __future__ import annotations

import math

from chalicelib.imaging.svg import values as css
from chalicelib.imaging.svg.refusals import NO_SIZE, refuse, refuse_feature
from chalicelib.imaging.svg.tree import SVG, Element

_DEFAULT_FONT_SIZE = 16.0

# Without effect on the image; text is rejected, so only empty ones are left.
_NOT_DRAWN = {
    "title", "desc", "metadata", "style", "view", "cursor", "text", "font", "font-face", "color-profile",
    "foreignObject",
}  # fmt: skip
_IN_OTHER_COLORS = {
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feMorphology", "feSpecularLighting",
}  # fmt: skip
_OTHER_BLENDS = {"hue", "color", "luminosity"}
_MARKERS = ("marker-start", "marker-mid", "marker-end")
_WITHOUT_MARKERS = {"rect", "circle", "ellipse"}
_BACKGROUNDS = {"BackgroundImage", "BackgroundAlpha"}
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}


def simplify(root: Element, background: str | None) -> None:
    """Change a tree, whose styles are attributes, to what the renderer draws as browsers do.

    Parameters
    ----------
    root : Element
        The root, with its children.
    background : str, optional
        The color behind the image.

    Raises
    ------
    PictureRefused
        If that is not possible.
    """
    _prune(root)
    _unique_ids(root)
    _size(root)
    _unmark(root)
    for element in root.walk():
        _check(element)
    if background is not None and background != "#00000000":
        _paint_behind(root, background)


def _prune(element: Element) -> None:
    """Drop what is not drawn, and turn links and choices into groups."""
    children = [
        one
        for one in element.children
        if one.space == SVG and not one.is_ignored and one.name not in _NOT_DRAWN
    ]
    if element.name == "switch":
        for child in children:
            if "systemLanguage" in child.attributes:
                refuse_feature("systemLanguage")
        children = children[:1]
    if element.name in ("switch", "a"):
        element.name = "g"
        element.attributes.pop("href", None)
    element.attributes.pop("requiredFeatures", None)
    element.attributes.pop("requiredExtensions", None)
    element.children = children
    for child in children:
        _prune(child)


def _unique_ids(root: Element) -> None:
    """Drop repeated IDs: references mean the first element."""
    seen: set[str] = set()
    for element in root.walk():
        name = element.attributes.get("id")
        if name in seen:
            del element.attributes["id"]
        elif name is not None:
            seen.add(name)
    for element in root.walk():
        reference = element.attributes.get("filter", "")
        if reference.startswith("url(#") and reference[5:-1] not in seen:
            del element.attributes["filter"]  # browsers ignore it


def _unmark(root: Element) -> None:
    """Draw no markers where browsers draw none, wherever they are inherited from."""
    elements = [*root.walk()]
    used = [name for name in _MARKERS if any(name in one.attributes for one in elements)]
    for element in elements:
        if element.name in _WITHOUT_MARKERS:
            element.attributes |= dict.fromkeys(used, "none")


def _size(root: Element) -> None:
    """Give the root the size that browsers give an image, in pixels."""
    width, height = (_pixels(root, name) for name in ("width", "height"))
    box = _view_box(root)
    if box is not None:
        if width is None and height is None:
            width, height = box
        elif width is None and height is not None:
            width = height * box[0] / box[1]
        elif height is None and width is not None:
            height = width * box[1] / box[0]
    if width is None or height is None:
        refuse(NO_SIZE)
    root.attributes["width"] = css.number(width)
    root.attributes["height"] = css.number(height)
    for name in ("x", "y"):
        root.attributes.pop(name, None)


def _view_box(root: Element) -> tuple[float, float] | None:
    """Return the size of the root's coordinates, if they have one."""
    parts = root.attributes.get("viewBox", "").replace(",", " ").split()
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or min(numbers[2:]) <= 0:
        return None
    return numbers[2], numbers[3]


def _pixels(root: Element, name: str) -> float | None:
    """Return the root's width or height, unless it depends on what is around the image."""
    value = root.attributes.get(name, "auto")
    if value.endswith(("%", "auto")):
        return None
    if value.endswith("em"):
        size = root.attributes.get("font-size", str(_DEFAULT_FONT_SIZE))
        if size.endswith(("%", "em")):
            refuse_feature(f'<svg {name}="{value}">')
        return float(value[:-2]) * float(size)
    return float(value)


def _check(element: Element) -> None:
    """Reject what the renderer would draw in another way."""
    name, attributes = element.name, element.attributes
    if name in _IN_OTHER_COLORS:
        refuse_feature(f"<{name}>")
    if name == "feBlend" and attributes.get("mode") in _OTHER_BLENDS:
        refuse_feature(f'<feBlend mode="{attributes["mode"]}">')
    if {attributes.get("in"), attributes.get("in2")} & _BACKGROUNDS:
        refuse_feature("BackgroundImage")
    if name == "symbol" and {"refX", "refY", "transform"} & attributes.keys():
        refuse_feature("<symbol refX, refY, transform>")
    if name == "mask" and attributes.get("mask", "none") != "none":
        refuse_feature("<mask mask>")
    if name in _SHAPES and "pathLength" in attributes and _has_dashes(element):
        refuse_feature("pathLength")
    if "systemLanguage" in attributes:
        refuse_feature("systemLanguage")


def _has_dashes(element: Element | None) -> bool:
    while element is not None:
        dashes = element.attributes.get("stroke-dasharray")
        if dashes is not None:
            return dashes != "none"
        element = element.parent
    return False


def _paint_behind(root: Element, color: str) -> None:
    """Add a rectangle in a color behind the whole image, whatever the root's coordinates."""
    inner = Element(SVG, "svg", dict(root.attributes))
    inner.attributes.pop("id", None)
    for name in ("viewBox", "preserveAspectRatio"):
        root.attributes.pop(name, None)
    inner.children, root.children = root.children, []
    for child in inner.children:
        child.parent = inner
    root.append(Element(SVG, "rect", {"width": "100%", "height": "100%", "fill": color}))
    root.append(inner)
