"""Images of badges, drafts and owners: in the bucket, or elsewhere by URL."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.data.models import Image
from chalicelib.domain.shared import slugs

# The columns that lists need: without the design, which is long.
LISTED = (Image.id, Image.slug, Image.url, Image.key, Image.media_type, Image.alt)
MEDIA_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True)
class Picture:
    """A new image: either at `url`, or in the bucket under `key`.

    Parameters
    ----------
    url : str, optional
        Its address, if it is elsewhere.
    key : str, optional
        Its key in the bucket.
    media_type : str, optional
        The media type of the object.
    alt : str, optional
        Its alternative text.
    design : str, optional
        The design it was drawn from, as JSON, if it was drawn here.
    """

    url: str | None = None
    key: str | None = None
    media_type: str | None = None
    alt: str | None = None
    design: str | None = None


def media_type(content: bytes) -> str | None:
    """Return the media type of an image by its first bytes, or None if it is unknown."""
    for start, name in MEDIA_TYPES.items():
        if content.startswith(start):
            return name
    return None


def keep(picture: Picture | None) -> Image | None:
    """Insert the row of an image in the current transaction."""
    if picture is None:
        return None
    return Image.create(
        slug=slugs.random_slug(),
        url=picture.url,
        key=picture.key,
        media_type=picture.media_type,
        alt=picture.alt,
        design=picture.design,
    )


def alt(image: Image | None) -> str:
    """Return the alternative text of an image, or an empty text."""
    return (image.alt if image else None) or ""


def picture(image: Image) -> Picture:
    """Return the contents of an image's row, to insert another row for the same image."""
    return Picture(image.url, image.key, image.media_type, image.alt, image.design)
