"""Lettering: fits text to its room, straight or along a circle.

Letters of the bundled font are drawn as outlines, so that a drawing looks the same wherever it is
opened. A line that has letters which this font lacks is left to the renderer as text, in fonts that
have them, since such scripts need shaping.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from chalicelib.studio import fonts, geometry, glyphs
from chalicelib.studio.geometry import Point, number, pair

CAPITALS = glyphs.CAPITALS / 1000  # how high capital letters are, of the size
SPACING = 0.03  # between letters on a circle, of the size
MOST_OUTLINES = 36_000  # characters; texts of people need half of that at most


class Placed(NamedTuple):
    """A letter of a line, where it begins and how far it reaches, in ems."""

    letter: str
    start: float
    advance: float


def placed(text: str) -> list[Placed] | None:
    """Return the letters of a line, or None when the bundled font lacks one of them."""
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
    """Return the outlines of the letters that lines are made of, each once.

    Lines are left out that have letters which the bundled font lacks, or so many different ones
    that the drawing became too large; `draw` leaves these to the renderer.
    """
    found: dict[str, str] = {}
    for text in lines:
        letters = {letter: glyphs.glyph(letter) for letter in text}
        drawn = {letter: glyph.path for letter, glyph in letters.items() if glyph}
        if len(drawn) == len(letters) and _length(found | drawn) <= MOST_OUTLINES:
            found |= drawn
    return found


def definitions(outlines: Mapping[str, str]) -> str:
    """Return what `draw` refers to, for a drawing's ``<defs>``."""
    return "".join(
        f'<path id="{_name(letter)}" d="{path}"/>' for letter, path in outlines.items() if path
    )


def _length(outlines: Mapping[str, str]) -> int:
    return sum(map(len, outlines.values()))


def _name(letter: str) -> str:
    return f"u{ord(letter):x}"


def width(text: str) -> float:
    """Return how wide a line is, in ems; of letters that the bundled font lacks, about how wide."""
    line = placed(text)
    if line is None:
        return fonts.width(text) / 1000
    return line[-1].start + line[-1].advance if line else 0.0


class Straight(NamedTuple):
    """Where a straight line of words goes.

    Parameters
    ----------
    middle : Point
        Half of its width, and half the height of its capitals.
    width : float
        How wide it may be.
    turn : float
        By how many degrees it is turned around its middle.
    """

    middle: Point
    width: float
    turn: float = 0


class Bent(NamedTuple):
    """Where words on a circle go.

    Parameters
    ----------
    middle : Point
        The circle's.
    radius : float
        Its radius; it runs through half the height of capitals.
    width : float
        How long the words may be, along the circle.
    over : bool
        Whether they stand over the circle's middle, or hang under it, where they can be read, too.
    """

    middle: Point
    radius: float
    width: float
    over: bool


def size(text: str, place: Straight | Bent, largest: float) -> float:
    """Return how large words can be written, to be no wider than their place."""
    wide = width(text) + (SPACING * len(text) if isinstance(place, Bent) else 0)
    return min(largest, place.width / wide) if wide else largest


def draw(
    text: str,
    place: Straight | Bent,
    largest: float,
    colour: str,
    outlines: Mapping[str, str],
) -> str:
    """Draw a line of words.

    Parameters
    ----------
    text : str
        The words.
    place : Straight or Bent
        Where they go.
    largest : float
        The size that they have unless that is too wide.
    colour : str
        Their colour.
    outlines : Mapping[str, str]
        The letters that the drawing defines.
    """
    high = size(text, place, largest)
    line = placed(text) if all(letter in outlines for letter in text) else None
    if isinstance(place, Bent):
        return (
            _left_on_circle(text, place, high, colour)
            if line is None
            else _on_circle(line, place, high, colour)
        )
    figures = (
        _left(text, place, high, colour) if line is None else _in_line(line, place, high, colour)
    )
    x, y = map(number, place.middle)
    return (
        f'<g transform="rotate({number(place.turn)} {x} {y})">{figures}</g>'
        if place.turn
        else figures
    )


def _scale(size: float) -> str:
    """Return by what outlines are scaled, which are drawn in thousandths of the size."""
    return f"{size / glyphs.UNITS:.5f}".rstrip("0").rstrip(".")


def _in_line(line: list[Placed], place: Straight, high: float, colour: str) -> str:
    wide = (line[-1].start + line[-1].advance) * high
    start = place.middle[0] - wide / 2, place.middle[1] + high * CAPITALS / 2
    letters = "".join(
        f'<use href="#{_name(one.letter)}" x="{number(one.start * glyphs.UNITS)}"/>'
        for one in line
        if not one.letter.isspace()
    )
    move = f"translate({pair(start)}) scale({_scale(high)})"
    return f'<g fill="{colour}" transform="{move}">{letters}</g>'


def _on_circle(line: list[Placed], place: Bent, high: float, colour: str) -> str:
    letters = "".join(
        f'<use href="#{_name(letter)}" transform="translate({pair(point)}) '
        f'rotate({number(turn)}) scale({_scale(high)})"/>'
        for letter, point, turn in _around(line, place, high)
    )
    return f'<g fill="{colour}">{letters}</g>'


def _base(place: Bent, high: float) -> float:
    """Return the radius of the circle that letters stand on."""
    return place.radius + high * CAPITALS / 2 * (-1 if place.over else 1)


def _around(line: list[Placed], place: Bent, high: float) -> Iterator[tuple[str, Point, float]]:
    """Return each letter that can be seen, where it begins, and its turn in degrees."""
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


def _left(text: str, place: Straight, high: float, colour: str) -> str:
    """Return a line that the renderer has to set."""
    x, base = number(place.middle[0]), number(place.middle[1] + high * CAPITALS / 2)
    family = fonts.family_for(text)
    return _text(_said(text), family, high, colour, place=f' x="{x}" y="{base}"')


def _left_on_circle(text: str, place: Bent, high: float, colour: str) -> str:
    """Return words that the renderer has to set on a circle."""
    base, family = _base(place, high), fonts.family_for(text)
    name = f"{'over' if place.over else 'under'}{int(base)}"
    start, end = (-150, 150) if place.over else (330, 30)
    begin, stop = (pair(geometry.on_circle(place.middle, base, at)) for at in (start, end))
    r = number(base)
    path = f"M{begin}A{r} {r} 0 1 {int(place.over)} {stop}"
    words = f'<textPath href="#{name}" startOffset="50%">{_said(text)}</textPath>'
    return f'<path id="{name}" d="{path}" fill="none"/>' + _text(words, family, high, colour)


def _said(text: str) -> str:
    """Return a line as it is written into the drawing."""
    return escape(fonts.isolated(text))


def _text(words: str, family: str, high: float, colour: str, *, place: str = "") -> str:
    return (
        f'<text{place} font-family="{family}" font-weight="700" '
        f'font-size="{number(high)}" fill="{colour}" text-anchor="middle">{words}</text>'
    )
