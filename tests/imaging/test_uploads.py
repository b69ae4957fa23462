"""Uploads become square PNG files; images from the API keep their pixels."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.domain.images import images
from chalicelib.errors import PictureRefused
from chalicelib.imaging import uploads
from chalicelib.openbadges import baking, default_image
from tests.conftest import Cloud
from tests.imaging.pictures import (
    BLUE,
    CLEAR,
    GIF,
    GREEN,
    JPEG,
    RED,
    alike,
    oriented,
    pixels,
    png,
    size,
    svg,
)
from tests.openbadges.png import chunk, chunks

WIDE = 'viewBox="0 0 200 100"'
HALVES = '<rect width="100" height="100" fill="red"/><rect x="100" width="100" height="100" fill="blue"/>'


def refused(content: bytes, fit: str = "fit") -> str:
    with pytest.raises(PictureRefused) as refusal:
        uploads.prepare(content, fit)
    return refusal.value.message


# Uploads


@pytest.mark.parametrize("content", [JPEG, GIF], ids=["JPEG", "GIF"])
def test_a_whole_picture_has_transparent_margins(content: bytes) -> None:
    made = uploads.prepare(content, "fit")
    assert size(made) == (128, 128)
    rows = pixels(made)
    assert rows[4][64] == rows[124][64] == CLEAR
    assert alike(rows[30][20], BLUE)
    assert alike(rows[30][100], GREEN)
    assert alike(rows[100][100], RED)


@pytest.mark.parametrize("content", [JPEG, GIF], ids=["JPEG", "GIF"])
def test_of_a_cropped_picture_the_middle_is_left(content: bytes) -> None:
    made = uploads.prepare(content, "crop")
    assert size(made) == (96, 96)
    rows = pixels(made)
    assert alike(rows[4][4], BLUE)
    assert alike(rows[4][92], GREEN)
    assert alike(rows[92][48], RED)
    assert all(pixel[3] == 255 for row in rows for pixel in row)


@pytest.mark.slow
def test_svg_is_drawn_as_large_as_the_studios_own_pictures() -> None:
    whole = uploads.prepare(svg(HALVES, WIDE), "fit")
    assert size(whole) == (512, 512)
    rows = pixels(whole)
    assert (rows[10][256], rows[256][10], rows[256][500]) == (CLEAR, RED, BLUE)
    middle = uploads.prepare(svg(HALVES, WIDE), "crop")
    assert size(middle) == (512, 512)
    rows = pixels(middle)
    assert (rows[10][10], rows[500][500]) == (RED, BLUE)


@pytest.mark.parametrize(
    ("width", "height", "fit", "side"),
    [
        (90, 90, "fit", 90),
        (1024, 90, "fit", 1024),
        (1024, 90, "crop", 90),
        (1500, 1400, "fit", 1024),
    ],
)
def test_pictures_are_never_enlarged_and_made_smaller_where_they_are_large(
    width: int, height: int, fit: str, side: int
) -> None:
    assert size(uploads.prepare(png(width, height), fit)) == (side, side)


@pytest.mark.slow
@pytest.mark.parametrize("colour", [RED, (0, 0, 255, 128)])
def test_very_large_pictures_keep_their_colours(colour: tuple[int, ...]) -> None:
    made = uploads.prepare(png(2100, 2100, bytes(colour)), "fit")
    assert size(made) == (1024, 1024)
    assert alike(pixels(made)[512][512], colour)


def test_edges_of_large_photographs_are_means_of_what_they_stand_for() -> None:
    looks = list(uploads._spots(2, 4.0))
    assert looks == [(-1, -1, 1), (-1, 1, 1 / 2), (1, -1, 1 / 3), (1, 1, 1 / 4)]
    assert list(uploads._spots(1, 2.0)) == [(0, 0, 1)]


@pytest.mark.parametrize(
    ("number", "corners"),
    [
        (1, (BLUE, GREEN, RED, RED)), (2, (GREEN, BLUE, RED, RED)),
        (3, (RED, RED, GREEN, BLUE)), (4, (RED, RED, BLUE, GREEN)),
        (5, (BLUE, RED, GREEN, RED)), (6, (RED, BLUE, RED, GREEN)),
        (7, (RED, GREEN, RED, BLUE)), (8, (GREEN, RED, BLUE, RED)),
    ],
)  # fmt: skip
def test_photographs_stand_upright(number: int, corners: tuple[tuple[int, ...], ...]) -> None:
    rows = pixels(uploads.as_png(oriented(number)))
    assert (len(rows[0]), len(rows)) == ((128, 96) if number < 5 else (96, 128))
    found = [rows[y][x] for y in (10, -10) for x in (10, -10)]
    assert all(alike(one, other) for one, other in zip(found, corners, strict=True))


def test_nothing_but_pixels_is_left() -> None:
    said = [chunk(b"tEXt", b"Author\0Ada"), chunk(b"eXIf", b"MM\0*"), chunk(b"iCCP", b"x\0\0y")]
    made = uploads.prepare(png(100, 100, bytes(RED), *said), "fit")
    assert {kind for kind, _ in chunks(made)} == {b"IHDR", b"IDAT", b"IEND"}
    assert baking.unbake(baking.bake(made, "{}")) == "{}"


@pytest.mark.parametrize("content", [png(89, 500), png(500, 89), svg("<g/>", 'viewBox="0 0 1 9"')])
def test_pictures_that_are_too_small_are_refused(content: bytes) -> None:
    assert "at least 90 pixels wide and high" in refused(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        png(100, 100, bytes(4)),
        png(2100, 2100, bytes(4)),
        svg(""),
        svg('<rect width="0" height="9"/>'),
    ],
    ids=["PNG", "a large PNG", "SVG", "SVG with a shape"],
)
def test_pictures_in_which_nothing_can_be_seen_are_refused(content: bytes) -> None:
    assert "This image is blank" in refused(content)
    assert "This image is blank" in refused(content, "crop")


def test_a_picture_whose_decoder_gives_up_is_refused() -> None:
    content = bytearray(JPEG)
    at = content.index(b"\xff\xc4")  # without a color table
    content[at + 1] = 0xE2
    assert "This image is blank" in refused(bytes(content))


def test_there_are_two_ways_to_make_a_square() -> None:
    assert "fit or crop" in refused(JPEG, "stretch")


# Images from the API


@pytest.mark.parametrize(
    ("content", "kind"), [(png(1, 1), "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif")]
)
def test_sound_pictures_of_programs_are_kept_as_they_are(content: bytes, kind: str) -> None:
    assert uploads.check(content) == (content, kind)


def test_metadata_of_their_png_files_is_not_kept() -> None:
    assert uploads.check(png(1, 1, bytes(RED), chunk(b"tEXt", b"Author\0Ada")))[0] == png(1, 1)


@pytest.mark.parametrize("content", [b"", svg(""), JPEG[:-2], default_image.content()[:-1]])
def test_what_is_not_sound_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefused):
        uploads.check(content)


# Images for baking


@pytest.mark.parametrize("content", [JPEG, GIF, svg(HALVES, WIDE)], ids=["JPEG", "GIF", "SVG"])
def test_pictures_of_any_kind_can_be_baked_into(content: bytes) -> None:
    made = uploads.as_png(content)
    assert size(made) in ((128, 96), (512, 256))
    assert baking.unbake(baking.bake(made, "{}")) == "{}"


def test_a_picture_is_kept_once(database: peewee.Database, cloud: Cloud) -> None:
    picture = uploads.store(JPEG, "image/jpeg")
    assert (picture.media_type, picture.url) == ("image/jpeg", None)
    assert cloud.objects() == {picture.key: JPEG}
    assert uploads.store(JPEG, "image/jpeg") == picture
    assert uploads.store(png(1, 1), "image/png") == images.Picture(
        key=next(key for key in cloud.objects() if key.endswith(".png")), media_type="image/png"
    )
