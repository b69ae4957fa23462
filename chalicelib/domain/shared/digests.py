"""Digests: short texts that are the same for equal values."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(values: Any) -> str:
    """Return the digest of a value that can be written as JSON."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
