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


def keyed_hash(purpose: str, text: str) -> str:
    """Return a hash of a text as 64 hexadecimal digits, which reveals the text to no one else.

    Texts such as network addresses are few enough to try all; without the key, that is useless.
    """
    return hmac.new(derive_key(purpose).encode(), text.encode(), hashlib.sha256).hexdigest()
