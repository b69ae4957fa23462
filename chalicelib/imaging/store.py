"""Image store in the bucket: objects are immutable and deduplicated (content-addressed).

Who keeps one writes its row next: an object that gets none goes after 30 days (see `badges.unused`).
Call these outside of transactions, since the note of that is committed before the object is put.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from chalicelib import config
from chalicelib.aws import storage
from chalicelib.domain.images import sweep

FOLDER = "images/"
BUILTIN = "images/shipped/"  # what no row names, and no sweep may meet
FOR_EVER = "public, max-age=31536000, immutable"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


def keep(png: bytes, *, svg: str | None = None, design: str | None = None) -> str:
    """Store a picture that was drawn, and what it was drawn from; return its key.

    Parameters
    ----------
    png : bytes
        The picture.
    svg : str, optional
        The same as SVG, kept beside it.
    design : str, optional
        The design that it shows, as JSON, kept beside it.
    """
    name = FOLDER + hashlib.sha256(png).hexdigest()
    sweep.touch(f"{name}.png")
    if svg is not None:
        _put(f"{name}.svg", svg.encode("utf-8"), "image/svg+xml")
    if design is not None:
        _put(f"{name}.json", design.encode("utf-8"), "application/json")
    _put(f"{name}.png", png, "image/png")
    return f"{name}.png"


def store(content: bytes, media_type: str) -> str:
    """Store a picture of one of the kinds that are taken; return its key."""
    key = f"{FOLDER}{hashlib.sha256(content).hexdigest()}.{_ENDINGS[media_type]}"
    sweep.touch(key)
    _put(key, content, media_type)
    return key


def keep_builtin(png: bytes) -> str:
    """Store a picture that comes with the product and stays for ever; return its key."""
    key = f"{BUILTIN}{hashlib.sha256(png).hexdigest()}.png"
    _put(key, png, "image/png")
    return key


def _put(key: str, content: bytes, media_type: str) -> None:
    storage.put_once(key, content, media_type, caching=FOR_EVER)


def link(key: str) -> str:
    """Return a URL that lets anyone read a picture, at the host before the bucket if there is one."""
    base = config.settings().optional("IMAGE_BASE_URL")
    return f"{base.rstrip('/')}/{quote(key)}" if base else storage.link(key)
