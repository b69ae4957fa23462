"""Layout: places the texts, ribbon and graphic so that they do not overlap."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from chalicelib.studio import lettering
from chalicelib.studio.design import Design
from chalicelib.studio.geometry import Point
from chalicelib.studio.lettering import Bent, Straight
from chalicelib.studio.ribbons import RIBBONS, Drawn
from chalicelib.studio.shapes import SHAPES, Shape

TEXT, UNDER, LABEL, BRANDING = 46.0, 34.0, 40.0, 17.0  # maximum text sizes
_GAP = 12.0  # between any two parts
_BENT = 2.5  # maximum length of curved text, in radii: two fifths of the circle
_BRANDED = 1.6  # the same for the issuer's name
_SMALLEST = 60.0  # minimum height of a graphic
_RAISED = 12.0  # how far text moves up for a line below it; twice that on a circle

Place = Straight | Bent


class Layout(NamedTuple):
    """The positions of all parts.

    Parameters
    ----------
    top, bottom, branding : Straight or Bent
        Places for text, if there is any.
    largest : float
        Maximum size of the text at the bottom, which is smaller under a ribbon.
    ribbon : Drawn or None
        The ribbon.
    middle : Point
        Center of the graphic, before any offset.
    half : float
        Half of the graphic's width and height at 100 percent.
    """

    top: Place
    bottom: Place
    branding: Place
    largest: float
    ribbon: Drawn | None
    middle: Point
    half: float


def of(design: Design) -> Layout:
    """Return the layout of a design."""
    shape = _within(design)
    ribbon = _ribbon(design, shape)
    top, bottom, branding = _top(design, shape, ribbon), *_below(design, shape, ribbon)
    largest = UNDER if ribbon else TEXT
    x, y = shape.middle
    highest, lowest = y - shape.face * 0.74, y + shape.face * 0.74
    if design.text.top:
        highest = max(highest, _height(top) + lettering.size(design.text.top, top, TEXT) / 2 + _GAP)
    if ribbon:
        lowest = min(lowest, ribbon.top - _GAP)
    if text := design.text.bottom:
        lowest = min(lowest, _height(bottom) - lettering.size(text, bottom, largest) / 2 - _GAP)
    if text := design.branding:
        lowest = min(
            lowest, _height(branding) - lettering.size(text, branding, BRANDING) / 2 - _GAP
        )
    lowest = max(lowest, highest + _SMALLEST)
    half = min((lowest - highest) / 2, shape.face * 0.72)
    return Layout(top, bottom, branding, largest, ribbon, (x, (highest + lowest) / 2), half)


def _within(design: Design) -> Shape:
    """Return the badge's shape with the space inside its border."""
    shape = SHAPES[design.shape]
    return shape.within(design.thickness * (1 if shape.inlay else 0.5))


def _ribbon(design: Design, shape: Shape) -> Drawn | None:
    """Return the ribbon, moved up to make room for text below it."""
    draw = RIBBONS[design.ribbon.style].draw
    if draw is None:
        return None
    ribbon = draw(shape, design.painted)
    below = shape.bottom.y - (_RAISED if design.branding else 0) - UNDER / 2 - _GAP
    if design.text.bottom and ribbon.bottom > below:
        return draw(replace(shape, ribbon=shape.ribbon - (ribbon.bottom - below)), design.painted)
    return ribbon


def _top(design: Design, shape: Shape, ribbon: Drawn | None) -> Place:
    if not design.text.curved:
        return Straight((shape.middle[0], shape.top.y), shape.top.width)
    angle = _BENT / 2
    if ribbon:  # a sash rises to one side
        up = (shape.middle[1] - ribbon.top + 3 * _GAP) / (shape.curve - TEXT / 2)
        angle = min(angle, math.acos(max(-1.0, min(up, 1.0))))
    return Bent(shape.middle, shape.curve, shape.curve * 2 * angle, True)


def _below(design: Design, shape: Shape, ribbon: Drawn | None) -> tuple[Place, Place]:
    """Return the places of the text at the bottom, and of the issuer's name below it."""
    raised = _RAISED if design.text.bottom and design.branding else 0.0
    wide = min(shape.bottom.width, ribbon.under) if ribbon else shape.bottom.width
    line = Straight((shape.middle[0], shape.bottom.y - raised), wide)
    if not design.text.bottom:
        return line, _branding(design, shape, ribbon, line)
    largest = UNDER if ribbon else TEXT
    bent = _bent(shape, ribbon, shape.curve - 2 * raised, largest)
    if design.text.curved and bent.width > 0.8 * wide:
        radius = bent.radius + lettering.size(design.text.bottom, bent, largest) * 0.6 + 10
        wide = min(radius * _BRANDED, bent.width)
        return bent, bent._replace(radius=radius, width=wide)
    x, y = line.middle
    y += lettering.size(design.text.bottom, line, largest) / 2 + 14
    return line, Straight((x, y), wide * 0.75)


def _branding(design: Design, shape: Shape, ribbon: Drawn | None, line: Straight) -> Place:
    """Return the place of the issuer's name if there is no other text at the bottom."""
    bent = _bent(shape, ribbon, shape.curve + 10, BRANDING)
    if design.text.curved and bent.width > 0.5 * line.width:
        return bent._replace(width=min(bent.radius * _BRANDED, bent.width))
    x, y = line.middle
    lowest = ribbon.bottom + 2 * _GAP if ribbon else y
    return Straight((x, max(y, lowest)), line.width * 0.75)


def _bent(shape: Shape, ribbon: Drawn | None, radius: float, high: float) -> Bent:
    """Return the lower part of a circle, limited to the space below a ribbon."""
    bent = Bent(shape.middle, radius, radius * _BENT, over=False)
    if ribbon is None:
        return bent
    down = (ribbon.bottom + _GAP - shape.middle[1]) / (radius - high / 2)
    aside = ribbon.under / 2 / radius
    angle = min(math.acos(max(-1.0, min(down, 1.0))), math.asin(min(aside, 1.0)))
    return bent._replace(width=min(bent.width, 2 * angle * radius))


def _height(place: Place) -> float:
    """Return the y coordinate of the text's vertical center at its middle letter."""
    if isinstance(place, Bent):
        return place.middle[1] + place.radius * (-1 if place.over else 1)
    return place.middle[1]
