"""Baking: embeds an assertion in a PNG file (Open Badges Baking Specification 2.0)."""

from __future__ import annotations

from chalicelib import limits
from chalicelib.imaging import png
from chalicelib.imaging.png import Chunk, NotAPng, Span

KEYWORD = b"openbadges"
LARGEST_ASSERTION = 512 * 1024  # bytes


def bake(image: bytes, assertion: str) -> bytes:
    """Return an image with an assertion baked in, replacing any that it had.

    Parameters
    ----------
    image : bytes
        The image.
    assertion : str
        The assertion's JSON; it becomes one uncompressed iTXt chunk with the keyword
        ``openbadges`` (Baking 2.0, "PNGs"), right after the header, where readers that only read
        the beginning find it.

    Raises
    ------
    NotAPng
        If the bytes are not a valid PNG image.
    ValueError
        If the assertion contains a NUL, which ends texts in PNG files, or is too long.
    """
    text = assertion.encode("utf-8")
    if b"\0" in text or len(text) > LARGEST_ASSERTION:
        raise ValueError(f"an assertion must not contain NUL or exceed {LARGEST_ASSERTION} bytes")
    # The other chunks were checked and are copied unchanged, including their checksums.
    header, *rest = (image[span.whole] for span in _others(image, _spans(image)))
    # keyword, not compressed, compression method 0, no language tag, no translated keyword
    baked = Chunk(b"iTXt", KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + text)
    return b"".join((png.SIGNATURE, header, baked.to_bytes(), *rest))


def unbake(image: bytes) -> str | None:
    """Return the text baked into an image, or None if there is none.

    Old bakers wrote the assertion's URL into a tEXt chunk (Baking 1.0). An iTXt chunk takes
    precedence. Compressed chunks are not read: the specification forbids them.

    Raises
    ------
    NotAPng
        If the bytes are not a valid PNG image, or the baked data is not text.
    """
    spans = _spans(image)
    baked = {
        span.kind: image[span.start : span.end]
        for span in reversed(spans)
        if _is_baked(image, span)
    }
    try:
        if b"iTXt" in baked:
            flags, rest = baked[b"iTXt"][11:13], baked[b"iTXt"][13:]
            _language, _keyword, text = rest.split(b"\0", 2)
            return text.decode("utf-8") if flags == b"\0\0" else None
        return baked[b"tEXt"][11:].decode("utf-8") if b"tEXt" in baked else None
    except ValueError as problem:
        raise NotAPng("What is baked into this PNG image cannot be read as text.") from problem


def _spans(image: bytes) -> list[Span]:
    """Return the chunks of an image that can be baked, or was."""
    spans = png.spans(image, limits.PICTURE + LARGEST_ASSERTION)
    png.header(image[spans[0].start : spans[0].end])
    rest = _others(image, spans)
    if sum(span.end - span.start + 12 for span in rest) + len(png.SIGNATURE) > limits.PICTURE:
        raise NotAPng(f"The PNG image must not be larger than {limits.PICTURE_MB} MB.")
    return spans


def _others(image: bytes, spans: list[Span]) -> list[Span]:
    """Return the chunks without a baked assertion."""
    return [span for span in spans if not _is_baked(image, span)]


def _is_baked(image: bytes, span: Span) -> bool:
    return span.kind in png.TEXTS and image.startswith(KEYWORD + b"\0", span.start, span.end)
