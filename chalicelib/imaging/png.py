"""PNG files, parsed strictly chunk by chunk; anything after the image's end is dropped."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.errors import BadgeKitError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDEST = 10_000  # pixels, either way
MOST_CHUNKS = 10_000
TEXTS = (b"iTXt", b"tEXt", b"zTXt")

# PNG 11.2.2: the allowed bit depths of each color type, and its number of samples per pixel
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class NotAPng(BadgeKitError):
    """The content is not a PNG image, or one that is not supported."""

    status = 400
    code = "InvalidContent"


class Chunk(NamedTuple):
    """A chunk of a PNG file."""

    kind: bytes
    content: bytes

    def to_bytes(self) -> bytes:
        """Return the serialized chunk."""
        checksum = zlib.crc32(self.kind + self.content)
        return struct.pack(">I", len(self.content)) + self.kind + self.content + struct.pack(">I", checksum)  # fmt: skip


class Span(NamedTuple):
    """The position of a chunk in a PNG file: its type, and start and end of its content."""

    kind: bytes
    start: int
    end: int

    @property
    def whole(self) -> slice:
        """The whole chunk, including length, type and checksum."""
        return slice(self.start - 8, self.end + 4)


class Header(NamedTuple):
    """The content of a PNG file's header chunk (IHDR)."""

    width: int
    height: int
    depth: int
    color: int
    interlaced: bool

    @property
    def bits(self) -> int:
        """Bits per pixel."""
        return self.depth * _SAMPLES[self.color]


def chunks(content: bytes, largest: int) -> list[Chunk]:
    """Return all chunks of a file, up to the end of the image.

    Raises
    ------
    NotAPng
        If they are not in order, their checksums are wrong, or the file is larger than `largest`.
    """
    return [Chunk(kind, content[start:end]) for kind, start, end in spans(content, largest)]


def spans(content: bytes, largest: int) -> list[Span]:
    """Return the positions of all chunks up to the end of the image, without copying any.

    Raises
    ------
    NotAPng
        As for `chunks`.
    """
    if not content.startswith(SIGNATURE):
        raise NotAPng("This is not a PNG image. Save it as PNG and try again.")
    if len(content) > largest:
        raise NotAPng("The PNG image is too large.")
    view = memoryview(content)
    found = [_span(view, len(SIGNATURE))]
    if found[0].kind != b"IHDR":
        raise damaged("its parts are out of order")
    while found[-1].kind != b"IEND":
        if len(found) == MOST_CHUNKS:
            raise NotAPng("This PNG image has too many parts. Export it again.")
        found.append(_span(view, found[-1].end + 4))
        if found[-1].kind == b"IHDR":
            raise damaged("its parts are out of order")
    last = found[-1]
    if last.end > last.start or all(span.kind != b"IDAT" for span in found):
        raise damaged("its parts are out of order")
    return found


def _span(view: memoryview, position: int) -> Span:
    """Return the position of the chunk that starts at an offset."""
    start = position + 8
    if start > len(view):
        raise damaged("it ends too early")
    length, kind = struct.unpack_from(">I4s", view, position)
    end = start + length
    if end + 4 > len(view):
        raise damaged("it ends too early")
    if not (kind.isalpha() and kind.isascii()):
        raise damaged("one of its parts has an invalid name")
    if zlib.crc32(view[start - 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
        raise damaged("a checksum is wrong")
    return Span(kind, start, end)


def header(content: bytes) -> Header:
    """Parse the content of a header chunk.

    Raises
    ------
    NotAPng
        If the kind of image is unknown, or the image is too wide or high.
    """
    if len(content) != 13:
        raise damaged("its header has the wrong size")
    width, height, depth, color, compression, filters, interlace = struct.unpack(
        ">IIBBBBB", content
    )
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise NotAPng(f"The PNG image must be between 1 and {WIDEST} pixels wide and high.")
    if depth not in _DEPTHS.get(color, ()) or compression or filters or interlace > 1:
        raise damaged("its header describes an unknown kind of image")
    return Header(width, height, depth, color, bool(interlace))


def file(parts: Iterable[Chunk]) -> bytes:
    """Return the file with some chunks."""
    return SIGNATURE + b"".join(chunk.to_bytes() for chunk in parts)


def damaged(how: str) -> NotAPng:
    """Return the error for a damaged image."""
    return NotAPng(f"This PNG image is damaged: {how}. Export it again.")
