"""Borders follow the badge's edge with the chosen width; finishes light the badge."""

from __future__ import annotations

import pytest

from chalicelib.studio import drawing
from chalicelib.studio.borders import BORDERS, FINISHES, lit
from chalicelib.studio.palettes import PALETTES, luminance
from chalicelib.studio.shapes import SHAPES
from tests.cases import every
from tests.studio.drawings import COLOURS, filled, made, many, parsed, picture, seen

SEEN = [name for name in BORDERS if name != "none"]
STROKE = f'stroke="{COLOURS["border"]}"'


def drawn(style: str, width: int, shape: str = "circle", **more: object) -> str:
    border = {"style": style, "width": width}
    return drawing.svg(made(shape=shape, border=border, colours=COLOURS, finish="flat", **more))


def test_there_are_several_of_each() -> None:
    assert len(SEEN) >= 6
    assert len(FINISHES) >= 3
    for choices in (BORDERS, FINISHES):
        assert len({choice.label for choice in choices.values()}) == len(choices)


@pytest.mark.slow
@every(shape=SHAPES, style=SEEN)
def test_every_border_can_be_seen_on_every_shape(style: str, shape: str) -> None:
    svg = drawn(style, 20, shape)
    parsed(svg)
    wide = many(seen(drawn(style, 40, shape), STROKE))
    assert 0 < many(seen(svg, STROKE)) < wide


@pytest.mark.parametrize(("style", "width"), [("none", 20), *((style, 0) for style in SEEN)])
@pytest.mark.parametrize("shape", ["circle", "gear"])
def test_a_border_without_style_or_width_is_none(style: str, width: int, shape: str) -> None:
    svg = drawn(style, width, shape)
    assert "stroke" not in svg
    assert svg == drawn("none", 0, shape)


@pytest.mark.slow
@every(style=SEEN, width=[1, 2, 48])
def test_borders_may_be_as_thin_and_wide_as_designs_say(style: str, width: int) -> None:
    svg = drawn(style, width)
    parsed(svg)
    assert 'stroke-width="0"' not in svg
    assert many(seen(svg, STROKE, size=512)) > 0


@pytest.mark.parametrize("shape", [name for name, shape in SHAPES.items() if shape.inlay])
def test_what_is_round_within_is_filled_with_the_border_s_colour_around_it(shape: str) -> None:
    svg = drawn("line", 20, shape)
    assert many(seen(svg, filled("border"))) > many(seen(svg, filled("ground")))


@pytest.mark.slow
@every(name=PALETTES)
def test_stitches_can_be_seen_on_every_border(name: str) -> None:
    plain, stitched = (
        picture(drawing.svg(made(palette=name, border={"style": style, "width": 30})))
        for style in ("line", "stitched")
    )
    assert plain.tobytes() != stitched.tobytes()


def test_flat_is_one_colour() -> None:
    image = picture(drawn("none", 0))
    opaque = {colour for _, colour in image.getcolors(9999) if colour[3] == 255}
    assert len(opaque) == 1


@pytest.mark.parametrize("finish", [name for name, finish in FINISHES.items() if finish.lit])
def test_light_comes_from_above(finish: str) -> None:
    image = picture(drawing.svg(made(finish=finish, border={"style": "none"}))).convert("L")
    assert image.getpixel((128, 14)) > image.getpixel((128, 200)) > image.getpixel((128, 244))


def test_what_is_folded_is_darker_on_one_side() -> None:
    image = picture(drawing.svg(made(finish="facet", border={"style": "none"}))).convert("L")
    assert image.getpixel((60, 128)) == image.getpixel((126, 128))
    assert image.getpixel((126, 128)) > image.getpixel((129, 128)) == image.getpixel((200, 128))


@pytest.mark.parametrize("finish", FINISHES)
def test_shadows_lie_under_the_graphic(finish: str) -> None:
    svg = drawing.svg(made(finish=finish, graphic={"name": "star"}))
    assert ("fill-opacity" in svg.split("</defs>")[1]) == (FINISHES[finish].shadow > 0)


def test_shades_go_from_light_to_dark() -> None:
    top, middle, bottom = map(luminance, lit("#808080"))
    assert top > middle > bottom
