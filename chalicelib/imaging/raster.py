"""Raster images (PNG, JPEG, GIF), detected by content and parsed strictly.

Nothing is decoded here. Images that could break a decoder or exhaust its memory are rejected first:
truncated or damaged ones, ones larger than they claim, and kinds that the renderer draws incorrectly.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib import limits
from chalicelib.domain.images import images
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import png

WIDEST = 4096  # pixels, either way
MOST_PIXELS = 4096 * 3072  # limited by the memory of the sandboxed process
MOST_SCANS = 64  # of a JPEG; encoders write about a dozen, and each covers the whole image
MOST_SEGMENTS = 10_000  # of a JPEG; encoders write some dozens
MOST_BLOCKS = 100_000  # of a GIF; encoders fill each with 255 bytes

_KNOWN_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
# Adam7: start and step of each pass; columns, then rows
_PASSES = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))  # fmt: skip
_STEP = 16 * 1024  # bytes to inflate at a time
_FILTERS = 5

# Sequential and progressive; browsers do not support lossless, hierarchical and arithmetic ones.
_FRAMES = {0xC0, 0xC1, 0xC2}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
SCAN, _END = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a segment
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
HEADER, FRAME = -1, -2  # of a GIF; extensions have their labels
EXIF = b"Exif\0\0"
ORIENTATION, SHORT = 0x0112, 3


@dataclass(frozen=True)
class Raster:
    """The properties of a valid image.

    Parameters
    ----------
    media_type : str
        Media type.
    width, height : int
        Size in pixels, as stored.
    orientation : int
        EXIF orientation, from 1 (upright) to 8.
    left, top : int
        Position of a GIF's first frame on its canvas.
    """

    media_type: str
    width: int
    height: int
    orientation: int = 1
    left: int = 0
    top: int = 0


class Segment(NamedTuple):
    """A part of a JPEG or GIF file: its marker or label, and where its content starts and ends."""

    kind: int
    start: int
    end: int


def read(content: bytes) -> Raster:
    """Return the properties of an image.

    Raises
    ------
    PictureRefused
        If the format is not supported, or the image is damaged or too large.
    """
    if len(content) > limits.PICTURE:
        raise PictureRefused(
            gettext("This image is larger than %d MB. Make it smaller and try again.")
            % limits.PICTURE_MB
        )
    match images.media_type(content):
        case "image/png":
            return _png(content)
        case "image/jpeg":
            return _jpeg(content)
        case "image/gif":
            return _gif(content)
    raise PictureRefused(
        gettext("This file cannot be used as an image. Choose a PNG, JPEG, or SVG file.")
    )


def _damaged() -> PictureRefused:
    return PictureRefused(
        gettext("This image is damaged or incomplete. Export it again and upload the new file.")
    )


def _unknown() -> PictureRefused:
    return PictureRefused(
        gettext("This kind of JPEG is not supported. Save it as RGB or as PNG, and try again.")
    )


def _sized(width: int, height: int) -> None:
    """Reject an image that is too large, or has no pixels."""
    if not width or not height:
        raise _damaged()
    if width > WIDEST or height > WIDEST or width * height > MOST_PIXELS:
        raise PictureRefused(
            gettext(
                "This image is %(width)d by %(height)d pixels. Make it smaller: at most %(widest)d "
                "pixels wide and high, and %(most)d million pixels in total."
            )
            % {
                "width": width,
                "height": height,
                "widest": WIDEST,
                "most": MOST_PIXELS // 1_000_000,
            }
        )


def _png(content: bytes) -> Raster:
    # Check the size first, since it is the most helpful error.
    _sized(*struct.unpack(">II", content[16:24].ljust(8, b"\0")))
    try:
        parts = png.chunks(content, limits.PICTURE)
        header = png.header(parts[0].content)
    except png.NotAPng as problem:
        raise _damaged() from problem
    kinds = [part.kind for part in parts]
    start = kinds.index(b"IDAT")
    data = [part.content for part in parts if part.kind == b"IDAT"]
    has_palette = b"PLTE" in kinds[:start]
    in_order = (
        set(kinds[start : start + len(data)]) == {b"IDAT"}
        and kinds.count(b"PLTE") == has_palette
        and has_palette >= (header.color == 3)
        and all(kind in _KNOWN_CHUNKS or kind[:1].islower() for kind in kinds)
    )
    if not in_order or not _is_whole(header, data):
        raise _damaged()
    return Raster("image/png", header.width, header.height)


def _is_whole(header: png.Header, data: Iterable[bytes]) -> bool:
    """Return whether the data inflates to exactly the rows described by the header."""
    inflated, position, rows = zlib.decompressobj(), 0, _rows(header)
    row = next(rows, None)
    try:
        for block in _inflated(inflated, data):
            end = position + len(block)
            while row is not None and position <= row < end:
                if block[row - position] >= _FILTERS:
                    return False
                row = next(rows, None)
            position = end
            if position > _size(header):
                return False
    except zlib.error:
        return False
    return position == _size(header) and inflated.eof and not inflated.unused_data


def _inflated(inflated: zlib._Decompress, data: Iterable[bytes]) -> Iterator[bytes]:
    """Inflate in small steps, to limit memory use."""
    for part in data:
        for start in range(0, len(part), _STEP):
            rest = part[start : start + _STEP]
            while rest:
                yield inflated.decompress(rest, _STEP)
                rest = inflated.unconsumed_tail
    while block := inflated.decompress(b"", _STEP):
        yield block


def _passes(header: png.Header) -> Iterator[tuple[int, int]]:
    """Yield the number of rows of each pass, and the bytes per row."""
    if not header.interlaced:
        yield header.height, 1 + (header.width * header.bits + 7) // 8
        return
    for left, columns, top, rows in _PASSES:
        width = (header.width - left + columns - 1) // columns
        height = (header.height - top + rows - 1) // rows
        if width > 0 and height > 0:
            yield height, 1 + (width * header.bits + 7) // 8


def _rows(header: png.Header) -> Iterator[int]:
    """Yield the offset of each row, which starts with its filter's number."""
    start = 0
    for count, size in _passes(header):
        yield from range(start, start + count * size, size)
        start += count * size


