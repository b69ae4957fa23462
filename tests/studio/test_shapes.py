"""Shapes fill the canvas without being cut off, and all places are within them."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from chalicelib.studio import drawing
from chalicelib.studio.geometry import CANVAS
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from tests.cases import every, pairwise
from tests.studio.drawings import COLOURS, beyond, filled, made, many, picture, seen

WIDTHS = (0, 1, 18, 48)


def border(width: int, style: str = "line") -> dict[str, object]:
    return {"style": style, "width": width}


def test_there_are_the_shapes_that_people_ask_for() -> None:
    assert len(SHAPES) >= 12
    assert set(SHAPES) >= {
        "circle", "hexagon", "shield", "diamond", "square", "star", "medal", "gear", "pentagon",
        "octagon", "scallop", "banner",
    }  # fmt: skip
    assert len({shape.label for shape in SHAPES.values()}) == len(SHAPES)
    assert len({shape.path for shape in SHAPES.values()}) == len(SHAPES)


@pytest.mark.slow
@every(shape=SHAPES, width=WIDTHS)
def test_the_edge_of_the_canvas_cuts_nothing(shape: str, width: int) -> None:
    image = picture(drawing.svg(made(shape=shape, border=border(width, "beads"))), CANVAS)
    alpha = image.getchannel("A")
    last = CANVAS - 1
    for edge in (
        (0, 0, CANVAS, 1), (0, last, CANVAS, CANVAS), (0, 0, 1, CANVAS), (last, 0, CANVAS, CANVAS),
    ):  # fmt: skip
        assert alpha.crop(edge).getextrema() == (0, 0)


@pytest.mark.slow
@pairwise(shape=SHAPES, ribbon=RIBBONS, width=(0, 48))
def test_the_edge_of_the_canvas_cuts_no_ribbon(shape: str, ribbon: str, width: int) -> None:
    design = made(shape=shape, border=border(width), ribbon={"style": ribbon, "label": ""})
    left, top, right, bottom = picture(drawing.svg(design), CANVAS).getchannel("A").getbbox()
    assert min(left, top) > 0
    assert max(right, bottom) < CANVAS


@pytest.mark.slow
@every(shape=SHAPES, width=WIDTHS)
def test_a_badge_is_as_large_as_the_canvas_allows(shape: str, width: int) -> None:
    box = picture(drawing.svg(made(shape=shape, border=border(width))), CANVAS).getbbox()
    assert max(box[2] - box[0], box[3] - box[1]) > 0.87 * CANVAS


@every(shape=SHAPES)
def test_graphics_and_bent_words_have_their_place_on_the_badge(shape: str) -> None:
    plain = made(shape=shape, finish="flat", colours=COLOURS, border=border(0, "none"))
    ground = seen(drawing.svg(plain), filled("ground"), size=CANVAS)
    x, y = SHAPES[shape].middle
    for radius in (SHAPES[shape].face * 0.95, SHAPES[shape].curve):
        circle = Image.new("L", ground.size)
        ImageDraw.Draw(circle).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        assert beyond(circle, ground) < 0.02 * many(circle)


def test_a_border_leaves_less_room_within() -> None:
    shape = SHAPES["circle"]
    within = shape.within(20)
    assert within.path == shape.path
    assert (within.face, within.curve) == (shape.face - 20, shape.curve - 20)
    assert shape.top.y < within.top.y < shape.middle[1] < within.bottom.y < shape.bottom.y
    assert within.top.width < shape.top.width
    assert shape.within(0) == shape
