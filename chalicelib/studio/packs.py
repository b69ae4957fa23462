"""Packs of third-party graphics and letters, written by `infra/assets/packs.py`."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    """Return what a pack of ours holds."""
    return unpacked((_FOLDER / f"{name}.pack").read_bytes())


def unpacked(content: bytes) -> Any:
    """Return what a pack holds."""
    return json.loads(zlib.decompress(content))
