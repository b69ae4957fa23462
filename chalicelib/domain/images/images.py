"""Images of badges, drafts and owners: in the bucket, or elsewhere by URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from chalicelib import config
from chalicelib.data.connection import transactional
from chalicelib.data.models import Image, Job
from chalicelib.domain.jobs import kinds, outbox
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


def keep(picture: Picture | None, present: Image | None = None) -> Image | None:
    """Return the row of an image, inserted in the current transaction.

    An image on another site gets a job that copies it to the bucket; one that is named by its
    address here is the row at that address.

    Parameters
    ----------
    picture : Picture or None
        The image.
    present : Image, optional
        The image that it replaces. It stays if its address is sent again, as by clients that send
        back what they read.
    """
    if picture is None:
        return None
    if present is not None and picture == Picture(url=present.url):
        return present
    is_elsewhere = bool(picture.url) and not picture.key
    if is_elsewhere and (known := _at_own_address(picture.url or "")):
        return known
    image = Image.create(
        slug=slugs.random_slug(),
        url=picture.url,
        key=picture.key,
        media_type=picture.media_type,
        alt=picture.alt,
        design=picture.design,
    )
    if is_elsewhere:
        outbox.add(kinds.IMAGE, image=image, key=copy_key(image))
    return image


def _at_own_address(url: str) -> Image | None:
    path = config.settings().own_path(url)
    found = re.fullmatch(r"/public/images/([^/?#]+)", path) if path else None
    return Image.get_or_none(Image.slug == unquote(found[1])) if found else None


def copy_key(image: Image) -> str:
    """Return the key of the job that copies an image to the bucket; there is one for each image."""
    return f"image:{image.id}"


@transactional
def failed_copy(image: Image | None) -> Job | None:
    """Return the job that failed to copy an image to the bucket, or None."""
    if image is None or image.key or not image.url:
        return None
    job: Job | None = Job.get_or_none(Job.key == copy_key(image), Job.state == outbox.FAILED)
    return job


def retry_copy(image: Image | None) -> bool:
    """Copy an image again, if that failed; return whether it had."""
    job = failed_copy(image)
    return job is not None and outbox.retry(job.id)


@transactional
def record_copy(image_id: int, picture: Picture) -> None:
    """Record that an image on another site was copied to the bucket."""
    Image.update(key=picture.key, media_type=picture.media_type).where(
        Image.id == image_id
    ).execute()


def alt(image: Image | None) -> str:
    """Return the alternative text of an image, or an empty text."""
    return (image.alt if image else None) or ""


def picture(image: Image) -> Picture:
    """Return the contents of an image's row, to insert another row for the same image."""
    return Picture(image.url, image.key, image.media_type, image.alt, image.design)
