"""The image of badges that have none."""

from __future__ import annotations

import functools
from pathlib import Path

FILE = Path(__file__).with_name("default.png")


@functools.cache
def content() -> bytes:
    """Return the bytes of the PNG file."""
    return FILE.read_bytes()
