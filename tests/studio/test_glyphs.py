"""Letters as outlines: coverage, widths, and kerning."""

from __future__ import annotations

import re
import unicodedata

import pytest

from chalicelib.studio import glyphs

PATH = re.compile(r"(?:M(?:[LHVQ]|-?[0-9]+|[ ,])*Z)+", re.ASCII)


def drawn(character: str) -> glyphs.Glyph:
    found = glyphs.glyph(character)
    assert found is not None, character
    return found


def reach(path: str) -> tuple[int, int]:
    """Return the minimum and maximum y of a path's points."""
    heights = []
    for command, numbers in re.findall(r"([A-Z])([^A-Z]*)", path):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        heights += {"H": [], "V": values}.get(command, values[1::2])
    return min(heights), max(heights)


@pytest.mark.parametrize(
    "text",
    [
        "ABCXYZabcxyz0123456789",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "ÀÉÎÕÜßçñøþÿÆ",
        "ĀąĆđĞİıŁłŃŐœŘŞšŤŮŻž",
        "ƠơƯưȘșȚțẞ",
        "ẠấẦẩẫĂặỆịỐợỤữỲỹ",
        "АБВГДЕЁЖЗИЙабвгдеёжзиЄІЇҐґјљњћў",
        "\u2013\u2014\u2018\u2019“”„…\u2039\u203a«»•†‰™",
        "€£¥₹₽₺₴₫₩¢",
    ],
)
def test_letters_and_signs_of_many_languages(text: str) -> None:
    for character in text:
        assert drawn(character).advance > 0
        assert PATH.fullmatch(drawn(character).path), character


@pytest.mark.parametrize("space", [" ", "\u00a0"])
def test_spaces_are_wide_and_empty(space: str) -> None:
    assert drawn(space).path == ""
    assert drawn(space).advance > 100


@pytest.mark.parametrize(
    "character", ["", "AB", "漢", "\u0627", "अ", "a\u0301", "\n", "\x00", "😀", "\ue000"]
)
def test_what_the_font_does_not_have_is_nothing(character: str) -> None:
    assert glyphs.glyph(character) is None


def test_marks_do_not_stand_alone() -> None:
    assert glyphs.glyph("\u0301") is None
    assert glyphs.glyph(unicodedata.normalize("NFC", "e\u0301")) is not None


def test_letters_stand_on_the_baseline_and_are_as_high_as_is_said() -> None:
    assert reach(drawn("Z").path) == (-glyphs.CAPITALS, 0)
    assert reach(drawn("z").path) == (-glyphs.SMALL, 0)


def test_nothing_reaches_further_than_is_said() -> None:
    reached = [reach(path) for character in map(chr, range(0x2100)) if (path := _path(character))]
    assert min(top for top, _ in reached) == -glyphs.ASCENT
    assert max(bottom for _, bottom in reached) == glyphs.DESCENT


def _path(character: str) -> str:
    found = glyphs.glyph(character)
    return found.path if found else ""


def test_parts_do_not_cross_so_that_letters_can_be_outlined() -> None:
    assert drawn("Ł").path.count("M") == 1
    assert drawn("x").path.count("M") == 1


def test_pairs_are_moved_together() -> None:
    assert glyphs.kerning("A", "V") < -20
    assert glyphs.kerning("T", "o") < -20
    assert glyphs.kerning("\u0413", "\u043e") < 0  # Cyrillic Ghe and o
    assert glyphs.kerning("Ü", "n") == glyphs.kerning("U", "n")


def test_others_are_not() -> None:
    assert glyphs.kerning("H", "H") == glyphs.kerning("漢", "字") == glyphs.kerning("", "") == 0
    assert glyphs.kerning("A", "Ж") == 0
