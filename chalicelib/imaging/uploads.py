"""Uploaded images: identified by content, then stored unchanged or re-rendered."""

from __future__ import annotations

import base64
import functools
import itertools
import math
import struct
import zlib
from collections.abc import Iterator, Sequence

from chalicelib.domain.images import images
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import metadata, png, raster, sandbox
from chalicelib.imaging import store as image_store
from chalicelib.imaging.raster import Raster
from chalicelib.imaging.svg import reader as svg_reader

LARGEST_SIDE = 1024  # pixels, for images rendered from raster images
DRAWN_SIDE = 512  # pixels, for images rendered from SVG, like the studio's own designs
SMALLEST_SIDE = 90  # pixels; smaller badges are hard to recognize
LONGEST_DRAWN_SIDE = 2048  # pixels, for SVG images that are then cropped

FIT, CROP = "fit", "crop"

_PHOTOGRAPH = "image/jpeg"  # always opaque

# SVG matrices for EXIF's orientations 1 to 8, for an image of size w by h
_TURNS = (
    "1 0 0 1 0 0", "-1 0 0 1 {w} 0", "-1 0 0 -1 {w} {h}", "1 0 0 -1 0 {h}",
    "0 1 1 0 0 0", "0 1 -1 0 {h} 0", "0 -1 -1 0 {h} {w}", "0 -1 1 0 0 {w}",
)  # fmt: skip
_SIDEWAYS = 5  # the first orientation that swaps width and height


def prepare(content: bytes, fit: str) -> bytes:
    """Convert an uploaded image to a badge image: a square, re-rendered PNG file without metadata.

    Parameters
    ----------
    content : bytes
        A PNG, JPEG, GIF or SVG file, regardless of its name.
    fit : str
        ``fit`` for the whole image with transparent margins, ``crop`` for its center.

    Raises
    ------
    PictureRefused
        If the image cannot be used; the message tells the user what to do.
    """
    if fit not in (FIT, CROP):
        raise PictureRefused(gettext("Choose whether to fit or crop the image."))
    if svg_reader.looks_like(content):
        content = _vector(content, fit)
    picture = raster.read(content)
    width, height = _upright(picture)
    if min(width, height) < SMALLEST_SIDE:
        raise PictureRefused(
            gettext(
                "This image is %(width)d by %(height)d pixels. It must be at least %(smallest)d "
                "pixels wide and high."
            )
            % {"width": width, "height": height, "smallest": SMALLEST_SIDE}
        )
    side = max(width, height) if fit == FIT else min(width, height)
    return _drawn(content, picture, (side, side))


def check(content: bytes) -> tuple[bytes, str]:
    """Return an image from the API with unchanged pixels, and its media type.

    Metadata is removed, see `imaging/metadata.py`.

    Raises
    ------
    PictureRefused
        If it is not a valid PNG, JPEG or GIF file.
    """
    picture = raster.read(content)
    return metadata.remove(content, picture), picture.media_type


@functools.lru_cache(maxsize=2)  # a badge's awards are often baked in a row
def as_png(content: bytes) -> bytes:
    """Convert an image of any kind to a PNG file with the same proportions.

    Raises
    ------
    PictureRefused
        If it cannot be rendered.
    """
    if svg_reader.looks_like(content):
        return _refuse_invisible(sandbox.png(svg_reader.read(content), DRAWN_SIDE))
    picture = raster.read(content)
    return _drawn(content, picture, _upright(picture))


def store(content: bytes, media_type: str) -> images.Picture:
    """Store an image in the bucket; the caller must then write a row that refers to it."""
    return images.Picture(key=image_store.store(content, media_type), media_type=media_type)


