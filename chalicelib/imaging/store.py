"""Image store in the bucket: objects are immutable and deduplicated (content-addressed).

Callers must then write a row that refers to the object, since `domain.images.sweep` deletes objects
without one after 30 days. Call these functions outside of transactions: the record for that sweep is
committed before the object is stored.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from chalicelib import config
from chalicelib.aws import storage
from chalicelib.domain.images import sweep

FOLDER = "images/"
BUILTIN = "images/shipped/"  # without rows, and excluded from the sweep
FOR_EVER = "public, max-age=31536000, immutable"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


def keep(png: bytes, *, svg: str | None = None, design: str | None = None) -> str:
    """Store a rendered image with its sources; return its key.

    Parameters
    ----------
    png : bytes
        The image.
    svg : str, optional
        The drawing as SVG, stored beside it.
    design : str, optional
        The design as JSON, stored beside it.
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
    """Store an image with a supported media type; return its key."""
    key = f"{FOLDER}{hashlib.sha256(content).hexdigest()}.{_ENDINGS[media_type]}"
    sweep.touch(key)
    _put(key, content, media_type)
    return key


def keep_builtin(png: bytes) -> str:
    """Store a built-in image, which is never deleted; return its key."""
    key = f"{BUILTIN}{hashlib.sha256(png).hexdigest()}.png"
    _put(key, png, "image/png")
    return key


def _put(key: str, content: bytes, media_type: str) -> None:
    storage.put_once(key, content, media_type, cache_control=FOR_EVER)


def link(key: str) -> str:
    """Return a public URL of an image, at the CDN if one is configured, else presigned."""
    base = config.settings().optional("IMAGE_BASE_URL")
    return f"{base.rstrip('/')}/{quote(key)}" if base else storage.link(key)
