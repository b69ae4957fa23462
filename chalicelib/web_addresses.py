"""Web addresses: which texts can be links, and how documents and requests write them.

Host names of other scripts are written in ASCII as browsers do (UTS 46, non-transitional, with the
rules of IDNA 2008): ``straße.example`` is ``xn--strae-oqa.example``, not ``strasse.example``, which
Python's own codec makes of it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from chalicelib import texts

# Links as the API takes them: web and mail addresses, and what can be no link at all, such as a path
# or words; no other schemes, no host without one, and nothing that browsers drop or read as such.
LINK = (
    r"^(?!\s*[/\\]{2})"
    r"(?!\s*(?!(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp])://|[Mm][Aa][Ii][Ll][Tt][Oo]:"
    r"|(?:localhost|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+):[0-9])[A-Za-z][A-Za-z0-9+.-]*:)"
    rf"[^{texts.NOT_IN_LINES}]*$"
)
# Patterns are texts: `re` compiles and keeps each when first needed.
_WEB_ADDRESS = r"((?i:https?)://)?([^/?#\s]+)([^\s]*)"
_HOST_NAME = r"(?:[\w-]+\.)+[\w-]+(?::\d+)?"
_IN_HOST = "%:@[]!$&'()*+,;="  # RFC 3986, 3.2.2
_IN_PATH = "%/?#:@!$&'()*+,;="  # RFC 3986, 3.3 to 3.5


def web_address(text: str | None) -> str | None:
    """Return a text as an http or https URL that every parser accepts, or None if it is not one.

    badgekit-api accepts addresses without a scheme; they become http. Characters that are not
    allowed in a URL are percent-encoded (RFC 3986, 2.1), and the host is written in ASCII.
    """
    found = re.fullmatch(_WEB_ADDRESS, (text or "").strip())
    if found is None:
        return None
    scheme, host, rest = found.groups()
    if scheme is None and not re.fullmatch(_HOST_NAME, host):
        return None
    try:
        host = _ascii_authority(host)
    except ValueError:
        return None
    url = quote(host, safe=_IN_HOST) + quote(rest, safe=_IN_PATH)
    return (scheme or "http://") + re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)


def with_ascii_host(url: str) -> str:
    """Return a URL with its host in ASCII, or as it is if that cannot be."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    try:
        return f"{scheme}{separator}{_ascii_authority(host)}{slash}{path}"
    except ValueError:
        return url


def ascii_host(name: str) -> str:
    """Return a host name in ASCII.

    Raises
    ------
    ValueError
        If it has characters that no host name has, such as emoji.
    """
    if name.isascii():
        return name
    import idna  # large tables, which few addresses need

    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = (
        one if one.isascii() else idna.alabel(one).decode("ascii") for one in mapped.split(".")
    )
    return ".".join(labels)


def _ascii_authority(text: str) -> str:
    """Return the part of a URL between scheme and path with its host in ASCII."""
    user, at, server = text.rpartition("@")
    name, colon, port = server.partition(":")
    return f"{user}{at}{ascii_host(name)}{colon}{port}"
