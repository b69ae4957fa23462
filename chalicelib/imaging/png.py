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

# PNG 11.2.2: the bit depths that each colour type may have, and of how many samples a pixel is
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class NotAPng(BadgeKitError):
    """The bytes are no PNG image that this project is willing to handle."""

    status = 400
    code = "InvalidContent"


class Chunk(NamedTuple):
    """One part of a PNG file."""

    kind: bytes
    content: bytes

    def to_bytes(self) -> bytes:
        """Return it as it stands in a file."""
        checksum = zlib.crc32(self.kind + self.content)
        return struct.pack(">I", len(self.content)) + self.kind + self.content + struct.pack(">I", checksum)  # fmt: skip


class Span(NamedTuple):
    """Where one part of a PNG file lies: the name of its kind, and where its content is."""

    kind: bytes
    start: int
    end: int

    @property
    def whole(self) -> slice:
        """All of it, with its length, its name and its checksum."""
        return slice(self.start - 8, self.end + 4)


class Header(NamedTuple):
    """What a PNG file's first chunk says."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @property
    def bits(self) -> int:
        """How many bits a pixel takes."""
        return self.depth * _SAMPLES[self.colour]


def chunks(content: bytes, largest: int) -> list[Chunk]:
    """Return all chunks of a file, up to the end of the image.

    Raises
    ------
    NotAPng
        If they are not in order, their checksums are wrong, or the file is larger than `largest`.
    """
    return [Chunk(kind, content[start:end]) for kind, start, end in spans(content, largest)]


def spans(content: bytes, largest: int) -> list[Span]:
    """Return where all chunks of a file lie, up to the end of the image, without copying any.

    Raises
    ------
    NotAPng
        As `chunks` does.
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
    """Return where the chunk lies that begins at a position."""
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
    """Return what a first chunk's content says.

    Raises
    ------
    NotAPng
        If it is that of no known kind of image, or of one that is too wide or high.
    """
    if len(content) != 13:
        raise damaged("its header has the wrong size")
    width, height, depth, colour, compression, filters, interlace = struct.unpack(
        ">IIBBBBB", content
    )
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise NotAPng(f"The PNG image must be between 1 and {WIDEST} pixels wide and high.")
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlace > 1:
        raise damaged("its header describes an unknown kind of image")
    return Header(width, height, depth, colour, bool(interlace))


def file(parts: Iterable[Chunk]) -> bytes:
    """Return the file that these chunks make."""
    return SIGNATURE + b"".join(chunk.to_bytes() for chunk in parts)


def damaged(how: str) -> NotAPng:
    """Return the error for an image that is damaged."""
    return NotAPng(f"This PNG image is damaged: {how}. Export it again.")
