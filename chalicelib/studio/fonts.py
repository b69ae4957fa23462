"""Fonts for scripts that `glyphs.py` does not cover, used by the renderer.

`<text font-weight="bold" font-family="{family_for(text)}">{isolated(text)}</text>` names what a text
needs, and `files_in` finds it again when the drawing is rendered.
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

# What is never drawn, such as joiners, line ends and what chooses between forms of a character.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
_SELECTORS = range(0xFE00, 0xFE10)
# Scripts of India and its neighbours, whose letters join and change places.
_JOINING = re.compile("[\u0900-\u109f\u200c\u200d]+(?: +[\u0900-\u109f\u200c\u200d]+)*")
_ISOLATE, _END = "\u2066", "\u2069"

Range = tuple[int, int, int | list[int]]  # first character, how many, advances (or everyone's)


class Font(NamedTuple):
    """One font.

    Parameters
    ----------
    file : str
        The name of its file.
    family : str
        What SVG calls it.
    ranges : list[Range]
        The characters that it has.
    """

    file: str
    family: str
    ranges: list[Range]

    def advance(self, character: str) -> int | None:
        """Return how wide a character is, in thousandths of the font's size; None if it is not there."""
        code = ord(character)
        at = bisect.bisect_right(self.ranges, code, key=lambda found: found[0]) - 1
        first, many, advances = self.ranges[max(at, 0)]
        if not first <= code < first + many:
            return None
        return advances if isinstance(advances, int) else advances[code - first]

    def has(self, character: str) -> bool:
        """Tell whether the font has a character."""
        return self.advance(character) is not None


def drawable(character: str) -> bool:
    """Tell whether a character can be drawn, or needs no drawing."""
    return _unseen(character) or any(font.has(character) for font in _fonts())


def family_for(text: str) -> str:
    """Return the fonts that a text needs, as SVG's `font-family` names them; perhaps none."""
    return ", ".join(f"'{font.family}'" for font in _needed(text))


def files_for(text: str) -> list[str]:
    """Return the paths of the fonts that a text needs."""
    return [str(FOLDER / font.file) for font in _needed(text)]


def files_in(svg: str) -> list[str]:
    """Return the paths of the fonts that a drawing names, as `family_for` made it do."""
    return [str(FOLDER / font.file) for font in _fonts() if f"'{font.family}'" in svg]


def width(text: str) -> int:
    """Return about how wide a text is, in thousandths of the font's size.

    Letters may join or stand closer together; exact is only the renderer.
    """
    needed = _needed(text)
    return sum(
        next((advance for font in needed if (advance := font.advance(character)) is not None), 0)
        for character in text
    )


def isolated(text: str) -> str:
    """Return a text in which the renderer joins letters, whatever script it begins in.

    resvg shapes what stands in one direction as if all of it were in the script of its beginning,
    so that Hindi after an English word falls apart; Unicode's isolates (invisible) end that. They
    would keep it from taking letters from a second font, and so are only used if one has them all.
    """
    if len(_needed(text)) != 1:
        return text
    return _JOINING.sub(lambda found: f"{_ISOLATE}{found[0]}{_END}", text)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or ord(character) in _SELECTORS


def _needed(text: str) -> list[Font]:
    """Return few fonts that have a text together; first the one that has most of it.

    A word looks best in one font, even if another one has some of its letters: Nunito has the
    Greek ones that stand in formulas.
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
    """Return all fonts, in the order of preference."""
    return [Font(*found) for found in packs.read("fonts")]
