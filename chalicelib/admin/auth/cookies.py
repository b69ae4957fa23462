"""The admin UI's cookies: those of signing in, and what one browser remembers."""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib import config
from chalicelib.web.request import request

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _secure() -> bool:
    audience = urlsplit(config.settings().text("PERSONA_AUDIENCE"))
    return not (audience.scheme == "http" and audience.hostname in _THIS_MACHINE)


def _name(plain: str) -> str:
    # With the prefix, browsers accept the cookie only if it is Secure and set by this host.
    return f"__Host-{plain}" if _secure() else plain


def read(plain: str) -> str | None:
    """Return the value of a cookie, or None."""
    return request().cookie(_name(plain)) or None


def set_cookie(plain: str, value: str, seconds: int) -> dict[str, str]:
    """Return the header that sets a cookie for this many seconds; 0 clears it."""
    secure = "; Secure" if _secure() else ""
    return {
        "Set-Cookie": f"{_name(plain)}={value}; Path=/; Max-Age={seconds}"
        f"; HttpOnly; SameSite=Lax{secure}"
    }
