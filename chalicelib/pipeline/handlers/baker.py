"""Baking an award: the badge's picture, the assertion inside it, and the result in the bucket.

A picture that cannot be had never keeps an earner waiting for long: then the default picture is
taken, and the Activity page says why.
"""

from __future__ import annotations

import json

from chalicelib import config
from chalicelib.aws import storage
from chalicelib.data.models import Award, Image
from chalicelib.domain.badges import public
from chalicelib.errors import NotFound, PictureRefused
from chalicelib.imaging import png
from chalicelib.imaging.png import NotAPng
from chalicelib.net import client
from chalicelib.openbadges import baking, default_image, v2
from chalicelib.openbadges.links import Links

PATIENCE = 3  # attempts that a picture which may come back is worth


def key_of(award: Award) -> str:
    """Return where the baked picture of an award lies in the bucket."""
    return f"awards/{award.slug}.png"


def bake(award: Award, *, patient: bool) -> tuple[str, str | None]:
    """Bake an award into its badge's picture and store it; doing it again changes nothing.

    Parameters
    ----------
    award : Award
        The award.
    patient : bool
        Whether to give up this attempt when the picture's server does not answer.

    Returns
    -------
    tuple[str, str | None]
        The object's key, and what is to be said about it, if anything.

    Raises
    ------
    Unavailable
        If the picture cannot be had now, and `patient`.
    """
    full = public.assertion(award.slug)
    links = Links(config.settings().url(""))
    picture, note = _picture(full.badge.image if full.badge else None, patient=patient)
    try:
        baked = _into(_as_png(picture), links, full, note)
    except (NotAPng, PictureRefused) as problem:
        note = f"{problem.message}; the default image was used"
        baked = _into(default_image.content(), links, full, note)
    key = key_of(award)
    storage.put(key, baked, "image/png")
    return key, note


def _into(picture: bytes, links: Links, award: Award, note: str | None) -> bytes:
    """Bake an assertion that says of this picture what it shows: not of the default one, see there."""
    award.baked_note = note
    document = v2.assertion(links, award, baked=True)
    return baking.bake(picture, json.dumps(document, ensure_ascii=False))


def _picture(image: Image | None, *, patient: bool) -> tuple[bytes, str | None]:
    if image is None:
        return default_image.content(), None
    try:
        return storage.get(image.key) if image.key else _fetch(image), None
    except client.Unreachable as problem:
        if patient:
            raise
        reason = problem.message
    except (client.Refused, NotFound) as problem:
        reason = problem.message
    return default_image.content(), f"{reason}; the default image was used"


def _as_png(picture: bytes) -> bytes:
    """Return a picture as the PNG file that can be baked into: pictures by URL are of any kind."""
    if picture.startswith(png.SIGNATURE):
        return picture
    from chalicelib.imaging import uploads

    return uploads.as_png(picture)


def _fetch(image: Image) -> bytes:
    answer = client.request("GET", str(image.url))
    if answer.status >= 500:
        raise client.Unreachable(f"The badge image's server returned status {answer.status}")
    if answer.status != 200:
        raise client.Refused(f"The badge image's server returned status {answer.status}")
    return answer.content
