"""E-mail addresses: stored as typed, compared without regard to case."""

from __future__ import annotations

import re

from chalicelib import web_addresses
from chalicelib.errors import ValidationError
from chalicelib.i18n import gettext

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


def in_ascii(text: object) -> str | None:
    """Return how to write an address whose domain is of another script, or None.

    Such an address is refused and not converted, because the address is what earners are known by:
    backpacks hash it as it is. Mail servers know the domain by its name in ASCII only.
    """
    if not isinstance(text, str) or text.isascii():
        return None
    name, at, domain = text.strip().rpartition("@")
    try:
        written = f"{name}{at}{web_addresses.ascii_host(domain)}".lower()
    except ValueError:
        return None
    return written if is_address(written) else None


def hint(text: object) -> str:
    """Return how to write an address that was refused, for people."""
    if written := in_ascii(text):
        return gettext("Write this email address as %(address)s.") % {"address": written}
    if isinstance(text, str) and not text.partition("@")[0].isascii():
        return gettext("Use an email address with only the letters a to z before the @.")
    return gettext("Enter one email address, for example name@example.org.")


def message(content: object) -> str:
    """Return the error for a value that is not an e-mail address, in badgekit-api's words."""
    written = in_ascii(content)
    return f"Invalid email: write it as {written}" if written else "Invalid email"


def refused(content: object) -> ValidationError:
    """Return the error for a value of any kind that is not an e-mail address."""
    shown = str(content)[:LONGEST] if isinstance(content, (str, list, dict)) else content
    written = in_ascii(content)
    advice = f" Write it as {written}." if written else ""
    return ValidationError(
        [{"message": message(content), "field": "email", "value": shown}],
        reason=f"“{shown}” is not a valid email address.{advice}",
    )
