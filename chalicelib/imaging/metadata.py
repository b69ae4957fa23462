"""Removes what an image file says besides its pixels and their colors, without decoding it.

Photographs say where and when they were taken, editors add their history, and both may hold earlier
versions as thumbnails or after the end. Color profiles stay if they are sound and of usual size, and
so does a photograph's orientation, because the image would look different without them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from chalicelib import limits
from chalicelib.imaging import png, raster

LARGEST_PROFILE = 1024 * 1024  # bytes of a color profile

# PNG: what decides how pixels look, also animated ones (PNG 3, 11)
_OF_PIXELS = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sRGB", b"cICP", b"mDCV", b"cLLI",
    b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_ICC_IN_JPEG, _JFIF, _ADOBE = b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"
_JFIF_SIZE = 14  # bytes, without its thumbnail
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_APPLICATIONS = range(0xE0, 0xF0)
_REPEATS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # how often an animated GIF is shown
_GIF_COMMENT, _GIF_APPLICATION = 0xFE, 0xFF


def remove(content: bytes, picture: raster.Raster) -> bytes:
    """Return a valid image file without metadata; its pixels and colors are unchanged.

    Parameters
    ----------
    content : bytes
        A file that `raster.read` accepted.
    picture : Raster
        What it returned.
    """
    match picture.media_type:
        case "image/png":
            return from_png(content)
        case "image/jpeg":
            return _from_jpeg(content, picture.orientation)
    return _from_gif(content)


def from_png(content: bytes) -> bytes:
    """Return a PNG file with its pixels and colors only.

    Raises
    ------
    NotAPng
        If it is not a PNG file.
    """
    return png.file(
        part
        for part in png.chunks(content, limits.PICTURE)
        if part.kind in _OF_PIXELS or (part.kind == b"iCCP" and _is_profile(part.content))
    )


def _is_profile(content: bytes) -> bool:
    """Return whether a chunk is a color profile that inflates to a usual size (PNG 3, 11.3.2.3)."""
    name, _, rest = content.partition(b"\0")
    if not 1 <= len(name) <= 79 or rest[:1] != b"\0":
        return False
    inflated = zlib.decompressobj()
    try:
        profile = inflated.decompress(rest[1:], LARGEST_PROFILE + 1)
    except zlib.error:
        return False
    return inflated.eof and not inflated.unused_data and _is_sound(profile)


def _is_sound(profile: bytes) -> bool:
    """Return whether a color profile has the size and signature that it should (ICC.1, 7.2)."""
    size = int.from_bytes(profile[:4], "big")
    return 128 <= size == len(profile) <= LARGEST_PROFILE and profile[36:40] == b"acsp"


def _from_jpeg(content: bytes, orientation: int) -> bytes:
    segments = list(raster.segments(content))
    is_sound = _is_sound(b"".join(_profile_parts(content, segments)))
    parts = [content[:2]]
    if orientation != 1:
        parts.append(_segment(_APP1, raster.EXIF + _only_orientation(orientation)))
    for marker, start, end in segments:
        segment = content[start:end]
        if marker == _APP0 and segment.startswith(_JFIF) and len(segment) >= _JFIF_SIZE:
            # JFIF comes first, and is no longer followed by its thumbnail.
            parts.insert(1, _segment(_APP0, segment[: _JFIF_SIZE - 2] + b"\0\0"))
        elif not _is_metadata(marker, segment, has_profile=is_sound):
            parts.append(_segment(marker, segment))
            if marker == raster.SCAN:
                parts.append(content[end : raster.end_of_scan(content, end)])
    return b"".join((*parts, b"\xff\xd9"))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _is_metadata(marker: int, segment: bytes, *, has_profile: bool) -> bool:
    if marker == _APP2 and segment.startswith(_ICC_IN_JPEG):
        return not has_profile
    if marker == _APP14 and segment.startswith(_ADOBE):
        return False  # how colors are coded
    return marker in _APPLICATIONS or marker == _COMMENT


def _profile_parts(content: bytes, segments: list[raster.Segment]) -> Iterator[bytes]:
    """Yield the parts of a color profile, each of which has its number (ICC.1, B.4)."""
    for marker, start, end in segments:
        if marker == _APP2 and content.startswith(_ICC_IN_JPEG, start):
            yield content[start + len(_ICC_IN_JPEG) + 2 : end]


def _only_orientation(number: int) -> bytes:
    """Return EXIF metadata with nothing but an orientation."""
    entry = struct.pack(">HHIHH", raster.ORIENTATION, raster.SHORT, 1, number, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def _from_gif(content: bytes) -> bytes:
    blocks = [
        content[start:end]
        for kind, start, end in raster.blocks(content)
        if not _is_gif_metadata(kind, content[start:end])
    ]
    return b"".join((*blocks, b";"))


def _is_gif_metadata(kind: int, block: bytes) -> bool:
    if kind == _GIF_APPLICATION:
        return block[3:14] not in _REPEATS
    return kind == _GIF_COMMENT
