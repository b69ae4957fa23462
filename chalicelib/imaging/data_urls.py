"""Images in `data:` URLs (RFC 2397): in base64, also with line breaks or percent-encoded."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from chalicelib.errors import BadgeKitError

_HEAD = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=.-]+)*;base64,", re.IGNORECASE)
_LONGEST_HEAD = 200  # characters
_BLANKS = b" \t\r\n\f"


class NotData(BadgeKitError):
    """The value is not a `data:` URL in base64."""

    status = 400
    code = "InvalidContent"


def is_one(url: str) -> bool:
    """Return whether a URL is a `data:` URL, valid or not."""
    return url[:5].lower() == "data:"


def decode(url: str) -> tuple[str, bytes]:
    """Return the media type of a `data:` URL, in lower case, and its content.

    Browsers and form libraries wrap base64 after 76 characters, and encode its `+` and `/` in
    percent; both are accepted, as browsers do.

    Raises
    ------
    NotData
        If it is not a `data:` URL in base64.
    """
    head = _HEAD.match(url[:_LONGEST_HEAD])
    if head is None:
        raise NotData("This is not a data URL in base64.")
    text = url[head.end() :]
    try:
        packed = unquote_to_bytes(text) if "%" in text else text.encode("ascii")
        content = base64.b64decode(packed.translate(None, _BLANKS), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise NotData("The content of this data URL is not base64.") from problem
    return (head["type"] or "").lower(), content


def encode(media_type: str, content: bytes) -> str:
    """Return a `data:` URL."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