def _vector(content: bytes, fit: str) -> bytes:
    """Render an SVG image, large enough for its cropped center to have the usual size."""
    svg = svg_reader.read(content)
    drawn = sandbox.png(svg, DRAWN_SIDE)
    width, height = _upright(raster.read(drawn))
    if fit == CROP and width != height:
        longer, shorter = max(width, height), min(width, height)
        size = min(DRAWN_SIDE * longer // shorter, LONGEST_DRAWN_SIDE)
        drawn = sandbox.png(svg, size)
    return drawn


def _upright(picture: Raster) -> tuple[int, int]:
    """Return an image's width and height after applying its orientation."""
    if picture.orientation >= _SIDEWAYS:
        return picture.height, picture.width
    return picture.width, picture.height


def _drawn(content: bytes, picture: Raster, frame: tuple[int, int]) -> bytes:
    """Render an image in the center of a frame, whose size is in the image's own pixels.

    The renderer samples few source pixels for each output pixel, so strong downscaling gives ragged
    edges. Images with transparency are therefore halved repeatedly. For photographs that would take
    seconds, mostly for encoding the steps, so several offset copies are averaged instead.
    """
    longest = max(frame)
    if picture.media_type == _PHOTOGRAPH:
        size = min(longest, LARGEST_SIDE)
        times = math.ceil(longest / (2 * LARGEST_SIDE))
        svg = _around(content, picture, frame, [*_spots(times, longest / size)])
        return _refuse_invisible(sandbox.png(svg, size, seconds=sandbox.PATIENT))
    while longest > 2 * LARGEST_SIDE:
        longest = (longest + 1) // 2
        content = sandbox.png(_around(content, picture, frame), longest, seconds=sandbox.PATIENT)
        frame = struct.unpack(">II", content[16:24])
        picture = Raster("image/png", *frame)
    svg = _around(content, picture, frame)
    return _refuse_invisible(sandbox.png(svg, min(longest, LARGEST_SIDE), seconds=sandbox.PATIENT))


def _spots(times: int, step: float) -> Iterator[tuple[float, float, float]]:
    """Yield evenly spaced sample offsets within an output pixel, each with its opacity.

    Each copy is drawn over those before, which averages them if the image is opaque.
    """
    looks = [((at + 0.5) / times - 0.5) * step for at in range(times)]
    for number, (x, y) in enumerate(itertools.product(looks, looks), 1):
        yield x, y, 1 / number


def _around(
    content: bytes,
    picture: Raster,
    frame: tuple[int, int],
    looks: Sequence[tuple[float, float, float]] = ((0, 0, 1),),
) -> str:
    """Return an SVG image that shows a raster image in the center of a frame."""
    width, height = _upright(picture)
    left, top = (frame[0] - width) // 2, (frame[1] - height) // 2
    turn = _TURNS[picture.orientation - 1].format(w=picture.width, h=picture.height)
    data = base64.b64encode(content).decode("ascii")
    shown = "".join(
        f'<use href="#p" x="{x:.3f}" y="{y:.3f}" opacity="{counts:.5f}"/>' for x, y, counts in looks
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame[0]} {frame[1]}"><defs>'
        f'<image id="p" transform="translate({left} {top}) matrix({turn})" '
        f'x="{picture.left}" y="{picture.top}" width="{picture.width}" height="{picture.height}" '
        f'href="data:{picture.media_type};base64,{data}"/></defs>{shown}</svg>'
    )


def _refuse_invisible(drawn: bytes) -> bytes:
    """Reject a blank rendering, for example because decoding failed."""
    parts = png.chunks(drawn, len(drawn))
    header = png.header(parts[0].content)
    data = b"".join(part.content for part in parts if part.kind == b"IDAT")
    rows = zlib.decompress(data)
    # A row of transparent pixels consists of zeros with any filter, after the filter's own byte.
    row = 1 + header.width * header.bits // 8
    if not any(rows[start + 1 : start + row].strip(b"\0") for start in range(0, len(rows), row)):
        raise PictureRefused(gettext("This image is blank. Export it again, ideally as PNG."))
    return drawn
