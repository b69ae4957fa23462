"""Names that clients type: when two are the same, and which characters they may not contain.

Slugs and claim codes are equal when their lower case is, in Unicode's normal form C: ``Trail`` and
``trail``, and an ``é`` of one or of two characters. Everything else differs: accents, emoji, and
blanks, also at the end.
Databases disagree about this (MySQL's collations take all emoji for one, or ignore blanks at the
end), so they compare only keys, which are made here.
"""

from __future__ import annotations

import hashlib
import re

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


# Not allowed in names: control characters, ends of lines, and marks that reorder the text around
# them (embeddings, overrides, and isolates). Joiners stay, which emoji and many scripts need.
NOT_IN_LINES = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
# Not allowed in short texts of several lines: the same, except for tabs and ends of lines.
NOT_IN_TEXTS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"


def is_line(text: str) -> bool:
    """Return whether a text has only characters that are allowed in names."""
    return re.search(f"[{NOT_IN_LINES}]", text) is None


def line(text: str) -> str:
    """Return a text as a name, in one line, without the characters that are not allowed in names.

    Documents, subjects of emails, and names of files show names like this, as rows may hold names
    that were sent before they were checked.
    """
    if is_line(text):
        return text
    in_one = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", text)
    return re.sub(f"[{NOT_IN_LINES}]", "", in_one).strip()


def one_line(text: str) -> str:
    """Return a text as `line` does, with single spaces: for titles, and for headers of emails."""
    return " ".join(line(text).split())


def lines(text: str) -> str:
    """Return a short text without the characters that are not allowed in it; it keeps its lines."""
    return re.sub(f"[{NOT_IN_TEXTS}]", "", text)
