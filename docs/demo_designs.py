"""The designs of the demo's badges, as users would make them in the studio."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.studio import design, drawing

Document = dict[str, Any]


def _of(
    shape: str, palette: str, graphic: str, background: str, scale: int = 100, **more: Any
) -> Document:
    return {
        "version": design.VERSION, "shape": shape, "palette": palette,
        "graphic": {"name": graphic, "size": more.pop("size", 100)},
        "background": {"style": background, "scale": scale}, **more,
    }  # fmt: skip


def _border(style: str, width: int) -> Document:
    return {"style": style, "width": width}


def _ribbon(style: str, label: str) -> Document:
    return {"style": style, "label": label}


def _text(top: str, bottom: str = "") -> Document:
    return {"top": top, "bottom": bottom}


CITY = "Chicago City of Learning"
# The alternative text of each badge, and its design.
DESIGNS: dict[str, tuple[str, Document]] = {
    "Urban Beekeeper": (
        "A honey-colored hexagon of honeycomb with a bug on it; a ribbon says Urban Beekeeper.",
        _of("hexagon", "honey", "bug-beetle", "honeycomb", size=120, border=_border("rim", 22),
            ribbon=_ribbon("arch", "Urban Beekeeper")),
    ),
    "Book Explorer": (
        "A berry-red scalloped badge with an open book; around it, Book Explorer, Three shelves.",
        _of("scallop", "berry", "book-open-text", "rays", border=_border("stitched", 24),
            text=_text("Book Explorer", "Three shelves")),
    ),
    "Game Maker": (
        "A cobalt-blue shield with a joystick; a yellow ribbon says Game Maker.",
        _of("shield", "cobalt", "joystick", "checks", size=118, border=_border("double", 22), finish="flat",
            ribbon=_ribbon("banner", "Game Maker")),
    ),
    "Bridge Builder": (
        "A brick-red gear with a bridge; around it, Bridge Builder, Holds 10 kg.",
        _of("gear", "brick", "bridge", "radial", border=_border("line", 16),
            text=_text("Bridge Builder", "Holds 10 kg")),
    ),
    "River Watcher": (
        "A circle like water, with a drop on waves; around it, River Watcher, Chicago River.",
        _of("circle", "lagoon", "drop-half-bottom", "waves", 130, border=_border("inset", 22),
            text=_text("River Watcher", "Chicago River")),
    ),
    "Photo Reporter": (
        "A rose-colored square with a camera; a strip says Photo Reporter.",
        _of("square", "rose", "camera", "confetti", size=125, border=_border("line", 18),
            ribbon=_ribbon("strip", "Photo Reporter")),
    ),
    "Stage Hand": (
        "A red arch like a curtain, with a smiling mask; a ribbon says Stage Hand.",
        _of("arch", "ember", "mask-happy", "bars", border=_border("beads", 20),
            ribbon=_ribbon("smile", "Stage Hand")),
    ),
    "Number Detective": (
        "A dark octagon with a detective; around it, Number Detective.",
        _of("octagon", "aurora", "detective", "grid", border=_border("dotted", 24),
            text=_text("Number Detective")),
    ),
    "Rooftop Gardener": (
        "A forest-green crest with a plant in rays of sun; a ribbon says Rooftop Gardener, and "
        "under it Level 1, Chicago City of Learning.",
        _of("crest", "forest", "plant", "rays", size=125, border=_border("double", 24),
            ribbon=_ribbon("arch", "Rooftop Gardener"), text=_text("", "Level 1"), branding=CITY),
    ),
    "Visited an exhibition": (
        "A sky-blue ticket with a museum; it says Exhibition, I was there.",
        _of("ticket", "sky", "bank", "dots", border=_border("stitched", 22),
            text={"top": "Exhibition", "bottom": "I was there", "curved": False}),
    ),
    "Night Sky Guide": (
        "A dark blue star with the moon; around it, Night Sky, Guide.",
        _of("star-eight", "night", "moon-stars", "sparks", border=_border("line", 14),
            text=_text("Night Sky", "Guide")),
    ),
    "Street Musician": (
        "A candy-colored burst with a guitar.",
        _of("burst", "candy", "guitar", "rings", border=_border("line", 16)),
    ),
}  # fmt: skip
# The images of the places.
PLACES: dict[str, tuple[str, Document]] = {
    "chicago": (
        "A royal purple circle with a city.",
        _of("circle", "royal", "city", "radial", border=_border("rim", 22), finish="gloss"),
    ),
    "library": (
        "An ocean-blue square with books.",
        _of("square", "ocean", "books", "diagonal", border=_border("line", 16)),
    ),
    "summer": (
        "A yellow flower with the sun.",
        _of("flower", "sunrise", "sun-horizon", "radial", border=_border("line", 14)),
    ),
}  # fmt: skip

# IDs in a drawing, and references to them.
_NAMED = re.compile(r'id="|url\(#|href="#')
_COLUMNS, _SIDE, _GAP = 6, 192, 20


def gallery() -> str:
    """Return a drawing with all badges of the demo."""
    badges = ""
    for number, (_, document) in enumerate(DESIGNS.values()):
        row, column = divmod(number, _COLUMNS)
        svg = _NAMED.sub(rf"\g<0>b{number}-", drawing.svg(design.read(document)))
        place = f'x="{_at(column)}" y="{_at(row)}" width="{_SIDE}" height="{_SIDE}"'
        badges += svg.replace('width="512" height="512"', place, 1)
    width, height = _at(_COLUMNS), _at(-(-len(DESIGNS) // _COLUMNS))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{badges}</svg>\n'
    )


def _at(number: int) -> int:
    return _GAP + number * (_SIDE + _GAP)
