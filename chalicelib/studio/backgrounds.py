"""Backgrounds: one color, a gradient, or a pattern in a second color.

Each is a function of two colors, a scale and the badge's center. It returns definitions and the
fills that are painted over one another. They fill the badge's outline directly, since a clip path
would double the rendering time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _
from chalicelib.studio import geometry
from chalicelib.studio.geometry import CANVAS, Point, number

SOLID, GRADIENT, PATTERN = KINDS = ("solid", "gradient", "pattern")
KIND_LABELS = {SOLID: _("Solid color"), GRADIENT: _("Gradients"), PATTERN: _("Patterns")}


class Drawn(NamedTuple):
    """A drawn background.

    Parameters
    ----------
    definitions : str
        Content for ``<defs>``.
    fills : tuple[str, ...]
        Fills of the outline, from bottom to top.
    """

    definitions: str
    fills: tuple[str, ...]


Draw = Callable[[str, str, float, Point], Drawn]


class Background(NamedTuple):
    """A kind of background.

    Parameters
    ----------
    label : str
        Label in the studio.
    kind : str
        `SOLID`, `GRADIENT` or `PATTERN`.
    draw : Draw
        Takes the two colors, the scale (1 is normal) and the center of the badge.
    """

    label: str
    kind: str
    draw: Draw


_ID = "ground"
_FILL = f"url(#{_ID})"


def whole(name: str, figures: str) -> str:
    """Return the definition of a fill with figures for the whole canvas."""
    return (
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{CANVAS}" height="{CANVAS}">'
        f"{figures}</pattern>"
    )


def stops(*colors: tuple[str, str]) -> str:
    """Return the color stops of a gradient, given as pairs of offset and color."""
    return "".join(f'<stop offset="{at}" stop-color="{color}"/>' for at, color in colors)


def _solid(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    return Drawn("", (ground,))


def _linear(x1: str, y1: str, x2: str, y2: str) -> Draw:
    def draw(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
        gradient = (
            f'<linearGradient id="{_ID}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
            f"{stops(('0', accent), ('1', ground))}</linearGradient>"
        )
        return Drawn(gradient, (_FILL,))

    return draw


def _radial(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    x, y = number(middle[0]), number(middle[1])
    gradient = (
        f'<radialGradient id="{_ID}" gradientUnits="userSpaceOnUse" cx="{x}" cy="{y}" r="250">'
        f"{stops(('0', accent), ('1', ground))}</radialGradient>"
    )
    return Drawn(gradient, (_FILL,))


def right_half(name: str, color: str, opacity: str = "1") -> str:
    """Return a fill for the canvas's right half, defined as a gradient since that renders fast."""
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="{CANVAS}" '
        f'y2="0"><stop offset=".5" stop-color="{color}" stop-opacity="0"/>'
        f'<stop offset=".5" stop-color="{color}" stop-opacity="{opacity}"/></linearGradient>'
    )


