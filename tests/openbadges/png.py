"""PNG files for the specifications of baking, chunk by chunk."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes = b"", checksum: int | None = None) -> bytes:
    """Return one chunk, with its own checksum unless another is given."""
    found = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", found)


def header(
    width: int = 1, height: int = 1, depth: int = 8, colour: int = 0, tail: bytes = b"\0\0\0"
) -> bytes:
    """Return an IHDR chunk; `tail` is compression, filter and interlace method."""
    return chunk(b"IHDR", struct.pack(">IIBB", width, height, depth, colour) + tail)


PIXEL = chunk(b"IDAT", zlib.compress(b"\0\x7f"))
END = chunk(b"IEND")


def png(*middle: bytes) -> bytes:
    """Return an image of one grey pixel with these chunks before its data."""
    return SIGNATURE + header() + b"".join(middle) + PIXEL + END


def chunks(image: bytes) -> list[tuple[bytes, bytes]]:
    """Return the kinds and contents of an image's chunks, read without any care."""
    found, position = [], len(SIGNATURE)
    while position < len(image):
        (length,) = struct.unpack(">I", image[position : position + 4])
        start = position + 8
        found.append((image[position + 4 : start], image[start : start + length]))
        position = start + length + 4
    return found
