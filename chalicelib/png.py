"""PNG files, chunk by chunk. They come from anywhere, so they are read strictly: what a decoder might
stumble over is refused here, and whatever follows the image's end is dropped.
"""

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
    if not content.startswith(SIGNATURE):
        raise NotAPng("This is not a PNG image. Please save it as PNG and try again.")
    if len(content) > largest:
        raise NotAPng("The PNG image is too large.")
    found: list[Chunk] = []
    position = len(SIGNATURE)
    while not found or found[-1].kind != b"IEND":
        if len(found) == MOST_CHUNKS:
            raise NotAPng("This PNG image has too many parts. Please save it anew and try again.")
        chunk, position = _chunk(content, position)
        if (chunk.kind == b"IHDR") != (not found):
            raise damaged("its parts are not in order")
        found.append(chunk)
    if found[-1].content or all(chunk.kind != b"IDAT" for chunk in found):
        raise damaged("its parts are not in order")
    return found


def _chunk(content: bytes, position: int) -> tuple[Chunk, int]:
    """Return the chunk that begins at a position, and where the next one does."""
    start = position + 8
    head = content[position:start]
    length = int.from_bytes(head[:4], "big")
    end = start + length
    if len(head) < 8 or end + 4 > len(content):
        raise damaged("it ends too early")
    chunk = Chunk(head[4:], content[start:end])
    if not (chunk.kind.isalpha() and chunk.kind.isascii()):
        raise damaged("a part of it has no proper name")
    if zlib.crc32(head[4:] + chunk.content) != int.from_bytes(content[end : end + 4], "big"):
        raise damaged("a checksum is wrong")
    return chunk, end + 4


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
        raise damaged("its header names no known kind of image")
    return Header(width, height, depth, colour, bool(interlace))


def file(parts: Iterable[Chunk]) -> bytes:
    """Return the file that these chunks make."""
    return SIGNATURE + b"".join(chunk.to_bytes() for chunk in parts)


def damaged(how: str) -> NotAPng:
    """Return the error for an image that is damaged."""
    return NotAPng(f"This PNG image is damaged: {how}. Please save it anew and try again.")
