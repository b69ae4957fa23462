"""Letters as outlines (Nunito ExtraBold), so that a badge looks the same everywhere.

Latin and Cyrillic, with Vietnamese, punctuation and currencies. Other scripts are drawn by the
renderer, with the fonts of `fonts.py`.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from chalicelib.studio import packs

# All lengths are in units of a thousandth of the font's size; y goes down from the baseline.
UNITS = 1000
CAPITALS = 705  # how high capitals are
SMALL = 491  # how high small letters are, such as z
ASCENT = 1060  # how far any character reaches above its baseline
DESCENT = 283  # and below it


class Glyph(NamedTuple):
    """A character as it is drawn.

    Parameters
    ----------
    advance : int
        How far it is from its origin to the next character's.
    path : str
        SVG path data of whole numbers and absolute commands (M, L, H, V, Q, Z), to be filled
        (nonzero); empty for spaces.
    """

    advance: int
    path: str


def glyph(character: str) -> Glyph | None:
    """Return how a character is drawn, or None if Nunito does not have it."""
    found = _pack()["glyphs"].get(character)
    return Glyph(*found) if found else None


def kerning(first: str, second: str) -> int:
    """Return by how much two neighbours are moved apart; below 0, together."""
    found: int = _pack()["kerning"].get(first + second, 0)
    return found


@functools.cache
def _pack() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = packs.read("glyphs")
    return found
