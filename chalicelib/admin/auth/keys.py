"""Key derivation: one key per purpose, from `COOKIE_SECRET`.

A signature made for one purpose is invalid for all others.
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
