"""When two names that clients type are the same: slugs and claim codes, on every database.

They are equal when their lower case is, in Unicode's normal form C: ``Trail`` and ``trail``, and an
``é`` of one or of two characters. All else differs: accents, emoji, and blanks, also at the end.
Databases disagree about this (MySQL's collations take all emoji for one, or ignore blanks at the
end), so they compare only keys, which are made here.
"""

from __future__ import annotations

import hashlib

KEY_DIGITS = 64  # of a key


def normalized(text: str) -> str:
    """Return the form in which equal names are the same text."""
    if text.isascii():
        return text.lower()
    import unicodedata  # a library of its own, which most requests do not need

    return unicodedata.normalize("NFC", text.lower())


def same(one: str, other: str) -> bool:
    """Return whether two names are equal."""
    return normalized(one) == normalized(other)


def key(text: str) -> str:
    """Return the key of a name: 64 hexadecimal digits, which are equal when the names are.

    Digits of a hash compare alike in every collation, fit into every index, however the normal form
    grows, and can be part of JSON.
    """
    return hashlib.sha256(normalized(text).encode("utf-8", "surrogatepass")).hexdigest()
