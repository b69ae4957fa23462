"""Bakes an award: puts the assertion into the badge's image, and the result into the bucket.

If the image cannot be fetched after a few attempts, the default image is used, and the Activity
page says why. An award that is baked again then keeps the image that it has.
"""

from __future__ import annotations

import json

from chalicelib import config
from chalicelib.aws import storage
from chalicelib.data.models import Award, Image
from chalicelib.domain.badges import public
from chalicelib.errors import NotFound, PictureRefused
from chalicelib.imaging import metadata, png
from chalicelib.imaging.png import NotAPng
from chalicelib.net import client
from chalicelib.openbadges import baking, default_image, v2
from chalicelib.openbadges.links import Links
from chalicelib.pipeline.handlers import copy_image

PICTURE_ATTEMPTS = 3  # attempts to fetch an image before the default image is used


def key_of(award: Award) -> str:
    """Return the key of an award's baked image in the bucket."""
    return f"awards/{award.slug}.png"


def bake(award: Award, *, may_retry: bool) -> tuple[str, str | None]:
    """Bake an award into its badge's image and store it; this is idempotent.

    Parameters
    ----------
    award : Award
        The award.
    may_retry : bool
        Whether to fail this attempt when the image's server does not respond.

    Returns
    -------
    tuple[str, str | None]
        The object's key, and a note for the Activity page, if any.

    Raises
    ------
    Unavailable
        If the image cannot be fetched now, and `may_retry`.
    """
    full = public.assertion(award.slug)
    links = Links(config.settings().url(""))
    picture, note = _picture(full.badge.image if full.badge else None, may_retry=may_retry)
    try:
        baked = _into(_as_png(picture), links, full, note)
    except (NotAPng, PictureRefused) as problem:
        note = f"{problem.message}; the default image was used"
        baked = _into(default_image.content(), links, full, note)
    if note is not None and (earlier := _baked_before(award)):
        baked, note = _into(earlier, links, full, None), None
    key = key_of(award)
    storage.put(key, baked, "image/png")
    return key, note


def _baked_before(award: Award) -> bytes | None:
    """Return the file that an award has, if it was baked into the badge's own image."""
    if award.baked_key is None or award.baked_note is not None:
        return None
    try:
        return storage.get(award.baked_key)
    except NotFound:
        return None


def _into(picture: bytes, links: Links, award: Award, note: str | None) -> bytes:
    """Bake the assertion; its alternative text describes this image, not the default one."""
    award.baked_note = note
    document = v2.assertion(links, award, baked=True)
    return baking.bake(picture, json.dumps(document, ensure_ascii=False))


def _picture(image: Image | None, *, may_retry: bool) -> tuple[bytes, str | None]:
    if image is None:
        return default_image.content(), None
    try:
        return storage.get(image.key) if image.key else copy_image.fetch(image), None
    except client.Unreachable as problem:
        if may_retry:
            raise
        reason = problem.message
    except (client.Refused, NotFound) as problem:
        reason = problem.message
    return default_image.content(), f"{reason}; the default image was used"


def _as_png(picture: bytes) -> bytes:
    """Return an image as PNG, which can be baked into: images by URL are of any format."""
    if picture.startswith(png.SIGNATURE):
        return metadata.from_png(picture)
    from chalicelib.imaging import uploads

    return uploads.as_png(picture)
