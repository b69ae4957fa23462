"""Ribbons across a badge: how each is drawn, and where its text goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _
from chalicelib.studio import geometry
from chalicelib.studio.geometry import MIDDLE, Point, number, pair
from chalicelib.studio.lettering import Bent, Straight
from chalicelib.studio.palettes import BLACK, Palette, mixed
from chalicelib.studio.shapes import Shape

HEIGHT = 76
_BEND = 620  # radius of arched ribbons


class Drawn(NamedTuple):
    """A drawn ribbon.

    Parameters
    ----------
    figures : str
        The ribbon without its text.
    words : Straight or Bent
        Place of its text.
    top, bottom : float
        Its vertical extent at the center of the badge.
    under : float
        Maximum width of text below it that does not touch its ends.
    within : bool
        Whether it ends at the badge's edge, under the border.
    """

    figures: str
    words: Straight | Bent
    top: float
    bottom: float
    under: float = geometry.CANVAS
    within: bool = False


Draw = Callable[[Shape, Palette], Drawn]


class RibbonStyle(NamedTuple):
    """A kind of ribbon: its label and its function, which is None for no ribbon."""

    label: str
    draw: Draw | None


def _filled(path: str, color: str) -> str:
    return f'<path d="{path}" fill="{color}"/>'


def _banner(shape: Shape, colors: Palette) -> Drawn:
    y = shape.ribbon
    top, bottom = y - HEIGHT / 2, y + HEIGHT / 2
    figures = ""
    for side in (-1, 1):
        outer, inner, fold = (MIDDLE + side * x for x in (250, 148, 198))
        notch = MIDDLE + side * 222
        tail = [
            (outer, top + 24), (inner, top + 24), (inner, bottom + 24), (outer, bottom + 24),
            (notch, y + 24),
        ]  # fmt: skip
        figures += _filled(geometry.polygon(tail), mixed(colors.ribbon, BLACK, 0.2))
        corner = [(fold, bottom), (inner, bottom), (inner, bottom + 24)]
        figures += _filled(geometry.polygon(corner), mixed(colors.ribbon, BLACK, 0.5))
    figures += _filled(geometry.box(58, top, 396, HEIGHT), colors.ribbon)
    return Drawn(figures, Straight((MIDDLE, y), 364), top, bottom, under=284)


def _arc(middle: Point, outer: float, inner: float, start: float, end: float) -> str:
    """Return the path of a ring segment between two angles."""
    a, b = (geometry.on_circle(middle, outer, at) for at in (start, end))
    c, d = (geometry.on_circle(middle, inner, at) for at in (end, start))
    sweep = int(end > start)
    out, into = number(outer), number(inner)
    return f"M{pair(a)}A{out} {out} 0 0 {sweep} {pair(b)}L{pair(c)}A{into} {into} 0 0 {1 - sweep} {pair(d)}Z"


def _bent(over: bool) -> Draw:
    """Return a function that draws a ribbon arched up or down."""

    def draw(shape: Shape, colors: Palette) -> Drawn:
        sign = 1 if over else -1
        middle = (MIDDLE, shape.ribbon + sign * (_BEND - 16))
        top = 0 if over else 180
        share = 1 if over else 0.91  # of the angles, to keep spreading tails on the canvas
        shift = sign * -24  # tails hang a little lower
        figures = ""
        for side in (-1, 1):
            near, fold, far, notch = (top + side * sign * share * at for at in (14, 18.4, 23.4, 21))
            outer, inner = _BEND + HEIGHT / 2 + shift, _BEND - HEIGHT / 2 + shift
            corners = [
                geometry.on_circle(middle, radius, at)
                for radius, at in (
                    (outer, near), (outer, far), (_BEND + shift, notch), (inner, far), (inner, near),
                )
            ]  # fmt: skip
            figures += _filled(geometry.polygon(corners), mixed(colors.ribbon, BLACK, 0.2))
            edge = _BEND - sign * HEIGHT / 2
            corner = [
                geometry.on_circle(middle, edge, fold),
                geometry.on_circle(middle, edge, near),
                geometry.on_circle(middle, edge + shift, near),
            ]
            figures += _filled(geometry.polygon(corner), mixed(colors.ribbon, BLACK, 0.5))
        band = _arc(
            middle, _BEND + HEIGHT / 2, _BEND - HEIGHT / 2, top - 18.4 * share, top + 18.4 * share
        )
        figures += _filled(band, colors.ribbon)
        y = shape.ribbon
        high, low, under = (y - 54, y + 42, 262) if over else (y - 32, y + 54, 264)
        return Drawn(figures, Bent(middle, _BEND, 370 * share, over), high, low, under)

    return draw


def _strip(shape: Shape, colors: Palette) -> Drawn:
    top = shape.ribbon - HEIGHT / 2
    figures = _filled(geometry.box(0, top, geometry.CANVAS, HEIGHT), colors.ribbon)
    for y in (top + 6, top + HEIGHT - 9):
        figures += f'<path d="M0 {number(y)}h512v3H0z" fill="{colors.label}" fill-opacity=".55"/>'
    words = Straight((MIDDLE, shape.ribbon), shape.face * 1.7)
    return Drawn(figures, words, top, top + HEIGHT, within=True)


def _tag(shape: Shape, colors: Palette) -> Drawn:
    y = shape.ribbon
    path = geometry.box(66, y - 36, 380, 72, 36)
    inner = geometry.box(73, y - 29, 366, 58, 29)
    line = f'<path d="{inner}" fill="none" stroke="{colors.label}" stroke-opacity=".55" stroke-width="3"/>'
    figures = _filled(path, colors.ribbon) + line
    return Drawn(figures, Straight((MIDDLE, y), 312), y - 36, y + 36)


def _plaque(shape: Shape, colors: Palette) -> Drawn:
    y = shape.ribbon
    left, right, top, bottom, cut = 54.0, 458.0, y - 38, y + 38, 16.0
    corners = [
        (left + cut, top), (right - cut, top), (right - cut, top + cut), (right, top + cut),
        (right, bottom - cut), (right - cut, bottom - cut), (right - cut, bottom),
        (left + cut, bottom), (left + cut, bottom - cut), (left, bottom - cut), (left, top + cut),
        (left + cut, top + cut),
    ]  # fmt: skip
    figures = _filled(geometry.polygon(corners), colors.ribbon)
    return Drawn(figures, Straight((MIDDLE, y), 348), top, bottom)


def _sash(shape: Shape, colors: Palette) -> Drawn:
    x, y = MIDDLE, shape.ribbon
    band = _filled(f"M-200 {number(y - 36)}H712V{number(y + 36)}H-200Z", colors.ribbon)
    turned = f'<g transform="rotate(-16 {number(x)} {number(y)})">{band}</g>'
    words = Straight((x, y), shape.face * 1.5, -16)
    return Drawn(turned, words, y - 58, y + 66, under=200, within=True)


RIBBONS: dict[str, RibbonStyle] = {
    "none": RibbonStyle(_("None"), None),
    "banner": RibbonStyle(_("Banner"), _banner),
    "arch": RibbonStyle(_("Arched up"), _bent(over=True)),
    "smile": RibbonStyle(_("Arched down"), _bent(over=False)),
    "strip": RibbonStyle(_("Strip"), _strip),
    "tag": RibbonStyle(_("Tag"), _tag),
    "plaque": RibbonStyle(_("Plaque"), _plaque),
    "sash": RibbonStyle(_("Sash"), _sash),
}
