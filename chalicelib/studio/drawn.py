"""Pictures drawn from designs: the same design is always the same picture, kept once."""

from __future__ import annotations

from typing import Any

from chalicelib.badges import images
from chalicelib.studio import describing, design, drawing, kept, rendering

SIZE = 512  # pixels, each way


def keep(document: Any, alt: str | None) -> images.Picture:
    """Draw a design and put its picture into the bucket.

    Parameters
    ----------
    document : Any
        A design's document; it may be anything.
    alt : str or None
        What the picture shows, in words; without any it is described by what it is made of.

    Returns
    -------
    Picture
        For a row that names it.

    Raises
    ------
    DesignRefused
        If it is no design.
    """
    read = design.read(document)
    svg, text = drawing.svg(read), design.write(read)
    key = kept.keep(rendering.png(svg, SIZE), svg=svg, design=text)
    return images.Picture(
        key=key, media_type="image/png", alt=alt or describing.described(read), design=text
    )
