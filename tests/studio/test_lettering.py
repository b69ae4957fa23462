"""Text of any length and script fits its place, straight and curved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.studio import fonts, glyphs, lettering
from chalicelib.studio.lettering import Bent, Straight
from tests.studio.designs import UNHURRIED, texts
from tests.studio.drawings import parsed, picture

LINE = Straight((256.0, 256.0), 300)
ARCH = Bent((256.0, 256.0), 200, 400, over=True)
BOWL = ARCH._replace(over=False)
SCRIPTS = {
    "Latin": "Explorer Gg & co.",
    "Vietnamese": "Nhà thám hiểm trẻ tuổi",
    "Greek": "Εξερευνητής ΩΜΕΓΑ",
    "Cyrillic": "Юный читатель",
    "Arabic": "مستكشف صغير في المكتبة",
    "Hebrew": "קורא צעיר בספרייה",
    "Devanagari": "युवा वैज्ञानिक पुस्तकालय",
    "Bengali": "তরুণ বিজ্ঞানী গ্রন্থাগার",
    "Tamil": "இளம் விஞ்ஞானி நூலகம்",
    "Malayalam": "യുവ ശാസ്ത്രജ്ഞൻ",
    "Myanmar": "လူငယ်သိပ္ပံပညာရှင်",
    "Thai": "นักสำรวจรุ่นเยาว์",
    "Armenian": "Երիտասարդ գիտնական",
    "Georgian": "ახალგაზრდა მეცნიერი",
    "Ethiopic": "ወጣት ሳይንቲስት",
    "Chinese": "少年科学家",
    "Japanese": "読書の達人カタカナ",
    "Korean": "어린 과학자",
}
OWN = ("Latin", "Vietnamese", "Cyrillic")  # in the bundled font, drawn as outlines


def drawn(text: str, place: Straight | Bent, largest: float = 46) -> str:
    letters = lettering.outlines([text])
    figures = lettering.draw(text, place, largest, "#000000", letters)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">'
        f"<defs>{lettering.definitions(letters)}</defs>{figures}</svg>"
    )


def box(svg: str) -> tuple[int, int, int, int]:
    found: tuple[int, int, int, int] = picture(svg, 512).getchannel("A").getbbox()
    return found


# Size


def test_short_words_are_as_large_as_they_may_be() -> None:
    assert lettering.size("Go", LINE, 46) == lettering.size("Go", ARCH, 46) == 46


@pytest.mark.parametrize("place", [LINE, ARCH, BOWL])
def test_long_words_are_as_large_as_their_place(place: Straight | Bent) -> None:
    text = "Wonderful explorations"
    high = lettering.size(text, place, 46)
    spaces = 0 if isinstance(place, Straight) else lettering.SPACING * len(text)
    assert high < 46
    assert (lettering.width(text) + spaces) * high == pytest.approx(place.width)


@given(texts(), st.sampled_from([LINE, ARCH, BOWL]))
@UNHURRIED
def test_no_words_are_wider_than_their_place(text: str, place: Straight | Bent) -> None:
    assert 0 <= lettering.width(text) * lettering.size(text, place, 46) <= place.width + 0.001


def test_widths_are_those_of_the_font_with_its_kerning() -> None:
    assert lettering.width("") == 0
    assert lettering.width("AV") < lettering.width("A") + lettering.width("V")
    assert lettering.width("漢字") == 2


# Position


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("times", [1, 3])
def test_words_of_every_script_stay_in_line(script: str, times: int) -> None:
    left, top, right, bottom = box(drawn(" ".join([SCRIPTS[script]] * times)[:60], LINE))
    assert left >= 256 - 150 - 2
    assert right <= 256 + 150 + 2
    assert abs((left + right) / 2 - 256) < 8
    assert 256 - 46 < top < 256 < bottom < 256 + 46


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("over", [True, False])
def test_words_of_every_script_stay_on_their_circle(script: str, over: bool) -> None:
    left, top, right, bottom = box(drawn(SCRIPTS[script], ARCH._replace(over=over)))
    reach = 0.84 * 200 + 40  # half of 400 along a circle with radius 200
    assert left > 256 - reach
    assert right < 256 + reach
    if over:
        assert 256 - 200 - 46 < top < bottom < 256 - 60
    else:
        assert 256 + 60 < top < bottom < 256 + 200 + 46


def test_capitals_stand_around_the_middle_of_their_line() -> None:
    _, top, _, bottom = box(drawn("HHH", LINE))
    assert (top + bottom) / 2 == pytest.approx(256, abs=1)
    assert bottom - top == pytest.approx(46 * lettering.CAPITALS, abs=2)


def test_a_line_can_be_turned_around_its_middle() -> None:
    left, top, right, bottom = box(drawn("HHHHHH", LINE._replace(turn=90)))
    assert bottom - top > 3 * (right - left)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((256, 256), abs=2)


@pytest.mark.parametrize("place", [LINE, ARCH, BOWL])
def test_words_stand_upright_in_the_middle(place: Straight | Bent) -> None:
    image = picture(drawn("TTT", place), 512)
    left, top, right, bottom = image.getbbox()
    upper = image.crop((left, top, right, top + 6)).getchannel("A").tobytes()
    lower = image.crop((left, bottom - 6, right, bottom)).getchannel("A").tobytes()
    assert left + right == pytest.approx(512, abs=2)
    if place is LINE:
        assert sum(upper) > 2 * sum(lower)  # the bar of a T is at the top


# Outlines or text

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2069"))  # the isolates added by `fonts.isolated`


def said(root: Any) -> str:
    """Return the content of a drawing's text elements."""
    return "".join(root.itertext()).translate(_ISOLATES)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("place", [LINE, ARCH, BOWL])
def test_letters_of_the_bundled_font_are_outlines_and_others_text(
    script: str, place: Straight | Bent
) -> None:
    text = SCRIPTS[script]
    svg = drawn(text, place)
    root = parsed(svg)
    if script in OWN:
        assert "".join(root.itertext()) == ""
        assert svg.isascii()
    else:
        assert said(root) == text
        assert fonts.files_in(svg) == fonts.files_for(text) != []


def test_each_letter_s_outline_stands_there_once() -> None:
    svg = drawn("banana", LINE)
    assert (svg.count("<path"), svg.count("<use")) == (3, 6)


def test_spaces_are_not_drawn() -> None:
    assert drawn("a b\u00a0a", LINE).count("<use") == 3
    assert picture(drawn(" ", ARCH)).getbbox() is None


def test_lines_with_too_many_different_letters_are_text() -> None:
    crowd = "".join(filter(glyphs.glyph, map(chr, range(0x41, 0x250))))
    lines = [crowd[n : n + 40] for n in range(0, 240, 40)]
    letters = lettering.outlines(lines)
    assert set(lines[0]) <= set(letters)
    assert not set(lines[-1]) <= set(letters)
    assert sum(map(len, letters.values())) <= lettering.MOST_OUTLINES
    assert "<text" in lettering.draw(lines[-1], LINE, 46, "#000000", letters)


@given(texts().filter(bool))
@profile(UNHURRIED, max_examples=50)
def test_any_words_are_drawn_in_order(text: str) -> None:
    for place in (LINE, ARCH, BOWL):
        root = parsed(drawn(text, place))
        assert said(root) in ("", text.translate(_ISOLATES))
