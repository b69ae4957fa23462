"""Samples of all choices: complete, distinct, small, and safe to embed in a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest

from chalicelib.studio import backgrounds, samples
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.palettes import PALETTES
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.samples import Sample
from chalicelib.studio.shapes import SHAPES


def all_backgrounds() -> Iterator[Sample]:
    for _, _, several in samples.kinds():
        yield from several


SEVERAL = {
    "shapes": (samples.shapes, SHAPES),
    "backgrounds": (all_backgrounds, BACKGROUNDS),
    "borders": (samples.borders, BORDERS),
    "finishes": (samples.finishes, FINISHES),
    "ribbons": (samples.ribbons, RIBBONS),
}


@pytest.mark.parametrize(("make", "there_are"), SEVERAL.values(), ids=SEVERAL)
def test_each_that_can_be_chosen_has_a_picture_of_its_own(
    make: Callable[[], Iterator[Sample]], there_are: dict[str, object]
) -> None:
    made = list(make())
    assert sorted(one.name for one in made) == sorted(there_are)
    assert all(one.label for one in made)
    without_names = [re.sub(r'(id="|url\(#)[\w-]+', "", one.svg) for one in made]
    assert len(set(without_names)) == len(made)


def test_the_kinds_of_backgrounds_are_all_there_is() -> None:
    assert [kind for kind, _, _ in samples.kinds()] == list(backgrounds.KINDS)
    assert [name for name, _, _ in samples.palettes()] == list(PALETTES)


def test_all_of_them_are_sound_small_and_silent() -> None:
    drawn = [one.svg for make, _ in SEVERAL.values() for one in make()]
    for svg in drawn:
        root = ElementTree.fromstring(svg)
        assert root.get("aria-hidden") == "true"
        assert root.get("width") is None
        assert root.get("viewBox") == "0 0 512 512"
    assert sum(map(len, drawn)) < 48 * 1024


def test_their_definitions_do_not_meet_in_a_page() -> None:
    drawn = "".join(one.svg for make, _ in SEVERAL.values() for one in make())
    names = re.findall(r'\bid="([\w-]+)"', drawn)
    assert len(set(names)) == len(names)
    assert set(re.findall(r"url\(#([\w-]+)\)", drawn)) <= set(names)
    assert set(re.findall(r'href="#([\w-]+)"', drawn)) <= set(names)
