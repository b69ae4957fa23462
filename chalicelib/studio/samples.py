"""Small pictures of what there is to choose from: each shape, background, border, finish and ribbon.

Each is drawn by what draws badges, in colours that can be told apart on light and dark pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from chalicelib.studio import backgrounds, design, drawing
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.design import Design
from chalicelib.studio.edges import BORDERS, FINISHES
from chalicelib.studio.palettes import PALETTES, Palette
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES

_COLOURS = {
    "ground": "#85609a", "accent": "#c8acd4", "border": "#d99a1c", "graphic": "#ffffff",
    "ribbon": "#d99a1c", "label": "#2a0f35", "text": "#ffffff",
}  # fmt: skip
_NAMED = re.compile(r'(id="|url\(#)(\w+)')


class Sample(NamedTuple):
    """One of several: its name in designs, what people call it, and a picture as SVG."""

    name: str
    label: str
    svg: str


def shapes() -> Iterator[Sample]:
    """Return all shapes."""
    for name, shape in SHAPES.items():
        drawn = _drawn(replace(_PLAIN, shape=name), f"shape-{name}")
        yield Sample(name, shape.label, drawn)


def of_kind(kind: str) -> Iterator[Sample]:
    """Return all backgrounds of a kind."""
    for name, background in BACKGROUNDS.items():
        if background.kind == kind:
            chosen = replace(_PLAIN, shape="square", background=design.Background(name))
            yield Sample(name, background.label, _drawn(chosen, f"background-{name}"))


def borders() -> Iterator[Sample]:
    """Return all borders."""
    for name, border in BORDERS.items():
        chosen = replace(_PLAIN, border=design.Border(name, 44))
        yield Sample(name, border.label, _drawn(chosen, f"border-{name}"))


def finishes() -> Iterator[Sample]:
    """Return all finishes."""
    for name, finish in FINISHES.items():
        yield Sample(name, finish.label, _drawn(replace(_PLAIN, finish=name), f"finish-{name}"))


def ribbons() -> Iterator[Sample]:
    """Return all ribbons."""
    for name, ribbon in RIBBONS.items():
        chosen = replace(_PLAIN, ribbon=design.Ribbon(name))
        yield Sample(name, ribbon.label, _drawn(chosen, f"ribbon-{name}"))


def palettes() -> Iterator[tuple[str, str, Palette]]:
    """Return all palettes: name, what people call it, and colours."""
    for name, (label, colours) in PALETTES.items():
        yield name, label, colours


def kinds() -> Iterator[tuple[str, str, list[Sample]]]:
    """Return the kinds of backgrounds: name, what people call it, and those of it."""
    for kind in backgrounds.KINDS:
        yield kind, backgrounds.KIND_LABELS[kind], list(of_kind(kind))


_PLAIN = Design(colours=_COLOURS, finish="flat", border=design.Border("none", 0))


def _drawn(chosen: Design, name: str) -> str:
    """Return a drawing whose definitions have names that nothing else on the page has."""
    svg = drawing.svg(chosen).replace(
        'width="512" height="512"', 'aria-hidden="true" focusable="false"', 1
    )
    return _NAMED.sub(rf"\1{name}-\2", svg)
