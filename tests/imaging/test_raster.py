"""PNG, JPEG and GIF files are detected by content, and rejected unless they are valid."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import limits
from chalicelib.errors import PictureRefused
from chalicelib.imaging import metadata, raster
from chalicelib.imaging.raster import Raster
from chalicelib.openbadges import default_image
from tests.imaging.pictures import GIF, JPEG, oriented, png
from tests.openbadges.png import END, PIXEL, SIGNATURE, chunk, header

DAMAGED = "damaged"
FRAME = JPEG.index(b"\xff\xc0")
SCAN = JPEG.index(b"\xff\xda")


def refused(content: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        raster.read(content)
    assert refusal.value.status == 400
    return refusal.value.message


# Valid images


def test_each_kind_is_known_by_its_content() -> None:
    assert raster.read(png(4, 3)) == Raster("image/png", 4, 3)
    assert raster.read(JPEG) == Raster("image/jpeg", 128, 96)
    assert raster.read(GIF) == Raster("image/gif", 128, 96)
    assert raster.read(default_image.content()).width == 400


@pytest.mark.parametrize(
    ("depth", "kind", "row"),
    [(1, 0, 3), (8, 0, 10), (16, 0, 19), (8, 2, 28), (16, 2, 55), (8, 4, 19), (16, 6, 73)],
)
def test_png_files_of_every_depth_and_colour_are_read(depth: int, kind: int, row: int) -> None:
    assert raster.read(png(9, 5, data=bytes(row * 5), depth=depth, kind=kind)).width == 9


def test_interlaced_png_files_are_read() -> None:
    # Adam7: width and height of the seven passes for 9 by 5 pixels
    rows = [(2, 1), (1, 1), (3, 1), (2, 2), (5, 1), (4, 3), (9, 2)]
    data = b"".join(bytes(1 + width) * height for width, height in rows)
    image = png(9, 5, data=data, kind=0, interlaced=True)
    assert raster.read(image) == Raster("image/png", 9, 5)
    assert DAMAGED in refused(png(9, 5, data=data + b"\0", kind=0, interlaced=True))
    assert DAMAGED in refused(png(9, 5, data=data[:-1], kind=0, interlaced=True))
    assert raster.read(png(1, 1, data=b"\0\0", kind=0, interlaced=True)).width == 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_tells_how_a_photograph_is_turned(order: str) -> None:
    assert [raster.read(oriented(number, order)).orientation for number in range(10)] == [
        1, 1, 2, 3, 4, 5, 6, 7, 8, 1,
    ]  # fmt: skip


@given(st.binary(max_size=60))
def test_exif_that_makes_no_sense_turns_nothing(rest: bytes) -> None:
    exif = b"Exif\0\0" + rest
    content = JPEG[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + JPEG[2:]
    assert 1 <= raster.read(content).orientation <= 8


def test_a_gifs_first_picture_may_be_smaller_than_its_canvas() -> None:
    content = GIF[:6] + (200).to_bytes(2, "little") + GIF[8:]
    at = content.index(b",\0\0\0\0\x80\0")
    content = content[: at + 1] + (30).to_bytes(2, "little") + content[at + 3 :]
    assert raster.read(content) == Raster("image/gif", 200, 96, left=30)


# Rejected images


def test_other_kinds_are_refused_and_those_that_are_taken_are_named() -> None:
    for content in (
        b"",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"BM",
        b"%PDF-1.7",
        b"\0\0\0\x20ftypavif",
        b"<svg/>",
    ):
        assert "PNG, JPEG, or SVG" in refused(content)


def test_files_that_are_too_large_are_refused() -> None:
    assert "5 MB" in refused(png(2, 2) + bytes(limits.PICTURE))


def test_pictures_of_too_many_pixels_are_refused_and_the_limits_named() -> None:
    wide = SIGNATURE + header(4097, 100, 8, 6)
    many = SIGNATURE + header(4096, 3073, 8, 6)
    for content in (wide, many, GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:]):
        assert "at most 4096 pixels wide and high, and 12 million" in refused(content)
    tall = JPEG[: FRAME + 5] + b"\xff\xff" + JPEG[FRAME + 7 :]
    assert "128 by 65535" in refused(tall)


@pytest.mark.parametrize("content", [png(20, 20), JPEG, GIF], ids=["PNG", "JPEG", "GIF"])
def test_a_picture_that_is_cut_short_anywhere_is_refused(content: bytes) -> None:
    for end in range(8, len(content)):
        assert DAMAGED in refused(content[:end])


ROW = b"\0" + bytes(8)
DAMAGED_PNG_FILES = {
    "a checksum": png(2, 2)[:-20] + b"\0" + png(2, 2)[-19:],
    "too few pixels": png(2, 2, data=ROW + b"\0" + bytes(7)),
    "too many pixels": png(2, 2, data=ROW * 2 + b"\0"),
    "an unknown filter": png(2, 2, data=ROW + b"\5" + bytes(8)),
    "data that is not compressed": SIGNATURE + header() + chunk(b"IDAT", b"nothing") + END,
    "data after the data": SIGNATURE + header() + chunk(b"IDAT", zlib.compress(bytes(2)) + b"x") + END,
    "data without its end": SIGNATURE + header() + chunk(b"IDAT", zlib.compress(bytes(2))[:-4]) + END,
    "data in two places": SIGNATURE + header() + PIXEL + chunk(b"teXt") + PIXEL + END,
    "no palette": SIGNATURE + header(colour=3) + PIXEL + END,
    "two palettes": SIGNATURE + header(colour=3) + 2 * chunk(b"PLTE", bytes(3)) + PIXEL + END,
    "a palette that comes late": SIGNATURE + header(colour=3) + PIXEL + chunk(b"PLTE", bytes(3)) + END,
    "an unknown part that counts": SIGNATURE + header() + chunk(b"WhAT") + PIXEL + END,
    "an unknown kind of image": SIGNATURE + header(colour=5) + PIXEL + END,
    "no pixels": SIGNATURE + header(width=0) + PIXEL + END,
}  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED_PNG_FILES.values(), ids=DAMAGED_PNG_FILES)
def test_a_png_file_that_is_not_whole_is_refused(content: bytes) -> None:
    assert DAMAGED in refused(content)


DAMAGED_JPEG_FILES = {
    "no frame": JPEG[:FRAME] + JPEG[SCAN:],
    "no scan": JPEG[:SCAN] + b"\xff\xd9",
    "two frames": JPEG[:SCAN] + JPEG[FRAME : FRAME + 19] + JPEG[SCAN:],
    "a frame that is too short": JPEG[:FRAME] + b"\xff\xc0\0\4\0\0" + JPEG[FRAME + 19 :],
    "no width": JPEG[: FRAME + 7] + b"\0\0" + JPEG[FRAME + 9 :],
    "something between": JPEG[:FRAME] + b"x" + JPEG[FRAME:],
    "a length that is none": JPEG[:FRAME] + b"\xff\xe2\0\1" + JPEG[FRAME:],
    "too many segments": JPEG[:2] + b"\xff\xe2\0\2" * raster.MOST_SEGMENTS + JPEG[2:],
    "too many scans": JPEG[:-2] + b"\xff\xda\0\2" * raster.MOST_SCANS + b"\xff\xd9",
}


@pytest.mark.parametrize("content", DAMAGED_JPEG_FILES.values(), ids=DAMAGED_JPEG_FILES)
def test_a_jpeg_file_that_is_not_whole_is_refused(content: bytes) -> None:
    assert DAMAGED in refused(content)


@pytest.mark.parametrize(
    "change",
    [(FRAME + 1, 0xC9), (FRAME + 1, 0xC3), (FRAME + 4, 12), (FRAME + 9, 4)],
    ids=["arithmetic", "lossless", "12 bits", "inks"],
)
def test_kinds_of_jpeg_that_would_be_drawn_wrong_are_refused(change: tuple[int, int]) -> None:
    content = bytearray(JPEG)
    content[change[0]] = change[1]
    assert "RGB" in refused(bytes(content))


FIRST = GIF.index(b",")
DAMAGED_GIF_FILES = {
    "no picture": GIF[:FIRST] + b";",
    "an unknown block": GIF[:FIRST] + b"?" + GIF[FIRST:],
    "a picture beside the canvas": GIF[: FIRST + 1] + b"\1" + GIF[FIRST + 2 :],
    "too many blocks": GIF[:-2] + b"\1x" * raster.MOST_BLOCKS + b"\0;",
}


@pytest.mark.parametrize("content", DAMAGED_GIF_FILES.values(), ids=DAMAGED_GIF_FILES)
def test_a_gif_file_that_is_not_whole_is_refused(content: bytes) -> None:
    assert DAMAGED in refused(content)


@given(st.data(), st.sampled_from([png(3, 3), JPEG, GIF]))
def test_a_mutated_picture_is_read_or_refused(data: st.DataObject, picture: bytes) -> None:
    content = bytearray(picture)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
        content = content or bytearray(1)
    try:
        read = raster.read(bytes(content))
    except PictureRefused:
        return
    assert 0 < read.width * read.height <= raster.MOST_PIXELS
    stripped = metadata.remove(bytes(content), read)
    assert raster.read(stripped) == read
    assert metadata.remove(stripped, read) == stripped
