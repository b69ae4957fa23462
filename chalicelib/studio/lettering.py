"""Lettering: fits text to its place, straight or along a circle.

Letters of the bundled font are drawn as outlines, so that a drawing looks the same everywhere. A
line with letters that this font lacks stays text in other fonts, since such scripts need shaping by
the renderer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from chalicelib.studio import fonts, geometry, glyphs
from chalicelib.studio.geometry import Point, number, pair

CAPITALS = glyphs.CAPITALS / 1000  # cap height, in ems
SPACING = 0.03  # letter spacing on a circle, in ems
MOST_OUTLINES = 36_000  # characters; realistic texts need at most half of that


class Placed(NamedTuple):
    """A letter of a line, with its start and advance in ems."""

    letter: str
    start: float
    advance: float


def placed(text: str) -> list[Placed] | None:
    """Return the letters of a line, or None if the bundled font lacks one of them."""
    line: list[Placed] = []
    at, before = 0.0, ""
    for letter in text:
        glyph = glyphs.glyph(letter)
        if glyph is None:
            return None
        at += glyphs.kerning(before, letter) / 1000 if before else 0
        line.append(Placed(letter, at, glyph.advance / 1000))
        at, before = at + glyph.advance / 1000, letter
    return line


def outlines(lines: Iterable[str]) -> dict[str, str]:
    """Return the outlines of the distinct letters in some lines.

    Lines are left out if the bundled font lacks one of their letters, or if they have so many
    different letters that the drawing would become too large; `draw` keeps these as text.
    """
    found: dict[str, str] = {}
    for text in lines:
        letters = {letter: glyphs.glyph(letter) for letter in text}
        drawn = {letter: glyph.path for letter, glyph in letters.items() if glyph}
        if len(drawn) == len(letters) and _length(found | drawn) <= MOST_OUTLINES:
            found |= drawn
    return found


def definitions(outlines: Mapping[str, str]) -> str:
    """Return the definitions that `draw` refers to, for a drawing's ``<defs>``."""
    return "".join(
        f'<path id="{_name(letter)}" d="{path}"/>' for letter, path in outlines.items() if path
    )


def _length(outlines: Mapping[str, str]) -> int:
    return sum(map(len, outlines.values()))


def _name(letter: str) -> str:
    return f"u{ord(letter):x}"


def width(text: str) -> float:
    """Return a line's width in ems, which is approximate if the bundled font lacks letters."""
    line = placed(text)
    if line is None:
        return fonts.width(text) / 1000
    return line[-1].start + line[-1].advance if line else 0.0


class Straight(NamedTuple):
    """The place of a straight line of text.

    Parameters
    ----------
    middle : Point
        Center of the line, at half the cap height.
    width : float
        Maximum width.
    turn : float
        Rotation around the center, in degrees.
    """

    middle: Point
    width: float
    turn: float = 0


class Bent(NamedTuple):
    """The place of text on a circle.

    Parameters
    ----------
    middle : Point
        Center of the circle.
    radius : float
        Radius of the circle, which runs through half the cap height.
    width : float
        Maximum length along the circle.
    over : bool
        Whether the text runs along the top of the circle; else along the bottom, also upright.
    """

    middle: Point
    radius: float
    width: float
    over: bool


def size(text: str, place: Straight | Bent, largest: float) -> float:
    """Return the largest size at which text fits its place."""
    wide = width(text) + (SPACING * len(text) if isinstance(place, Bent) else 0)
    return min(largest, place.width / wide) if wide else largest


def draw(
    text: str,
    place: Straight | Bent,
    largest: float,
    color: str,
    outlines: Mapping[str, str],
) -> str:
    """Draw a line of text.

    Parameters
    ----------
    text : str
        The text.
    place : Straight or Bent
        Its place.
    largest : float
        Maximum size.
    color : str
        Its color.
    outlines : Mapping[str, str]
        The outlines that the drawing defines.
    """
    high = size(text, place, largest)
    line = placed(text) if all(letter in outlines for letter in text) else None
    if isinstance(place, Bent):
        return (
            _text_on_circle(text, place, high, color)
            if line is None
            else _on_circle(line, place, high, color)
        )
    figures = (
        _text_in_line(text, place, high, color)
        if line is None
        else _in_line(line, place, high, color)
    )
    x, y = map(number, place.middle)
    return (
        f'<g transform="rotate({number(place.turn)} {x} {y})">{figures}</g>'
        if place.turn
        else figures
    )


