"""Pictures that somebody uploaded, into the bucket."""

from __future__ import annotations

from chalicelib.aws import storage
from chalicelib.badges import images


def kind(content: bytes) -> str | None:
    """Return the media type of a picture that is taken; None for anything else, and what is too large."""
    return images.media_type(content) if len(content) <= images.LARGEST else None


def store(content: bytes, media_type: str) -> images.Picture:
    """Put a picture into the bucket; the row that names it follows, or nobody ever finds it."""
    key = f"images/{images.new_slug()}"
    storage.put(key, content, media_type)
    return images.Picture(key=key, media_type=media_type)
