"""E-mail addresses: stored as typed, compared without regard to case."""

from __future__ import annotations

import re

from chalicelib.errors import ValidationError

LONGEST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets

# A text: `re` compiles and keeps it when first needed, which most cold starts never do.
_ADDRESS = (
    r"(?ia:[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
)


def is_address(text: object) -> bool:
    """Return whether this is one plain e-mail address with a domain name."""
    if not isinstance(text, str) or len(text) > LONGEST or "=?" in text:
        return False  # "=?" starts an encoded word, which mail programs decode to another address
    return re.fullmatch(_ADDRESS, text) is not None


def key(address: str) -> str:
    """Return the key by which spellings of one address are equal."""
    return address.strip().lower()


def refused(content: object) -> ValidationError:
    """Return the error for a value of any kind that is not an e-mail address."""
    shown = str(content)[:LONGEST] if isinstance(content, (str, list, dict)) else content
    return ValidationError(
        [{"message": "Invalid email", "field": "email", "value": shown}],
        reason=f"“{shown}” is not a valid email address.",
    )
