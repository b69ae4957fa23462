"""Return-to: the page that was requested before signing in, kept in a cookie."""

from __future__ import annotations

import re
from urllib.parse import quote

from chalicelib.admin.auth import cookies
from chalicelib.web.request import request

COOKIE = "after"
LASTS_SECONDS = 60 * 60
_LONGEST = 300
_PATH = re.compile(r"/[\w.%~-][\w.%~/-]*", re.ASCII)  # on this site: never "//another-site"


def remember() -> dict[str, str]:
    """Return the header that stores the requested page's path; no header unless it was a GET."""
    path = quote(request().path)
    if request().method != "GET" or len(path) > _LONGEST or not _PATH.fullmatch(path):
        return {}
    return cookies.set_cookie(COOKIE, path, LASTS_SECONDS)


def target(default: str) -> str:
    """Return the path of the page that was requested before signing in, or the default."""
    path = cookies.read(COOKIE) or ""
    return path if len(path) <= _LONGEST and _PATH.fullmatch(path) else default
