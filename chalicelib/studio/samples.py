"""Samples: small pictures of each shape, background, border, finish, ribbon and palette.

Each is drawn by what draws badges, in colours that can be told apart on light and dark pages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib.studio import backgrounds, design, drawing
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.design import Design
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


# Each is drawn once: the page shows all of them, whatever it is asked for.


@functools.cache
def shapes() -> tuple[Sample, ...]:
    """Return all shapes."""
    return _several("shape", SHAPES, lambda name: {"shape": name})


@functools.cache
def of_kind(kind: str) -> tuple[Sample, ...]:
    """Return all backgrounds of a kind."""
    those = {name: one for name, one in BACKGROUNDS.items() if one.kind == kind}
    return _several(
        "background",
        those,
        lambda name: {"shape": "square", "background": design.Background(name)},
    )


@functools.cache
def borders() -> tuple[Sample, ...]:
    """Return all borders."""
    return _several("border", BORDERS, lambda name: {"border": design.Border(name, 44)})


@functools.cache
def finishes() -> tuple[Sample, ...]:
    """Return all finishes."""
    return _several("finish", FINISHES, lambda name: {"finish": name})


@functools.cache
def ribbons() -> tuple[Sample, ...]:
    """Return all ribbons."""
    return _several("ribbon", RIBBONS, lambda name: {"ribbon": design.Ribbon(name)})


def palettes() -> Iterator[tuple[str, str, Palette]]:
    """Return all palettes: name, what people call it, and colours."""
    for name, (label, colours) in PALETTES.items():
        yield name, label, colours


def kinds() -> Iterator[tuple[str, str, tuple[Sample, ...]]]:
    """Return the kinds of backgrounds: name, what people call it, and those of it."""
    for kind in backgrounds.KINDS:
        yield kind, backgrounds.KIND_LABELS[kind], of_kind(kind)


_PLAIN = Design(colours=_COLOURS, finish="flat", border=design.Border("none", 0))


def _several(
    kind: str, table: Mapping[str, Any], changes: Callable[[str], dict[str, Any]]
) -> tuple[Sample, ...]:
    """Return a sample of each row of a table: the plain badge with what the row's name changes."""
    return tuple(
        Sample(name, row.label, _drawn(replace(_PLAIN, **changes(name)), f"{kind}-{name}"))
        for name, row in table.items()
    )


def _drawn(chosen: Design, name: str) -> str:
    """Return a drawing whose definitions have names that nothing else on the page has."""
    svg = drawing.svg(chosen).replace(
        'width="512" height="512"', 'aria-hidden="true" focusable="false"', 1
    )
    return _NAMED.sub(rf"\1{name}-\2", svg)
