"""Packs of third-party graphics and letters, written by `infra/assets/packs.py`."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    """Return the content of one of the studio's packs."""
    return unpacked((_FOLDER / f"{name}.pack").read_bytes())


def unpacked(content: bytes) -> Any:
    """Unpack the content of a pack."""
    return json.loads(zlib.decompress(content))
