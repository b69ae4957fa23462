"""Ribbons cross the badge, and their text stays within their ends."""

from __future__ import annotations

import pytest

from chalicelib.studio import drawing, layout
from chalicelib.studio.lettering import Straight
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from tests.cases import every, pairwise
from tests.studio.drawings import COLOURS, beyond, filled, made, many, parsed, seen

SEEN = [name for name in RIBBONS if name != "none"]


def drawn(style: str, label: str = "", shape: str = "circle", **more: object) -> str:
    ribbon = {"style": style, "label": label}
    return drawing.svg(made(shape=shape, ribbon=ribbon, colours=COLOURS, finish="flat", **more))


def test_there_are_several() -> None:
    assert len(SEEN) >= 5
    assert len({style.label for style in RIBBONS.values()}) == len(RIBBONS)


@pytest.mark.slow
@pairwise(shape=SHAPES, style=SEEN, label=("Go", "Certificate", "W" * 60))
def test_words_stay_on_the_ribbon(shape: str, style: str, label: str) -> None:
    svg = drawn(style, label, shape)
    parsed(svg)
    words = seen(svg, filled("label"), size=512)
    ribbon = seen(svg, filled("ribbon"), size=512)
    assert many(words) > 0
    assert beyond(words, ribbon) == 0


@pytest.mark.parametrize("style", SEEN)
def test_ribbons_stay_where_they_are_unless_words_are_under_them(style: str) -> None:
    shape = SHAPES["square"]
    ribbon = {"style": style, "label": "Go"}
    alone = layout.of(made(shape="square", ribbon=ribbon)).ribbon
    over_words = layout.of(made(shape="square", ribbon=ribbon, text={"bottom": "Words"})).ribbon
    assert alone is not None
    assert over_words is not None
    assert alone.top < shape.ribbon < alone.bottom
    assert over_words.top <= alone.top


@pytest.mark.parametrize("style", SEEN)
def test_ribbons_are_as_high_in_the_middle_as_they_say(style: str) -> None:
    border = {"style": "none"}
    design = made(ribbon={"style": style}, border=border, colours=COLOURS, finish="flat")
    ribbon = layout.of(design).ribbon
    assert ribbon is not None
    svg = drawing.svg(design)
    middle = seen(svg, filled("ribbon"), size=512).crop((206, 0, 306, 512))
    _, top, _, bottom = middle.getbbox()
    assert ribbon.top - 1 <= top
    assert bottom <= ribbon.bottom + 1


def test_no_ribbon_has_no_label() -> None:
    assert drawn("none", "Words") == drawn("none")
    assert layout.of(made(ribbon={"style": "none", "label": "Words"})).ribbon is None


def test_a_ribbon_without_words_is_one() -> None:
    svg = drawn("banner")
    assert "<use" not in svg
    assert many(seen(svg, filled("ribbon"))) > 0


@pytest.mark.slow
@every(style=["strip", "sash"], shape=SHAPES)
def test_what_ends_at_the_edge_is_not_beyond_it(style: str, shape: str) -> None:
    border = {"style": "none"}
    svg = drawn(style, shape=shape, border=border)
    tails = SHAPES[shape].tails
    ribbon = seen(svg.split("</defs>")[0] + "</defs></svg>" if tails else svg, filled("ribbon"))
    assert beyond(ribbon, seen(svg, filled("ground"))) == 0


def test_a_sash_is_slanted_with_its_words() -> None:
    ribbon = layout.of(made(ribbon={"style": "sash"})).ribbon
    assert ribbon is not None
    assert isinstance(ribbon.words, Straight)
    assert ribbon.words.turn < 0
