"""Samples: small pictures of each shape, background, border, finish, ribbon and palette.

They are drawn like badges, in colors that are visible on light and dark pages.
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

_COLORS = {
    "ground": "#85609a", "accent": "#c8acd4", "border": "#d99a1c", "graphic": "#ffffff",
    "ribbon": "#d99a1c", "label": "#2a0f35", "text": "#ffffff",
}  # fmt: skip
_NAMED = re.compile(r'(id="|url\(#)(\w+)')


class Sample(NamedTuple):
    """A choice: its name in designs, its label, and a small SVG image."""

    name: str
    label: str
    svg: str


# Samples are drawn once and cached, since each request of the page shows all of them.


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
    """Yield all palettes: name, label, and colors."""
    for name, (label, colors) in PALETTES.items():
        yield name, label, colors


def kinds() -> Iterator[tuple[str, str, tuple[Sample, ...]]]:
    """Yield the kinds of backgrounds: name, label, and samples."""
    for kind in backgrounds.KINDS:
        yield kind, backgrounds.KIND_LABELS[kind], of_kind(kind)


_PLAIN = Design(colours=_COLORS, finish="flat", border=design.Border("none", 0))


def _several(
    kind: str, table: Mapping[str, Any], changes: Callable[[str], dict[str, Any]]
) -> tuple[Sample, ...]:
    """Return a sample for each row of a table: a plain badge with the row's changes."""
    return tuple(
        Sample(name, row.label, _drawn(replace(_PLAIN, **changes(name)), f"{kind}-{name}"))
        for name, row in table.items()
    )


def _drawn(chosen: Design, name: str) -> str:
    """Return a drawing whose IDs are unique on the page."""
    svg = drawing.svg(chosen).replace(
        'width="512" height="512"', 'aria-hidden="true" focusable="false"', 1
    )
    return _NAMED.sub(rf"\1{name}-\2", svg)
