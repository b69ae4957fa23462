"""Pictures drawn from designs that came from elsewhere."""

from __future__ import annotations

from typing import Any

from chalicelib.badges import images
from chalicelib.errors import InvalidContent


def keep(design: Any, alt: str | None) -> images.Picture:
    """Draw a design and put its picture into the bucket.

    Parameters
    ----------
    design : Any
        What was sent as a design; it may be anything.
    alt : str or None
        What the picture shows, in words.

    Raises
    ------
    InvalidContent
        If it is no design.
    """
    raise InvalidContent("no design that can be drawn")
