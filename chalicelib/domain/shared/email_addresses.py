"""E-mail addresses: kept as typed, compared without regard to case."""

from __future__ import annotations

import re

from chalicelib.errors import ValidationError

LONGEST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.IGNORECASE | re.ASCII,
)


def is_address(text: object) -> bool:
    """Tell whether this is one plain e-mail address with a domain name."""
    if not isinstance(text, str) or len(text) > LONGEST or "=?" in text:
        return False  # "=?" begins an encoded word: mail programs would read another address
    return _ADDRESS.fullmatch(text) is not None


def key(address: str) -> str:
    """Return what two spellings of one address have in common."""
    return address.strip().lower()


def refused(content: object) -> ValidationError:
    """Return the error for what should be an address and is none; it may be anything."""
    shown = str(content)[:LONGEST] if isinstance(content, (str, list, dict)) else content
    return ValidationError(
        [{"message": "Invalid email", "field": "email", "value": shown}],
        reason=f"“{shown}” is no e-mail address.",
    )
