"""Uploaded images: identified by content, then kept as they are or rendered anew."""

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
from chalicelib.imaging import png, raster, sandbox
from chalicelib.imaging import store as image_store
from chalicelib.imaging import svg as svg_reader
from chalicelib.imaging.raster import Raster

LARGEST_SIDE = 1024  # pixels of what is drawn from pixels
DRAWN_SIDE = 512  # pixels of what is drawn from SVG, as from the studio's own designs
SMALLEST_SIDE = 90  # pixels; badges of less cannot be told from each other
LONGEST_DRAWN_SIDE = 2048  # pixels of an SVG picture whose middle is taken

FIT, CROP = "fit", "crop"

_PHOTOGRAPH = "image/jpeg"  # which nothing shines through

# How EXIF's orientations turn a picture of the size w by h (SVG's matrix), from 1 to 8
_TURNS = (
    "1 0 0 1 0 0", "-1 0 0 1 {w} 0", "-1 0 0 -1 {w} {h}", "1 0 0 -1 0 {h}",
    "0 1 1 0 0 0", "0 1 -1 0 {h} 0", "0 -1 -1 0 {h} {w}", "0 -1 1 0 0 {w}",
)  # fmt: skip
_SIDEWAYS = 5  # the first orientation that makes its width its height


def prepare(content: bytes, fit: str) -> bytes:
    """Return an uploaded picture as a badge's: a square PNG file, drawn anew, without metadata.

    Parameters
    ----------
    content : bytes
        A PNG, JPEG, GIF or SVG file, whatever its name was.
    fit : str
        ``fit`` for the whole picture with transparent margins, ``crop`` for its middle.

    Raises
    ------
    PictureRefused
        With what is wrong with it and what to do, in words for whoever chose it.
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
    """Return a picture that a program sent, with its pixels as they are, and its media type.

    A PNG file leaves its metadata behind.

    Raises
    ------
    PictureRefused
        If it is no sound PNG, JPEG or GIF file.
    """
    picture = raster.read(content)
    if picture.media_type == "image/png":
        content = raster.without_metadata(content)
    return content, picture.media_type


@functools.lru_cache(maxsize=2)  # the awards of one badge come together
def as_png(content: bytes) -> bytes:
    """Return a picture of any kind as a PNG file of the same proportions.

    Raises
    ------
    PictureRefused
        If it is none that can be drawn.
    """
    if svg_reader.looks_like(content):
        return _refuse_invisible(sandbox.png(svg_reader.read(content), DRAWN_SIDE))
    picture = raster.read(content)
    return _drawn(content, picture, _upright(picture))


def store(content: bytes, media_type: str) -> images.Picture:
    """Put a picture into the bucket; the row that names it follows, or nobody ever finds it."""
    return images.Picture(key=image_store.store(content, media_type), media_type=media_type)


def _vector(content: bytes, fit: str) -> bytes:
    """Draw an SVG picture, large enough for its middle to be of the usual size."""
    svg = svg_reader.read(content)
    drawn = sandbox.png(svg, DRAWN_SIDE)
    width, height = _upright(raster.read(drawn))
    if fit == CROP and width != height:
        longer, shorter = max(width, height), min(width, height)
        size = min(DRAWN_SIDE * longer // shorter, LONGEST_DRAWN_SIDE)
        drawn = sandbox.png(svg, size)
    return drawn


def _upright(picture: Raster) -> tuple[int, int]:
    """Return a picture's width and height as it is seen."""
    if picture.orientation >= _SIDEWAYS:
        return picture.height, picture.width
    return picture.width, picture.height


def _drawn(content: bytes, picture: Raster, frame: tuple[int, int]) -> bytes:
    """Draw a picture into the middle of a frame, whose sizes are in the picture's own pixels.

    A pixel that is drawn looks at few of those that it stands for, so that the edges of what is much
    larger would be ragged. What may be seen through is halved first, until it is not much larger.
    Of a photograph that takes seconds, most of them for writing it down in between.
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
    """Return where to look, evenly within what a pixel stands for, and how much each look counts.

    Each covers those before, which is their mean as long as nothing shines through.
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
    """Return an SVG picture that shows another one in the middle of a frame."""
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
    """Refuse a picture in which nothing can be seen, be it that its decoder gave up."""
    parts = png.chunks(drawn, len(drawn))
    header = png.header(parts[0].content)
    data = b"".join(part.content for part in parts if part.kind == b"IDAT")
    rows = zlib.decompress(data)
    # Where all pixels of a row are zeros, so are its bytes, whatever its filter; only its first tells which.
    row = 1 + header.width * header.bits // 8
    if not any(rows[start + 1 : start + row].strip(b"\0") for start in range(0, len(rows), row)):
        raise PictureRefused(gettext("This image is blank. Export it again, ideally as PNG."))
    return drawn
