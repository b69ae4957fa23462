"""Images for the tests of imaging and the studio: small, large and malicious ones."""

from __future__ import annotations

import base64
import struct
import zlib

from tests.openbadges.png import END, SIGNATURE, chunk, header

# 128 by 96 pixels: blue and green at the top, red at the bottom, as a JPEG and as a GIF
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhl"
    "bXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
    "fHx8fHx8fHx8fHx8fHz/wAARCABgAIADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAYF/8QAFBABAAAAAAAAAAAA"
    "AAAAAAAAAP/EABgBAQEBAQEAAAAAAAAAAAAAAAAGBwQF/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AlwFg"
    "5wAAAAAFiAy9PAAAAAAI4BqChAAAAAAWIDL08AAAAAAjgGoKEAAAAABYgMvTwAAAAADBAeg1kAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAB//9k="
)
GIF = base64.b64decode(
    "R0lGODdhgABgAIEAAAD/AP8AAAAA/wAAACwAAAAAgABgAEAI/wAFCBxIsKDBgwgTKkwIoKHDhxAjSpxIsSLFhRgzatRosaPH"
    "jx83ihwpEqTJkyZJqlx5EKXLlxJZymQJsybMmThH2tx5MoDPn0CDCh1KtKjRo0iTKl3KtKnTp1CjSp1KtarVq1izat3KtavX"
    "r2DDir2as2xGnmg9ml3LMK3biWzjFnxLF6LcuwLq6gWAV+7eun3j/qU7trDhw4gTK17MuLHjx5AjS55MNTDbwW8tr8XsVrNZ"
    "zmk9lwWNVnRO0jxN40S9U/VM1jZdy4RdUzZN2i9tr8SdWzdJ3i59/wbek7Lx48iTK1/OvLnz59CjS59Ovbr169iza9/eVLhO"
    "4im9b4cEH178WfIhzZ9H31H9evYV3WOE316+QvoW7d/Hf1E/Qv79+WcQgHAJOCCBERl4IIIPKTgXgw06OBCEEUqYF4UNWSgQ"
    "hhlqyCFfHnKo4YUYjvihiSKGWKKKFKKIIXcwxijjjDTWaOONOOao44489ujjj0AGKeSQRBZp5JFIJqnkkkw26WSMAQEAOw=="
)
BLUE, GREEN, RED, CLEAR = (0, 0, 255, 255), (0, 255, 0, 255), (255, 0, 0, 255), (0, 0, 0, 0)

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, more: str = 'viewBox="0 0 100 100"') -> bytes:
    """Return an SVG image with this content."""
    return f"<svg {SVG} {more}>{inside}</svg>".encode()


def png(
    width: int,
    height: int,
    colour: bytes = bytes(RED),
    *middle: bytes,
    data: bytes | None = None,
    depth: int = 8,
    kind: int = 6,
    interlaced: bool = False,
) -> bytes:
    """Return a PNG file, of a single color unless other data is given, which is compressed here."""
    if data is None:
        data = (b"\0" + colour * width) * height
    head = header(width, height, depth, kind, bytes([0, 0, interlaced]))
    packed = chunk(b"IDAT", zlib.compress(data))
    return SIGNATURE + head + b"".join(middle) + packed + END


def oriented(number: int, order: str = ">") -> bytes:
    """Return the photograph with an EXIF orientation."""
    mark = {">": b"MM\0*", "<": b"II*\0"}[order]
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, number, 0)
    exif = b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4)
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + JPEG[2:]


def size(image: bytes) -> tuple[int, int]:
    """Return a PNG file's width and height."""
    width, height = struct.unpack(">II", image[16:24])
    return width, height


def pixels(image: bytes) -> list[list[tuple[int, ...]]]:
    """Decode a PNG file of 8 bits with transparency, row by row (PNG 9.2)."""
    width, _ = size(image)
    position, packed = 8, b""
    while position < len(image):
        (length,) = struct.unpack(">I", image[position : position + 4])
        if image[position + 4 : position + 8] == b"IDAT":
            packed += image[position + 8 : position + 8 + length]
        position += 12 + length
    data, stride = zlib.decompress(packed), width * 4
    above, rows = bytearray(stride), []
    for start in range(0, len(data), stride + 1):
        row = bytearray(data[start + 1 : start + 1 + stride])
        for at in range(stride):
            left = row[at - 4] if at >= 4 else 0
            corner = above[at - 4] if at >= 4 else 0
            row[at] = (row[at] + _predicted(data[start], left, above[at], corner)) % 256
        rows.append([tuple(row[at : at + 4]) for at in range(0, stride, 4)])
        above = row
    return rows


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[kind]


def alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether two colors are equal within the losses of JPEG compression."""
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))
