"""Presets, and random designs that keep the user's text."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.studio import design, drawing, graphics, palettes, presets
from chalicelib.studio.design import Design
from chalicelib.studio.presets import PRESETS
from tests.studio.drawings import made, parsed


def test_there_are_several_and_each_is_another_one() -> None:
    assert len(PRESETS) >= 12
    assert len({preset.label for preset in PRESETS.values()}) == len(PRESETS)
    assert len({design.write(preset.design) for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.design.shape for preset in PRESETS.values()}) >= 12


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_designs_that_can_be_drawn(name: str) -> None:
    preset = PRESETS[name]
    assert design.read(design.write(preset.design)) == preset.design
    assert presets.draw(name) == drawing.svg(preset.design)
    parsed(presets.draw(name))


def test_no_preset_is_drawn_by_another_name() -> None:
    with pytest.raises(KeyError):
        presets.draw("no such preset")


@pytest.mark.parametrize("seed", range(40))
def test_a_surprise_is_a_design_in_order(seed: int) -> None:
    made_up = presets.surprise(Random(seed))
    assert design.read(design.write(made_up)) == made_up
    assert made_up.graphic is not None
    assert graphics.get(made_up.graphic.name)
    assert palettes.contrast(made_up.painted.ground, made_up.painted.graphic) >= 4.5


def test_surprises_differ_but_the_same_chance_gives_the_same() -> None:
    found = {design.write(presets.surprise(Random(seed))) for seed in range(40)}
    assert len(found) > 35
    assert presets.surprise(Random(7)) == presets.surprise(Random(7))


def test_a_surprise_keeps_the_words() -> None:
    mine = made(
        text={"top": "Top", "bottom": "Bottom", "curved": False},
        ribbon={"style": "sash", "label": "Label"},
        branding="Us",
        colours={"ground": "#000000"},
    )
    surprise = presets.surprise(Random(1), mine)
    assert (surprise.text, surprise.ribbon, surprise.branding) == (mine.text, mine.ribbon, "Us")
    assert surprise.colours == {}


def test_all_that_a_surprise_may_choose_exists() -> None:
    made_up = [presets.surprise(Random(seed)) for seed in range(400)]
    names = {one.graphic.name for one in made_up if one.graphic}
    assert len(names) >= 30
    assert {one.border.style for one in made_up} <= set(design.BORDERS)
    assert presets.surprise(Random(1), Design()) == presets.surprise(Random(1))