def _size(header: png.Header) -> int:
    return sum(count * size for count, size in _passes(header))


def _jpeg(content: bytes) -> Raster:
    """Walk through all segments to the end marker, reading the frame header and EXIF."""
    size, orientation, scans = None, 1, 0
    for marker, start, end in segments(content):
        segment = content[start:end]
        if marker in _OTHER_FRAMES:
            raise _unknown()
        if marker in _FRAMES:
            if size is not None or len(segment) < 6:
                raise _damaged()
            precision, height, width, components = struct.unpack(">BHHB", segment[:6])
            if precision != 8 or components not in (1, 3):  # four are CMYK
                raise _unknown()
            size = width, height
            _sized(*size)
        elif marker == SCAN:
            scans += 1
            if size is None or scans > MOST_SCANS:
                raise _damaged()
        elif marker == 0xE1 and segment.startswith(EXIF) and orientation == 1:
            orientation = _orientation(segment[len(EXIF) :])
    if size is None or not scans:
        raise _damaged()
    return Raster("image/jpeg", *size, orientation=orientation)


def segments(content: bytes) -> Iterator[Segment]:
    """Yield the segments of a JPEG file up to the end marker, which must exist.

    Raises
    ------
    PictureRefused
        If the file is damaged.
    """
    position = 2
    for _ in range(MOST_SEGMENTS):
        if content[position : position + 1] != b"\xff":
            raise _damaged()
        while content[position : position + 1] == b"\xff":
            position += 1
        if position >= len(content):
            raise _damaged()
        marker = content[position]
        position += 1
        if marker == _END:
            return
        if marker in _ALONE:
            continue
        end = position + int.from_bytes(content[position : position + 2], "big")
        if not position + 2 <= end <= len(content):
            raise _damaged()
        yield Segment(marker, position + 2, end)
        position = end
        if marker == SCAN:
            position = end_of_scan(content, end)
    raise _damaged()


def end_of_scan(content: bytes, start: int) -> int:
    """Return where the pixels of a JPEG file's scan end, at the next marker.

    Raises
    ------
    PictureRefused
        If there is none.
    """
    found = _AFTER_SCAN.search(content, start)
    if found is None:
        raise _damaged()
    return found.start()


def _orientation(exif: bytes) -> int:
    """Return the orientation in EXIF metadata, or 1 if it is missing or invalid."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return 1
    (start,) = struct.unpack(order + "I", exif[4:8])
    count = struct.unpack(order + "H", exif[start : start + 2].ljust(2, b"\0"))[0]
    for at in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, _, value = struct.unpack(order + "HHIH", exif[at : at + 10])
        if tag == ORIENTATION and kind == SHORT:
            return value if 1 <= value <= 8 else 1
    return 1


def _gif(content: bytes) -> Raster:
    """Walk through all blocks to the trailer; the renderer shows the first frame."""
    if len(content) < 13:
        raise _damaged()
    width, height = struct.unpack("<HH", content[6:10])
    _sized(width, height)
    first = None
    for kind, start, _ in blocks(content):
        if kind != FRAME:
            continue
        left, top, columns, rows = struct.unpack("<HHHH", content[start + 1 : start + 9])
        _sized(columns, rows)
        if first is None:
            first = left, top
            if left + columns > width or top + rows > height:
                raise _damaged()
    if first is None:
        raise _damaged()
    return Raster("image/gif", width, height, left=first[0], top=first[1])


def blocks(content: bytes) -> Iterator[Segment]:
    """Yield the parts of a GIF file up to the trailer, which must exist.

    Each is the header, with the colors of all frames (`HEADER`), a frame (`FRAME`), or an extension
    with its label. Together they are the file without its trailer.

    Raises
    ------
    PictureRefused
        If the file is damaged.
    """
    position = 13 + _colors(content[10])
    yield Segment(HEADER, 0, position)
    count = 0
    while (mark := content[position : position + 1]) != b";":
        start = position
        if mark == b",":
            kind = FRAME
            position += 10 + _colors(content[start + 9 : start + 10].ljust(1, b"\0")[0]) + 1
        elif mark == b"!":
            kind = content[start + 1 : start + 2].ljust(1, b"\0")[0]
            position += 2
        else:
            raise _damaged()
        while size := content[position : position + 1].ljust(1, b"\0")[0]:
            position += 1 + size
            count += 1
            if count > MOST_BLOCKS:
                raise _damaged()
        position += 1
        count += 1
        if position > len(content):
            raise _damaged()
        yield Segment(kind, start, position)


def _colors(flags: int) -> int:
    """Return the size of a GIF's color table in bytes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
