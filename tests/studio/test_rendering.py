"""Our own SVG is rendered as PNG files."""

from __future__ import annotations

import struct

import pytest

from chalicelib.openbadges import baking
from chalicelib.studio import drawing, fonts, presets, rendering
from chalicelib.studio.presets import PRESETS
from tests.studio.drawings import made, picture

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
DISC = f'<svg {NAMESPACE} viewBox="0 0 10 10"><circle cx="5" cy="5" r="5"/></svg>'


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("pixels", [48, 512, 2048])
def test_a_picture_becomes_a_png_file_of_the_size_asked_for(pixels: int) -> None:
    assert size(rendering.png(DISC, pixels)) == (pixels, pixels)
    assert size(rendering.png(DISC)) == (512, 512)


def test_the_longer_side_has_that_size() -> None:
    assert size(rendering.png(f'<svg {NAMESPACE} viewBox="0 0 20 10"/>', 100)) == (100, 50)


def test_an_assertion_can_be_baked_into_it() -> None:
    assert baking.unbake(baking.bake(rendering.png(DISC, 48), "{}")) == "{}"


def test_the_same_picture_becomes_the_same_file() -> None:
    assert rendering.png(DISC) == rendering.png(DISC)


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown token"):
        rendering.png("no picture")


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_around_a_badge_is_transparent(name: str) -> None:
    alpha = picture(presets.draw(name), 96).getchannel("A")
    assert [alpha.getpixel(corner) for corner in ((0, 0), (95, 0), (0, 95), (95, 95))] == [0] * 4
    assert alpha.getextrema() == (0, 255)


@pytest.mark.parametrize("text", ["Ζωή", "حياة", "חיים", "जीवन", "ชีวิต", "生命", "いのち", "생명"])
def test_words_left_as_text_can_be_seen(text: str) -> None:
    with_words, without = (
        picture(drawing.svg(made(branding=words, finish="flat"))).tobytes() for words in (text, "")
    )
    assert with_words != without


def test_fonts_are_read_only_when_there_is_text() -> None:
    assert "<text" not in presets.draw("explorer")
    assert fonts.files_in(presets.draw("explorer")) == []
