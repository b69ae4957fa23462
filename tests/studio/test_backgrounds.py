"""Backgrounds show both colors at any scale, and stay within the badge."""

from __future__ import annotations

import itertools

import pytest

from chalicelib.studio import backgrounds, drawing
from chalicelib.studio.backgrounds import BACKGROUNDS, PATTERN
from chalicelib.studio.design import LIMITS
from chalicelib.studio.shapes import SHAPES
from tests.cases import every
from tests.studio.drawings import made, parsed, picture

RED, BLUE = "#ff0000", "#0000ff"
COLOURS = {"ground": RED, "accent": BLUE}
PATTERNS = [name for name, kind in BACKGROUNDS.items() if kind.kind == PATTERN]
SCALABLE = [name for name in PATTERNS if name not in ("halves", "slant")]


def painted(style: str, scale: int = 100, shape: str = "circle") -> str:
    return drawing.svg(
        made(
            shape=shape,
            finish="flat",
            colours=COLOURS,
            border={"style": "none"},
            background={"style": style, "scale": scale},
        )
    )


def test_there_are_many_patterns_and_some_gradients() -> None:
    assert len(PATTERNS) >= 12
    assert len(BACKGROUNDS) - len(PATTERNS) >= 4
    assert {kind.kind for kind in BACKGROUNDS.values()} == set(backgrounds.KIND_LABELS)
    assert len({kind.label for kind in BACKGROUNDS.values()}) == len(BACKGROUNDS)


@pytest.mark.slow
@every(style=BACKGROUNDS, scale=[100, *LIMITS["background", "scale"]])
def test_both_colours_can_be_seen_and_no_other_one(style: str, scale: int) -> None:
    image = picture(painted(style, scale))
    colours = image.getcolors(image.width**2)
    opaque = [(many, colour) for many, colour in colours if colour[3] == 255]
    for _, (red, green, blue, _) in opaque:
        assert abs(red + blue - 255) <= 2
        assert green == 0
    share = sum(many * colour[2] for many, colour in opaque) / 255 / sum(many for many, _ in opaque)
    if style == "solid":
        assert share == 0
    else:
        assert 0.05 < share < 0.7


@every(style=BACKGROUNDS)
def test_patterns_end_where_the_badge_does(style: str) -> None:
    plain = picture(painted("solid", shape="star")).getchannel("A").tobytes()
    with_pattern = picture(painted(style, shape="star")).getchannel("A").tobytes()
    assert [alpha > 0 for alpha in with_pattern] == [alpha > 0 for alpha in plain]


@pytest.mark.slow
@every(style=SCALABLE)
def test_patterns_can_be_finer_and_coarser(style: str) -> None:
    changes = [_changes(painted(style, scale)) for scale in (50, 100, 200)]
    assert changes[0] > changes[1] > changes[2]


def _changes(svg: str) -> int:
    """Return the number of color changes along some lines across the badge."""
    image = picture(svg)
    pixels = image.load()
    found = 0
    for y in range(70, 190, 3):
        row = [pixels[x, y][2] > 127 for x in range(70, 190)]
        column = [pixels[y, x][2] > 127 for x in range(70, 190)]
        for line in (row, column):
            found += sum(a != b for a, b in itertools.pairwise(line))
    return found


@every(style=BACKGROUNDS)
def test_drawings_are_small_and_in_order(style: str) -> None:
    finest = painted(style, LIMITS["background", "scale"][0])
    parsed(finest)
    assert len(finest) < 6_000


def test_tiles_are_never_turned_since_that_is_slow() -> None:
    assert "rotate" not in "".join(map(painted, BACKGROUNDS))


@every(shape=SHAPES)
def test_rays_come_from_the_badge_s_own_middle(shape: str) -> None:
    x, y = SHAPES[shape].middle
    assert f"M{x:g} {y:g}L" in painted("rays", shape=shape)
