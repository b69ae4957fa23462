"""Borders and finishes (the light on a badge).

A border runs along the outline, half of it outside; `drawing` scales the badge down a little to keep
it on the canvas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _
from chalicelib.studio.backgrounds import right_half, whole
from chalicelib.studio.geometry import number
from chalicelib.studio.palettes import BLACK, WHITE, Palette, luminance, mixed

DrawBorder = Callable[[str, float, Palette], str]


class BorderStyle(NamedTuple):
    """A kind of border: its label, and a function that draws it along a path with a width."""

    label: str
    draw: DrawBorder


class Finish(NamedTuple):
    """The lighting of a badge.

    Parameters
    ----------
    label : str
        Label in the studio.
    lit : bool
        Whether the upper part is lighter than the lower one.
    over : str
        Definition of a fill named ``finish`` that is painted over the background, or empty.
    shadow : float
        Opacity of the graphic's shadow, from 0 to 1.
    """

    label: str
    lit: bool
    over: str
    shadow: float


def _along(path: str, color: str, width: float, more: str = "") -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{number(width)}" '
        f'stroke-linejoin="round"{more}/>'
    )


def _dashes(length: float, gap: float, *, round_: bool = True) -> str:
    cap = ' stroke-linecap="round"' if round_ else ""
    return f' stroke-dasharray="{number(length)} {number(gap)}"{cap}'


def _visible_on(color: str) -> str:
    """Return a shade of a color that is visible on it."""
    return mixed(color, BLACK, 0.45) if luminance(color) > 0.3 else mixed(color, WHITE, 0.65)


def _none(path: str, width: float, colors: Palette) -> str:
    return ""


def _line(path: str, width: float, colors: Palette) -> str:
    return _along(path, colors.border, width)


def _rim(path: str, width: float, colors: Palette) -> str:
    return _along(path, mixed(colors.border, BLACK, 0.28), width) + _line(path, width * 0.6, colors)


def _double(path: str, width: float, colors: Palette) -> str:
    return _line(path, width, colors) + _along(path, colors.ground, width * 0.4)


def _inset(path: str, width: float, colors: Palette) -> str:
    return _along(path, colors.ground, width) + _line(path, max(width * 0.24, 2), colors)


def _stitched(path: str, width: float, colors: Palette) -> str:
    dashes = _dashes(width * 0.7, width * 0.5)
    thread = _along(path, _visible_on(colors.border), width * 0.16, dashes)
    return _line(path, width, colors) + thread


def _dotted(path: str, width: float, colors: Palette) -> str:
    dots = _dashes(0, width * 1.05)
    return _line(path, width, colors) + _along(path, _visible_on(colors.border), width * 0.38, dots)


def _beads(path: str, width: float, colors: Palette) -> str:
    dots = _dashes(0, width * 1.1)
    return _along(path, colors.ground, width * 0.6) + _along(path, colors.border, width * 0.9, dots)


def _rope(path: str, width: float, colors: Palette) -> str:
    dashes = _dashes(width * 0.8, width * 0.8, round_=False)
    return _line(path, width, colors) + _along(
        path, mixed(colors.border, BLACK, 0.3), width, dashes
    )


BORDERS: dict[str, BorderStyle] = {
    "none": BorderStyle(_("None"), _none),
    "line": BorderStyle(_("Line"), _line),
    "rim": BorderStyle(_("Raised rim"), _rim),
    "double": BorderStyle(_("Double line"), _double),
    "inset": BorderStyle(_("Inner line"), _inset),
    "stitched": BorderStyle(_("Stitched"), _stitched),
    "dotted": BorderStyle(_("Dotted"), _dotted),
    "beads": BorderStyle(_("Beads"), _beads),
    "rope": BorderStyle(_("Striped"), _rope),
}

FINISHES: dict[str, Finish] = {
    "flat": Finish(_("Flat"), False, "", 0),
    "soft": Finish(_("Soft light"), True, "", 0.16),
    "gloss": Finish(
        _("Glossy"), True,
        whole(
            "finish",
            '<path d="M0 0H512V150C400 262 112 262 0 190Z" fill="#fff" fill-opacity=".16"/>',
        ),
        0.22,
    ),
    "facet": Finish(
        _("Folded"), False, right_half("finish", BLACK, ".13"), 0.12
    ),
}  # fmt: skip


def lit(color: str) -> tuple[str, str, str]:
    """Return the shades of a color lit from above: at the top, in the middle, at the bottom."""
    return mixed(color, WHITE, 0.2), color, mixed(color, BLACK, 0.14)
