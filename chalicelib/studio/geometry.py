"""Points and paths on the canvas: 512 units wide and high, y downwards."""

from __future__ import annotations

import math
from collections.abc import Sequence

CANVAS = 512
MIDDLE = CANVAS / 2

Point = tuple[float, float]


def number(value: float) -> str:
    """Format a number for a drawing with at most two decimals, identically on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def on_circle(middle: Point, radius: float, degrees: float) -> Point:
    """Return a point on a circle; angles are clockwise from the top."""
    angle = math.radians(degrees)
    return middle[0] + radius * math.sin(angle), middle[1] - radius * math.cos(angle)


def regular(corners: int, radius: float, middle: Point, *, turned: float = 0) -> list[Point]:
    """Return the corners of a regular polygon, the first at the top unless it is rotated."""
    return [on_circle(middle, radius, turned + 360 * n / corners) for n in range(corners)]


def star(points: int, outer: float, inner: float, middle: Point) -> list[Point]:
    """Return the corners of a star, alternating outer and inner ones, the first at the top."""
    return [
        on_circle(middle, inner if n % 2 else outer, 180 * n / points) for n in range(2 * points)
    ]


def polygon(corners: Sequence[Point]) -> str:
    """Return the path of a polygon."""
    return "M" + "L".join(map(pair, corners)) + "Z"


def rounded(corners: Sequence[Point], radius: float) -> str:
    """Return the path of a polygon with rounded corners.

    Parameters
    ----------
    corners : Sequence[Point]
        The corners.
    radius : float
        Distance from a corner to the start of its curve, limited to half a side.
    """
    parts: list[str] = []
    for n, corner in enumerate(corners):
        before, after = corners[n - 1], corners[(n + 1) % len(corners)]
        start, end = _toward(corner, before, radius), _toward(corner, after, radius)
        parts.append(f"{'L' if parts else 'M'}{pair(start)}Q{pair(corner)} {pair(end)}")
    return "".join(parts) + "Z"


def _toward(start: Point, end: Point, distance: float) -> Point:
    """Return the point at a distance from one point toward another, at most halfway."""
    share = min(distance / (math.dist(start, end) or 1), 0.5)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def circle(middle: Point, radius: float) -> str:
    """Return the path of a circle."""
    x, y, r = number(middle[0]), middle[1], number(radius)
    top, bottom = number(y - radius), number(y + radius)
    return f"M{x} {top}A{r} {r} 0 0 1 {x} {bottom}A{r} {r} 0 0 1 {x} {top}Z"


def lobes(many: int, radius: float, middle: Point) -> str:
    """Return the path of a scalloped circle with a number of lobes that reach a radius."""
    half = math.sin(math.pi / many)  # half the chord between two dips, at radius 1
    bow = half * 1.04
    tip = math.cos(math.pi / many) + bow - math.sqrt(bow**2 - half**2)
    inner = radius / tip
    dips = [on_circle(middle, inner, 360 * (n - 0.5) / many) for n in range(many)]
    r = number(bow * inner)
    arcs = "".join(f"A{r} {r} 0 0 1 {pair(dip)}" for dip in [*dips[1:], dips[0]])
    return f"M{pair(dips[0])}{arcs}Z"


def pair(point: Point) -> str:
    """Format a point for a path."""
    return f"{number(point[0])} {number(point[1])}"


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Return the path of a rectangle, with rounded corners if there is a radius."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return rounded(corners, radius) if radius else polygon(corners)
