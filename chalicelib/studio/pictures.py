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
    """Render a design and store its image in the bucket.

    Parameters
    ----------
    document : Any
        A design's document, not yet validated.
    alt : str or None
        Alternative text; None or empty: describe the design.

    Returns
    -------
    Picture
        The image, for a row that refers to it.

    Raises
    ------
    DesignRefused
        If it is not a valid design.
    """
    read = design.read(document)
    svg, text = drawing.svg(read), design.write(read)
    key = store.keep(rendering.png(svg, SIZE), svg=svg, design=text)
    return images.Picture(
        key=key, media_type="image/png", alt=alt or alt_text.describe(read), design=text
    )


def alt_text_of(image: Image | None) -> str:
    """Return the generated alternative text of an image's design, or an empty text without one."""
    if image is None or not image.design:
        return ""
    try:
        return alt_text.describe(design.read(image.design))
    except DesignRefused:  # made by another version of BadgeKit
        return ""


def custom_alt_text(image: Image | None) -> str:
    """Return the alternative text of a rendered image if a user wrote it, else an empty text."""
    alt = images.alt(image) if image and image.design else ""
    return "" if alt == alt_text_of(image) else alt
