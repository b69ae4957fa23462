"""Images rendered from designs: the same design is stored once."""

from __future__ import annotations

from typing import Any

from chalicelib.data.models import Image
from chalicelib.domain.images import images
from chalicelib.imaging import store
from chalicelib.studio import alt_text, design, drawing, rendering
from chalicelib.studio.design import DesignRefused

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
    key = store.keep(rendering.png(svg, SIZE), svg=svg, design=text)
    return images.Picture(
        key=key, media_type="image/png", alt=alt or alt_text.describe(read), design=text
    )


def alt_text_of(image: Image | None) -> str:
    """Return what a picture shows by the design that it was drawn from; nothing if there is none."""
    if image is None or not image.design:
        return ""
    try:
        return alt_text.describe(design.read(image.design))
    except DesignRefused:  # another BadgeKit's
        return ""


def custom_alt_text(image: Image | None) -> str:
    """Return what somebody wrote about a picture that was drawn here; nothing where it was described."""
    said = images.alt(image) if image and image.design else ""
    return "" if said == alt_text_of(image) else said