def _scale(size: float) -> str:
    """Return the scale of outlines, which are in thousandths of the font size."""
    return f"{size / glyphs.UNITS:.5f}".rstrip("0").rstrip(".")


def _in_line(line: list[Placed], place: Straight, high: float, color: str) -> str:
    wide = (line[-1].start + line[-1].advance) * high
    start = place.middle[0] - wide / 2, place.middle[1] + high * CAPITALS / 2
    letters = "".join(
        f'<use href="#{_name(one.letter)}" x="{number(one.start * glyphs.UNITS)}"/>'
        for one in line
        if not one.letter.isspace()
    )
    move = f"translate({pair(start)}) scale({_scale(high)})"
    return f'<g fill="{color}" transform="{move}">{letters}</g>'


def _on_circle(line: list[Placed], place: Bent, high: float, color: str) -> str:
    letters = "".join(
        f'<use href="#{_name(letter)}" transform="translate({pair(point)}) '
        f'rotate({number(turn)}) scale({_scale(high)})"/>'
        for letter, point, turn in _around(line, place, high)
    )
    return f'<g fill="{color}">{letters}</g>'


def _base(place: Bent, high: float) -> float:
    """Return the radius of the baseline."""
    return place.radius + high * CAPITALS / 2 * (-1 if place.over else 1)


def _around(line: list[Placed], place: Bent, high: float) -> Iterator[tuple[str, Point, float]]:
    """Yield each visible letter with its origin and its rotation in degrees."""
    spaced = [(one, one.start + SPACING * n) for n, one in enumerate(line)]
    whole = spaced[-1][1] + line[-1].advance
    for one, start in spaced:
        if one.letter.isspace():
            continue
        along = (start + one.advance / 2 - whole / 2) * high
        turn = math.degrees(along / place.radius) * (1 if place.over else -1)
        at = turn if place.over else 180 + turn
        x, y = geometry.on_circle(place.middle, _base(place, high), at)
        back, angle = one.advance * high / 2, math.radians(turn)
        yield one.letter, (x - back * math.cos(angle), y - back * math.sin(angle)), turn


def _text_in_line(text: str, place: Straight, high: float, color: str) -> str:
    """Return a straight line as text for the renderer to set."""
    x, base = number(place.middle[0]), number(place.middle[1] + high * CAPITALS / 2)
    family = fonts.family_for(text)
    return _text(_escaped(text), family, high, color, place=f' x="{x}" y="{base}"')


def _text_on_circle(text: str, place: Bent, high: float, color: str) -> str:
    """Return a line on a circle as text for the renderer to set."""
    base, family = _base(place, high), fonts.family_for(text)
    name = f"{'over' if place.over else 'under'}{int(base)}"
    start, end = (-150, 150) if place.over else (330, 30)
    begin, stop = (pair(geometry.on_circle(place.middle, base, at)) for at in (start, end))
    r = number(base)
    path = f"M{begin}A{r} {r} 0 1 {int(place.over)} {stop}"
    words = f'<textPath href="#{name}" startOffset="50%">{_escaped(text)}</textPath>'
    return f'<path id="{name}" d="{path}" fill="none"/>' + _text(words, family, high, color)


def _escaped(text: str) -> str:
    """Return a line escaped for the drawing."""
    return escape(fonts.isolated(text))


def _text(words: str, family: str, high: float, color: str, *, place: str = "") -> str:
    return (
        f'<text{place} font-family="{family}" font-weight="700" '
        f'font-size="{number(high)}" fill="{color}" text-anchor="middle">{words}</text>'
    )
