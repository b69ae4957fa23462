"""Drawings match the reviewed golden images in `tests/studio/golden`."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from random import Random

import pytest
from PIL import Image

from chalicelib.studio import design, drawing, rendering
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.design import Background, Design, Graphic, Ribbon
from chalicelib.studio.palettes import PALETTES, mixed
from chalicelib.studio.presets import PRESETS
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from tests.cases import every
from tests.studio import golden

NAMES = golden.names()
AT_MOST = 0.4  # a difference of 1 is visible on a whole area


def png(chosen: Design) -> bytes:
    return rendering.png(drawing.svg(chosen), golden.SIZE)


def kept(name: str) -> bytes:
    return (golden.FOLDER / f"{name}.png").read_bytes()


@every(name=NAMES)
def test_drawings_are_the_same_byte_by_byte(name: str) -> None:
    svg = (golden.FOLDER / f"{name}.svg").read_text("utf-8")
    assert drawing.svg(golden.read(name)) == svg, "if it is to be so: python -m tests.studio.golden"


@pytest.mark.slow
@every(name=NAMES)
def test_pictures_look_the_same(name: str) -> None:
    assert golden.difference(png(golden.read(name)), kept(name)) < AT_MOST


# The designs cover all choices


def test_there_are_forty_and_all_presets_are_among_them() -> None:
    assert len(NAMES) >= 40
    for name, preset in PRESETS.items():
        assert golden.read(name) == preset.design


def test_every_choice_is_shown() -> None:
    designs = [golden.read(name) for name in NAMES]
    assert {one.shape for one in designs} == set(SHAPES)
    assert {one.palette for one in designs} == set(PALETTES)
    assert {one.finish for one in designs} == set(FINISHES)
    assert {one.background.style for one in designs} == set(BACKGROUNDS)
    assert {one.border.style for one in designs} == set(BORDERS)
    assert {one.ribbon.style for one in designs} == set(RIBBONS)
    assert any(one.colours for one in designs)
    assert any(one.graphic is None for one in designs)
    assert any(one.graphic and one.graphic.rotation for one in designs)
    assert {one.text.curved for one in designs if one.text.top} == {True, False}
    assert sum(bool(one.branding) for one in designs) >= 4


def test_many_scripts_are_shown() -> None:
    said = "".join(word for name in NAMES for word in golden.read(name).words)
    scripts = {unicodedata.name(letter).partition(" ")[0] for letter in said}
    assert scripts >= {
        "LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "THAI", "CJK", "HIRAGANA",
        "HANGUL",
    }  # fmt: skip


# The measure finds visible differences only


@every(name=NAMES)
def test_a_picture_is_no_different_from_itself(name: str) -> None:
    assert golden.difference(kept(name), kept(name)) == 0


@pytest.mark.slow
@every(name=PRESETS)
def test_a_graphic_that_moved_is_seen(name: str) -> None:
    chosen = golden.read(name)
    assert chosen.graphic is not None
    for moved in (Graphic(chosen.graphic.name, x=12), Graphic(chosen.graphic.name, size=80)):
        assert golden.difference(png(replace(chosen, graphic=moved)), kept(name)) > AT_MOST


@pytest.mark.slow
@every(name=PRESETS, role=["ground", "border", "graphic"])
def test_a_colour_that_changed_is_seen(name: str, role: str) -> None:
    chosen = golden.read(name)
    colour = getattr(chosen.painted, role)
    other = mixed(colour, "#ff00ff" if colour[1:3] < "c0" else "#00ff00", 0.3)
    changed = replace(chosen, colours={role: other})
    assert golden.difference(png(changed), kept(name)) > AT_MOST


@every(name=[name for name in NAMES if golden.read(name).ribbon.style != "none"])
def test_a_ribbon_that_is_missing_is_seen(name: str) -> None:
    missing = replace(golden.read(name), ribbon=Ribbon())
    assert golden.difference(png(missing), kept(name)) > 4 * AT_MOST


@every(name=[name for name in NAMES if golden.read(name).text.top])
def test_words_that_are_missing_are_seen(name: str) -> None:
    chosen = golden.read(name)
    silent = replace(
        chosen, text=design.Text(), branding="", ribbon=replace(chosen.ribbon, label="")
    )
    assert golden.difference(png(silent), kept(name)) > AT_MOST


@every(name=["reader", "scientist", "mentor"])
def test_another_pattern_is_seen(name: str) -> None:
    other = replace(golden.read(name), background=Background("checks"))
    assert golden.difference(png(other), kept(name)) > AT_MOST


@pytest.mark.slow
@every(name=NAMES)
def test_pixels_that_are_rounded_otherwise_are_not_seen(name: str) -> None:
    picture = Image.open(io.BytesIO(kept(name))).convert("RGBA")
    chance = Random(name)
    levels = bytes(min(255, max(0, n + chance.randint(-1, 1))) for n in picture.tobytes())
    rounded = io.BytesIO()
    Image.frombytes("RGBA", picture.size, levels).save(rounded, "PNG")
    assert 0 < golden.difference(rounded.getvalue(), kept(name)) < AT_MOST
