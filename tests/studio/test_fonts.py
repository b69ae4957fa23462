"""Text in the world's scripts: the fonts that it needs, and that the renderer draws all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import resvg_py
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.studio import design, drawing, fonts

WORDS = {
    "Καλημέρα": "DejaVu Sans",
    "شهادة": "DejaVu Sans",
    "תעודה": "DejaVu Sans",
    "Շնորհավոր": "DejaVu Sans",
    "გილოცავთ": "DejaVu Sans",
    "ນັກຮຽນ": "DejaVu Sans",
    "प्रशिक्षण": "Noto Sans Devanagari",
    "ছাত্র": "Noto Sans Bengali",
    "ਵਿਦਿਆਰਥੀ": "Noto Sans Gurmukhi",
    "વિદ્યાર્થી": "Noto Sans Gujarati",
    "தமிழ்": "Noto Sans Tamil",
    "విద్యార్థి": "Noto Sans Telugu",
    "ಕನ್ನಡ": "Noto Sans Kannada",
    "മലയാളം": "Noto Sans Malayalam",
    "ผู้เรียน": "Noto Sans Thai",
    "မြန်မာ": "Noto Sans Myanmar",
    "ትምህርት": "Noto Sans Ethiopic",
    "优秀學員": "Droid Sans Fallback",
    "がんばり賞": "Droid Sans Fallback",
    "우수 학생": "Droid Sans Fallback",
    "Ẹ̀kọ́ Žluťoučký": "Nunito",
}  # fmt: skip


def rendered(text: str, family: str, files: list[str]) -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60">'
        f'<text x="5" y="40" font-size="30" font-weight="bold" font-family="{family}">{text}</text>'
        "</svg>"
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=files))


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_drawn_in_the_font_of_its_script(word: str) -> None:
    family = fonts.family_for(word)
    assert family == f"'{WORDS[word]}'"
    blank = rendered(word, family, [])
    assert rendered(word, family, fonts.files_for(word)) != blank


@pytest.mark.parametrize("word", WORDS)
def test_no_letter_is_drawn_as_a_box(word: str) -> None:
    """Missing characters, such as a rocket, are drawn as the font's box."""
    assert all(fonts.drawable(character) for character in word)
    files, family = fonts.files_for(word), fonts.family_for(word)
    pictures = {rendered(character, family, files) for character in word if character.isalpha()}
    assert rendered("\U0001f680", family, files) not in pictures


def test_fonts_ship_with_their_licences_and_are_not_too_large() -> None:
    files = list(fonts.FOLDER.glob("*.ttf"))
    assert {path.name for path in files} == {font.file for font in fonts._fonts()}
    assert sum(path.stat().st_size for path in files) < 6_000_000
    licences = {path.stem for path in (fonts.FOLDER.parent / "licences").glob("*.txt")}
    assert licences >= {"apache-2.0", "dejavu", "droid", "noto", "nunito", "phosphor-icons"}


def test_conjuncts_hold_together() -> None:
    """The renderer does not support all shaping rules; newer Bengali fonts use unsupported ones."""
    word, letters = "ত্র", "ত\u200cর"
    family, files = fonts.family_for(word), fonts.files_for(word)
    apart = rendered("ত্\u200cর", family, files)
    assert rendered(word, family, files) not in (apart, rendered(letters, family, files))


@pytest.mark.parametrize("character", ["A", "ß", "Ж", "★", "♥", "€", " ", "\n", "\u200d", "\ufe0f"])
def test_letters_signs_and_what_is_not_seen_can_be_drawn(character: str) -> None:
    assert fonts.drawable(character)


@pytest.mark.parametrize("character", ["🚀", "សិ"[0], "\U00012000", "\ue000", "\U0010ffff"])
def test_what_no_font_has_is_told(character: str) -> None:
    assert not fonts.drawable(character)


def test_a_word_is_not_put_together_from_two_fonts() -> None:
    """Nunito also has a capital delta."""
    assert fonts.family_for("ΔΕΛΤΑ") == "'DejaVu Sans'"
    assert fonts.family_for("Δ") == "'Nunito'"


def test_only_what_is_needed_is_given_to_the_renderer() -> None:
    assert [Path(file).name for file in fonts.files_for("学 Zoë")] == [
        "Nunito-ExtraBold.ttf",
        "DroidSansFallback.ttf",
    ]
    assert fonts.files_for("") == fonts.files_for(" \u200b") == fonts.files_for("🚀") == []


@given(st.text(max_size=20))
def test_any_text_can_be_asked_about(text: str) -> None:
    files = fonts.files_for(text)
    assert len(files) == len(set(files))
    assert fonts.files_in(f'font-family="{fonts.family_for(text)}"') == sorted(
        files, key=[str(fonts.FOLDER / font.file) for font in fonts._fonts()].index
    )
    assert fonts.width(text) >= 0
    assert fonts.isolated(text).translate({0x2066: None, 0x2069: None}) == text.translate(
        {0x2066: None, 0x2069: None}
    )


def test_widths_are_about_right() -> None:
    assert fonts.width("学学") == 2 * fonts.width("学") > 1800
    assert fonts.width("ii") < fonts.width("WW")
    assert fonts.width("e\u0301") == fonts.width("e")
    assert fonts.width("🚀") == fonts.width("") == 0


def test_letters_join_after_a_word_in_another_script() -> None:
    assert fonts.isolated("Python प्रशिक्षण क्षेत्र!") == "Python \u2066प्रशिक्षण क्षेत्र\u2069!"
    family, files = fonts.family_for("A त्र"), fonts.files_for("A त्र")
    joined = rendered(fonts.isolated("A त्र"), family, files)
    assert joined != rendered("A त्र", family, files)


def test_letters_of_a_second_font_are_not_lost_to_that() -> None:
    assert fonts.isolated("漢字 प्रशिक्षण") == "漢字 प्रशिक्षण"
    assert fonts.isolated("Γειά") == "Γειά"


@pytest.mark.parametrize("curved", [True, False])
def test_drawings_join_them_too(curved: bool) -> None:
    text = {"top": "Python प्रशिक्षण", "curved": curved}
    svg = drawing.svg(design.read({"version": design.VERSION, "text": text}))
    assert ">Python \u2066प्रशिक्षण\u2069</" in svg
