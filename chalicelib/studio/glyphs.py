"""Letters as outlines (Nunito ExtraBold), so that a badge looks the same everywhere.

They cover Latin (with Vietnamese) and Cyrillic, punctuation and currency signs. The renderer draws
other scripts with the fonts in `fonts.py`.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from chalicelib.studio import packs

# All lengths are in thousandths of the font size; y points downward from the baseline.
UNITS = 1000
CAPITALS = 705  # cap height
SMALL = 491  # x-height
ASCENT = 1060  # maximum height of a character above the baseline
DESCENT = 283  # maximum depth below it


class Glyph(NamedTuple):
    """The outline of a character.

    Parameters
    ----------
    advance : int
        Distance from its origin to that of the next character.
    path : str
        SVG path data with integers and absolute commands (M, L, H, V, Q, Z), to be filled with the
        nonzero rule; empty for spaces.
    """

    advance: int
    path: str


def glyph(character: str) -> Glyph | None:
    """Return a character's outline, or None if Nunito does not have it."""
    found = _pack()["glyphs"].get(character)
    return Glyph(*found) if found else None


def kerning(first: str, second: str) -> int:
    """Return the kerning of two adjacent characters; negative values move them together."""
    found: int = _pack()["kerning"].get(first + second, 0)
    return found


@functools.cache
def _pack() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = packs.read("glyphs")
    return found
