"""Known browsers: each has a signed cookie that says which addresses have signed in there.

A browser that signed in before gets its links whatever strangers do (OWASP's "device cookie"). The
cookie does not sign anyone in, and contains only hashes of addresses.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from chalicelib import times, tokens
from chalicelib.admin.auth import cookies, keys
from chalicelib.domain.shared import email_addresses

COOKIE = "known"
LASTS = timedelta(days=365)
MOST_ADDRESSES = 8  # in one browser; the oldest is forgotten
_PURPOSE = "known browser"


def remember(email: str) -> dict[str, str]:
    """Return the header that makes the browser known for an address, for a year from now.

    Addresses that it was known for before stay.
    """
    browser, addresses = _read()
    mine = _hash(email)
    kept = [mine, *(one for one in addresses if one != mine)][:MOST_ADDRESSES]
    claims = {
        "id": browser or secrets.token_urlsafe(32),
        "addresses": kept,
        "exp": times.unix(times.now() + LASTS),
    }
    token = tokens.sign(claims, keys.derive_key(_PURPOSE))
    return cookies.set_cookie(COOKIE, token, int(LASTS.total_seconds()))


def known_for(email: str) -> str | None:
    """Return the id of the browser if the address has signed in there, or None."""
    browser, addresses = _read()
    return browser if _hash(email) in addresses else None


def _read() -> tuple[str | None, list[str]]:
    """Return the browser's id and the hashes of its addresses; None and nothing without a cookie."""
    cookie = cookies.read(COOKIE)
    claims = cookie and tokens.claims(cookie, [keys.derive_key(_PURPOSE)])
    if not claims or claims["exp"] <= times.unix(times.now()):
        return None, []
    return claims["id"], claims["addresses"]


def _hash(email: str) -> str:
    return keys.keyed_hash("known address", email_addresses.key(email))
