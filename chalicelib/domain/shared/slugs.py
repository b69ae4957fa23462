"""Slugs: how each kind of row gets the name that addresses call it by.

* A badge that the API creates without a slug, an image, an application, a review and a draft get a
  `random_slug`; an award gets an `award_slug`, which is longer. Both are too long to guess.
* A badge that is published from a draft gets a slug from its name, by `from_badge_name`.
* A system, issuer or program gets the slug that its form proposes, by `from_owner_name`.
* A badge that is deleted gives up its slug for `of_deleted`, so that another badge can have it.

Slugs that clients send are kept as they are; `limits.SLUG` is how long they may be.
"""

from __future__ import annotations

import re
import secrets

from chalicelib import limits, texts

_DIGITS = 32  # as in badgekit-api
_KEPT_OF_DELETED = 200  # characters, which leave room for the digits behind them


def random_slug() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(_DIGITS // 2)


def award_slug() -> str:
    """Return 40 random hexadecimal digits, as in badgekit-api's badge instances."""
    return secrets.token_hex(limits.RANDOM_SLUG // 2)


def from_badge_name(name: str) -> str:
    """Return a badge's slug: its name in lower case, with hyphens for spaces, as in BadgeKit.

    Browsers resolve a path of one or two dots, so a name like that becomes hyphens, too.
    """
    slug = re.sub(r"\s+", "-", texts.normalized(texts.line(name).strip()))[: limits.SLUG]
    return slug.replace(".", "-") if slug in (".", "..") else slug


def from_owner_name(name: str) -> str:
    """Return an owner's slug: the letters and digits of ASCII in its name, joined by hyphens."""
    import unicodedata  # a library of its own, which only this needs

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: limits.SLUG]


def of_deleted(slug: str) -> str:
    """Return the slug of a badge that is deleted, unique and with the old one at its beginning."""
    return f"{slug[:_KEPT_OF_DELETED]}-{random_slug()}"
