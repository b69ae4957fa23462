"""Helpers for tests of drawings: inspecting SVG, single colors, and pixels."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

from PIL import Image, ImageChops

from chalicelib.studio import design, rendering
from chalicelib.studio.palettes import ROLES

NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    "svg", "defs", "g", "path", "circle", "use", "text", "textPath", "pattern", "linearGradient",
    "radialGradient", "stop",
}  # fmt: skip
_REFERENCE = re.compile(r"url\(#([a-z0-9]+)\)")
_PAINT = re.compile(r'(fill|stroke)="#[0-9a-f]{3,6}"')

# A unique color for each role.
COLOURS = {role: f"#0000a{number}" for number, role in enumerate(ROLES)}


def made(**members: Any) -> design.Design:
    """Return the design of a document with these members."""
    return design.read({"version": design.VERSION, **members})


def parsed(svg: str) -> ElementTree.Element:
    """Parse a drawing and check that it only has known elements and no external references."""
    root = ElementTree.fromstring(svg)
    elements = list(root.iter())
    assert {element.tag.removeprefix(NAMESPACE) for element in elements} <= ELEMENTS
    names = [element.attrib["id"] for element in elements if "id" in element.attrib]
    assert len(names) == len(set(names))
    for element in elements:
        for name, value in element.attrib.items():
            assert name == "href" or re.fullmatch(r"(?!on)[a-zA-Z0-9-]+", name), name
            wanted = [value[1:]] if name == "href" else _REFERENCE.findall(value)
            assert name != "href" or value.startswith("#")
            assert set(wanted) <= set(names)
            assert ":" not in value
    return root


def said(svg: str) -> str:
    """Return the content of text elements."""
    return "".join(parsed(svg).itertext())


def picture(svg: str, size: int = 256) -> Image.Image:
    """Return a drawing's pixels."""
    return Image.open(io.BytesIO(rendering.png(svg, size))).convert("RGBA")


def seen(svg: str, *paints: str, size: int = 256) -> Image.Image:
    """Return the mask of some paints, such as ``fill="#0000a1"``, ignoring what covers them."""
    alone = _PAINT.sub(lambda paint: paint[0] if paint[0] in paints else f'{paint[1]}="none"', svg)
    return solid(picture(alone, size))


def filled(role: str) -> str:
    """Return the paint of a role in a drawing that uses `COLOURS`."""
    return f'fill="{COLOURS[role]}"'


def solid(image: Image.Image) -> Image.Image:
    """Return the mask of pixels that are more than half opaque."""
    return image.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)


def many(mask: Image.Image) -> int:
    """Return the number of pixels in a mask."""
    return mask.histogram()[255]


def both(one: Image.Image, other: Image.Image) -> int:
    """Return the number of pixels in both masks."""
    return many(ImageChops.darker(one, other))


def beyond(one: Image.Image, other: Image.Image) -> int:
    """Return the number of pixels in the first mask but not in the second."""
    return many(ImageChops.subtract(one, other))
