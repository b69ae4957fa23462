"""Key derivation: one key for each purpose, all from `COOKIE_SECRET`.

What was signed for one purpose is worthless for every other.
"""

from __future__ import annotations

import hashlib
import hmac

from chalicelib import config


def derive_key(purpose: str) -> str:
    """Return the key for a purpose."""
    secret = config.settings().text("COOKIE_SECRET")
    return hmac.new(
        secret.encode(), f"badgekit admin {purpose}".encode(), hashlib.sha256
    ).hexdigest()
