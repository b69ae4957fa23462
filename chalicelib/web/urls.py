"""Paths and addresses of this deployment."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from chalicelib import config


def href(path: str) -> str:
    """Return what to link to for a path of this deployment, which may live below another path."""
    return urlsplit(config.settings().text("PERSONA_AUDIENCE")).path.rstrip("/") + path


def segment(slug: str) -> str:
    """Return a slug as one part of a path; it may hold anything."""
    return quote(slug, safe="")
