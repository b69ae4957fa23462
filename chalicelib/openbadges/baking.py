"""Baking: an assertion inside a PNG file, as the Open Badges Baking Specification 2.0 has it.

PNG files come from anywhere, so they are read strictly: what a decoder might stumble over is
refused here, and whatever follows the image's end is dropped.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.errors import BadgeKitError

KEYWORD = b"openbadges"
LARGEST = 5 * 1024 * 1024  # bytes of an image without what is baked into it
LARGEST_ASSERTION = 512 * 1024  # bytes
WIDEST = 10_000  # pixels, either way
MOST_CHUNKS = 10_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_CHUNKS = (b"iTXt", b"tEXt", b"zTXt")
# PNG 11.2.2: the bit depths that each colour type may have
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


class NotAPng(BadgeKitError):
    """The bytes are no PNG image that this project is willing to handle."""

    status = 400
    code = "InvalidContent"


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes

    def to_bytes(self) -> bytes:
        checksum = zlib.crc32(self.kind + self.content)
        return struct.pack(">I", len(self.content)) + self.kind + self.content + struct.pack(">I", checksum)  # fmt: skip

    @property
    def is_baked(self) -> bool:
        return self.kind in _TEXT_CHUNKS and self.content.startswith(KEYWORD + b"\0")


def bake(png: bytes, assertion: str) -> bytes:
    """Return an image with an assertion in it, in place of any that was there.

    Parameters
    ----------
    png : bytes
        The image.
    assertion : str
        The assertion's JSON; it becomes one uncompressed iTXt chunk with the keyword
        ``openbadges`` (Baking 2.0, "PNGs"), straight after the header, where readers that only
        look at the beginning find it.

    Raises
    ------
    NotAPng
        If the bytes are no sound PNG image.
    ValueError
        If the assertion holds a NUL, which ends texts in PNG files, or is too long.
    """
    text = assertion.encode("utf-8")
    if b"\0" in text or len(text) > LARGEST_ASSERTION:
        raise ValueError(f"an assertion must not hold NUL nor exceed {LARGEST_ASSERTION} bytes")
    header, *rest = _image(_chunks(png))
    # keyword, not compressed, compression method 0, no language tag, no translated keyword
    baked = _Chunk(b"iTXt", KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + text)
    return _SIGNATURE + b"".join(chunk.to_bytes() for chunk in (header, baked, *rest))


def unbake(png: bytes) -> str | None:
    """Return what was baked into an image, or None when nothing was.

    Old bakers wrote a tEXt chunk, and the assertion's URL into it (Baking 1.0). An iTXt chunk
    counts more. Compressed chunks are not read: the specification forbids them.

    Raises
    ------
    NotAPng
        If the bytes are no sound PNG image, or what was baked is no text.
    """
    chunks = _chunks(png)
    _image(chunks)
    baked = {chunk.kind: chunk.content for chunk in reversed(chunks) if chunk.is_baked}
    try:
        if b"iTXt" in baked:
            flags, rest = baked[b"iTXt"][11:13], baked[b"iTXt"][13:]
            _language, _keyword, text = rest.split(b"\0", 2)
            return text.decode("utf-8") if flags == b"\0\0" else None
        return baked[b"tEXt"][11:].decode("utf-8") if b"tEXt" in baked else None
    except ValueError as problem:
        raise NotAPng("What is baked into this PNG image cannot be read as text.") from problem


def _chunks(png: bytes) -> list[_Chunk]:
    """Return all chunks up to the end of the image."""
    if not png.startswith(_SIGNATURE):
        raise NotAPng("This is not a PNG image. Please save it as PNG and try again.")
    if len(png) > LARGEST + LARGEST_ASSERTION:
        raise _too_large()
    chunks: list[_Chunk] = []
    position = len(_SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        if len(chunks) == MOST_CHUNKS:
            raise NotAPng("This PNG image has too many parts. Please save it anew and try again.")
        chunk, position = _chunk(png, position)
        if (chunk.kind == b"IHDR") != (not chunks):
            raise _damaged("its parts are not in order")
        chunks.append(chunk)
    return chunks


def _chunk(png: bytes, position: int) -> tuple[_Chunk, int]:
    """Return the chunk that begins at a position, and where the next one does."""
    start = position + 8
    head = png[position:start]
    length = int.from_bytes(head[:4], "big")
    end = start + length
    if len(head) < 8 or end + 4 > len(png):
        raise _damaged("it ends too early")
    chunk = _Chunk(head[4:], png[start:end])
    if not (chunk.kind.isalpha() and chunk.kind.isascii()):
        raise _damaged("a part of it has no proper name")
    if zlib.crc32(head[4:] + chunk.content) != int.from_bytes(png[end : end + 4], "big"):
        raise _damaged("a checksum is wrong")
    return chunk, end + 4


def _image(chunks: Iterable[_Chunk]) -> list[_Chunk]:
    """Return the chunks of an image without what is baked into it."""
    image = [chunk for chunk in chunks if not chunk.is_baked]
    if image[-1].content or all(chunk.kind != b"IDAT" for chunk in image):
        raise _damaged("its parts are not in order")
    _check_header(image[0].content)
    if sum(len(chunk.content) + 12 for chunk in image) + len(_SIGNATURE) > LARGEST:
        raise _too_large()
    return image


def _check_header(header: bytes) -> None:
    if len(header) != 13:
        raise _damaged("its header has the wrong size")
    width, height, depth, colour, compression, filters, interlace = struct.unpack(
        ">IIBBBBB", header
    )
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise NotAPng(f"The PNG image must be between 1 and {WIDEST} pixels wide and high.")
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlace > 1:
        raise _damaged("its header names no known kind of image")


def _damaged(how: str) -> NotAPng:
    return NotAPng(f"This PNG image is damaged: {how}. Please save it anew and try again.")


def _too_large() -> NotAPng:
    return NotAPng(f"The PNG image must not be larger than {LARGEST // 1024**2} MB.")
