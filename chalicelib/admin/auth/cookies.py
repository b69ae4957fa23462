"""The admin UI's two cookies: `session` (signed in) and `browser` (about to sign in)."""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib import config
from chalicelib.web.request import request

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _secure() -> bool:
    audience = urlsplit(config.settings().text("PERSONA_AUDIENCE"))
    return not (audience.scheme == "http" and audience.hostname in _THIS_MACHINE)


def _name(plain: str) -> str:
    # With the prefix, browsers refuse the cookie unless it is Secure and of this very host.
    return f"__Host-{plain}" if _secure() else plain


def read(plain: str) -> str | None:
    """Return the value of a cookie, or None."""
    return request().cookie(_name(plain)) or None


def set_cookie(plain: str, value: str, seconds: int) -> dict[str, str]:
    """Return the header that sets a cookie for so many seconds; for zero it is cleared."""
    secure = "; Secure" if _secure() else ""
    return {
        "Set-Cookie": f"{_name(plain)}={value}; Path=/; Max-Age={seconds}"
        f"; HttpOnly; SameSite=Lax{secure}"
    }