def _halves(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    return Drawn(right_half(_ID, accent), (ground, _FILL))


def _slant(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    figures = f'<path d="M512 0V512H0Z" fill="{accent}"/>'
    return Drawn(whole(_ID, figures), (ground, _FILL))


def _tiles(width: float, height: float, figures: str) -> Draw:
    """Return a function that repeats a tile, in which ``%`` stands for the second color.

    Tiles are never rotated, since that renders five times slower.
    """

    def draw(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
        x, y = number(middle[0]), number(middle[1])
        pattern = (
            f'<pattern id="{_ID}" patternUnits="userSpaceOnUse" width="{number(width)}" '
            f'height="{number(height)}" patternTransform="translate({x} {y}) '
            f'scale({number(scale)})">{figures.replace("%", accent)}</pattern>'
        )
        return Drawn(pattern, (ground, _FILL))

    return draw


def _rays(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    many = max(6, round(16 / scale))
    step = 360 / many
    wedges = (
        geometry.polygon([
            middle,
            geometry.on_circle(middle, 520, n * step - step / 4),
            geometry.on_circle(middle, 520, n * step + step / 4),
        ])
        for n in range(many)
    )  # fmt: skip
    figures = f'<path d="{"".join(wedges)}" fill="{accent}"/>'
    return Drawn(whole(_ID, figures), (ground, _FILL))


def _rings(ground: str, accent: str, scale: float, middle: Point) -> Drawn:
    step = 46 * scale
    many = int(380 / step) + 1
    x, y, wide = number(middle[0]), number(middle[1]), number(step * 0.48)
    circles = "".join(
        f'<circle cx="{x}" cy="{y}" r="{number((n + 0.5) * step)}"/>' for n in range(many)
    )
    figures = f'<g fill="none" stroke="{accent}" stroke-width="{wide}">{circles}</g>'
    return Drawn(whole(_ID, figures), (ground, _FILL))


def _filled(path: str) -> str:
    return f'<path d="{path}" fill="%"/>'


def _line(path: str, width: float) -> str:
    return f'<path d="{path}" fill="none" stroke="%" stroke-width="{number(width)}"/>'


_CONFETTI = (
    '<g fill="%"><path d="M8 10l14 5-3 7-14-5z"/><path d="M52 6l6 13-7 3-6-13z"/>'
    '<circle cx="34" cy="34" r="5"/><path d="M10 46l12-7 4 6-12 7z"/>'
    '<path d="M58 44l12 8-4 6-12-8z"/><circle cx="70" cy="22" r="4"/><circle cx="24" cy="68" r="4"/>'
    '<path d="M46 62l13-3 2 8-13 3z"/></g>'
)

BACKGROUNDS: dict[str, Background] = {
    "solid": Background(_("Solid color"), SOLID, _solid),
    "vertical": Background(_("Top to bottom"), GRADIENT, _linear("0", "0", "0", "1")),
    "diagonal": Background(_("Corner to corner"), GRADIENT, _linear("0", "0", "1", "1")),
    "radial": Background(_("Center outward"), GRADIENT, _radial),
    "halves": Background(_("Two halves"), PATTERN, _halves),
    "slant": Background(_("Diagonal split"), PATTERN, _slant),
    "rays": Background(_("Rays"), PATTERN, _rays),
    "rings": Background(_("Rings"), PATTERN, _rings),
    "dots": Background(
        _("Dots"), PATTERN,
        _tiles(36, 36, '<g fill="%"><circle cx="9" cy="9" r="6"/><circle cx="27" cy="27" r="6"/></g>'),
    ),
    "stripes": Background(_("Diagonal stripes"), PATTERN, _tiles(52, 52, _filled("M0 0H26L0 26ZM52 0V26L26 52H0Z"))),
    "bars": Background(_("Vertical stripes"), PATTERN, _tiles(44, 44, _filled("M11 0H33V44H11Z"))),
    "lines": Background(_("Fine lines"), PATTERN, _tiles(16, 16, _filled("M0 0H16V6H0Z"))),
    "checks": Background(_("Checkered"), PATTERN, _tiles(56, 56, _filled("M0 0H28V28H0ZM28 28H56V56H28Z"))),
    "argyle": Background(_("Diamonds"), PATTERN, _tiles(44, 64, _filled("M22 4L40 32L22 60L4 32Z"))),
    "grid": Background(_("Grid"), PATTERN, _tiles(32, 32, _line("M0 16H32M16 0V32", 4))),
    "chevrons": Background(_("Chevrons"), PATTERN, _tiles(48, 36, _line("M-4 27L24 9L52 27", 10))),
    "waves": Background(
        _("Waves"), PATTERN, _tiles(64, 32, _line("M-16 16Q0 0 16 16T48 16T80 16", 7))
    ),
    "triangles": Background(_("Triangles"), PATTERN, _tiles(48, 42, _filled("M24 0L48 42H0Z"))),
    "honeycomb": Background(
        _("Honeycomb"), PATTERN,
        _tiles(48, 83.14, _line("M24 0V13.86M24 69.28V83.14M24 13.86L0 27.71V55.43L24 69.28L48 55.43V27.71Z", 5)),
    ),
    "scales": Background(
        _("Scales"), PATTERN,
        _tiles(56, 56, _line("M0 0A28 28 0 0 0 56 0M-28 28A28 28 0 0 0 28 28A28 28 0 0 0 84 28", 5)),
    ),
    "crosses": Background(
        _("Crosses"), PATTERN, _tiles(48, 48, _filled("M10 2h8v8h8v8h-8v8h-8v-8h-8v-8h8z"))
    ),
    "sparks": Background(
        _("Sparkles"), PATTERN,
        _tiles(72, 72, _filled("M20 4Q22 18 36 20Q22 22 20 36Q18 22 4 20Q18 18 20 4ZM56 42Q57 51 66 54Q57 56 56 66Q54 56 46 54Q54 51 56 42Z")),
    ),
    "confetti": Background(_("Confetti"), PATTERN, _tiles(80, 80, _CONFETTI)),
}  # fmt: skip
