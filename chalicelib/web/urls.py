"""URL paths of this deployment."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from chalicelib import config


def href(path: str) -> str:
    """Return the link to a path of this deployment, which may be served below another path."""
    return urlsplit(config.settings().text("PERSONA_AUDIENCE")).path.rstrip("/") + path


def segment(slug: str) -> str:
    """Return a slug, which may hold any characters, as one segment of a path."""
    return quote(slug, safe="")
