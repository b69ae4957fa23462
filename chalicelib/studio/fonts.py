"""Fonts for scripts that `glyphs.py` does not cover, used by the renderer.

`<text font-weight="bold" font-family="{family_for(text)}">{isolated(text)}</text>` names the fonts
that a text needs, and `files_in` returns their files when the drawing is rendered.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from chalicelib.studio import packs

FOLDER = Path(__file__).parent / "fonts"

# Categories of characters that are never drawn, such as joiners and line ends.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
_SELECTORS = range(0xFE00, 0xFE10)
# Scripts of South and Southeast Asia, whose letters join and are reordered.
_JOINING = re.compile("[\u0900-\u109f\u200c\u200d]+(?: +[\u0900-\u109f\u200c\u200d]+)*")
_ISOLATE, _END = "\u2066", "\u2069"

Range = tuple[int, int, int | list[int]]  # first character, count, advances (one number if equal)


class Font(NamedTuple):
    """A font.

    Parameters
    ----------
    file : str
        File name.
    family : str
        Family name in SVG.
    ranges : list[Range]
        The font's characters.
    """

    file: str
    family: str
    ranges: list[Range]

    def advance(self, character: str) -> int | None:
        """Return a character's width in thousandths of the font size, or None if it is missing."""
        code = ord(character)
        at = bisect.bisect_right(self.ranges, code, key=lambda found: found[0]) - 1
        first, many, advances = self.ranges[max(at, 0)]
        if not first <= code < first + many:
            return None
        return advances if isinstance(advances, int) else advances[code - first]

    def has(self, character: str) -> bool:
        """Return whether the font has a character."""
        return self.advance(character) is not None


def drawable(character: str) -> bool:
    """Return whether a character can be drawn, or is invisible."""
    return _unseen(character) or any(font.has(character) for font in _fonts())


def family_for(text: str) -> str:
    """Return the fonts that a text needs as a value of `font-family`, which may be empty."""
    return ", ".join(f"'{font.family}'" for font in _needed(text))


def files_for(text: str) -> list[str]:
    """Return the paths of the fonts that a text needs."""
    return [str(FOLDER / font.file) for font in _needed(text)]


def files_in(svg: str) -> list[str]:
    """Return the paths of the fonts that a drawing names (see `family_for`)."""
    return [str(FOLDER / font.file) for font in _fonts() if f"'{font.family}'" in svg]


def width(text: str) -> int:
    """Return the approximate width of a text, in thousandths of the font size.

    Ligatures and kerning, which only the renderer applies, are ignored.
    """
    needed = _needed(text)
    return sum(
        next((advance for font in needed if (advance := font.advance(character)) is not None), 0)
        for character in text
    )


def isolated(text: str) -> str:
    """Return a text with Unicode isolates, so that the renderer shapes all of its scripts.

    resvg shapes a run of one direction as if all of it were in the script of its first letter, so
    that Hindi after an English word is shaped wrongly. Unicode's invisible isolates prevent this.
    They also prevent falling back to a second font, so they are only used if one font has all
    letters.
    """
    if len(_needed(text)) != 1:
        return text
    return _JOINING.sub(lambda found: f"{_ISOLATE}{found[0]}{_END}", text)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or ord(character) in _SELECTORS


def _needed(text: str) -> list[Font]:
    """Return a small set of fonts that covers a text, the one with most of its characters first.

    A word looks best in one font, even if the preferred font has some of its letters: Nunito has the
    Greek letters used in formulas.
    """
    left = {character for character in text if not (character.isspace() or _unseen(character))}
    chosen = []
    while left:
        best = max(_fonts(), key=lambda font: sum(map(font.has, left)))
        has = {character for character in left if best.has(character)}
        if not has:
            break
        chosen.append(best)
        left -= has
    return chosen


@functools.cache
def _fonts() -> list[Font]:
    """Return all fonts in order of preference."""
    return [Font(*found) for found in packs.read("fonts")]
