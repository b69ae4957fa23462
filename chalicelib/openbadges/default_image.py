"""The image of badges that have none of their own."""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def content() -> bytes:
    """Return the bytes of the PNG file."""
    return Path(__file__).with_name("default.png").read_bytes()
