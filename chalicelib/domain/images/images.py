"""Pictures of badges and their owners: kept in the bucket, or elsewhere by URL."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from chalicelib.data.models import Image

# What lists need of pictures: not what they were drawn from, which is long.
LISTED = (Image.id, Image.slug, Image.url, Image.key, Image.media_type, Image.alt)
LARGEST = 5 * 1024 * 1024  # bytes
MEDIA_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True)
class Picture:
    """A picture that came in: either at `url`, or in the bucket under `key`.

    Parameters
    ----------
    url : str, optional
        Where it lives when it is not ours.
    key : str, optional
        Where it lies in the bucket.
    media_type : str, optional
        What the bytes in the bucket are.
    alt : str, optional
        What it shows, in words.
    design : str, optional
        What it was drawn from, as JSON, if it was drawn here.
    """

    url: str | None = None
    key: str | None = None
    media_type: str | None = None
    alt: str | None = None
    design: str | None = None


def new_slug() -> str:
    """Return a slug that nobody guesses, as badgekit-api's 32 hex digits."""
    return secrets.token_hex(16)


def media_type(content: bytes) -> str | None:
    """Return what kind of picture these bytes are by how they begin, or None."""
    for start, name in MEDIA_TYPES.items():
        if content.startswith(start):
            return name
    return None


def keep(picture: Picture | None) -> Image | None:
    """Write a picture down, in the transaction under way."""
    if picture is None:
        return None
    return Image.create(
        slug=new_slug(),
        url=picture.url,
        key=picture.key,
        media_type=picture.media_type,
        alt=picture.alt,
        design=picture.design,
    )


def alt(image: Image | None) -> str:
    """Return what a picture shows, in words; an empty text when there is none or nobody said."""
    return (image.alt if image else None) or ""


def picture(image: Image) -> Picture:
    """Return what a row says of its picture, for another row of the same."""
    return Picture(image.url, image.key, image.media_type, image.alt, image.design)
