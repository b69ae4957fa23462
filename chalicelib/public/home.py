"""What is at the root: front page (and the API's root), health check, robots.txt and favicon."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import CONTRACT, VERSION
from chalicelib.public import documents
from chalicelib.web.responses import json_response, redirect

FAVICON = "favicon.png"  # `static/mark.svg` for clients without SVG
ONE_DAY = {"Cache-Control": "public, max-age=86400"}
# What crawlers may read (RFC 9309: the longest match wins): neither the admin UI nor the API.
ALLOWED = (
    "/$", "/public/", "/id/", "/system/", "/share/", "/images/", "/static/", "/favicon.ico",
    "/help", "/about", "/terms", "/docs/api",
)  # fmt: skip


def home() -> Response:
    return documents.page("public/home.html") if documents.wants_page() else healthcheck()


def healthcheck() -> Response:
    """Return what runs here; clients read `version` as badgekit-api's, and may refuse old ones."""
    about = {"app": "BadgeKit API", "version": CONTRACT, "release": VERSION}
    return json_response(about, headers=documents.NO_CACHE)


def robots() -> Response:
    lines = ["User-agent: *", *(f"Allow: {path}" for path in ALLOWED), "Disallow: /", ""]
    return Response("\n".join(lines), {"Content-Type": "text/plain; charset=utf-8", **ONE_DAY})


def favicon() -> Response:
    from pathlib import Path

    from chalicelib.imaging import builtin

    icon = Path(__file__).with_name(FAVICON)
    return redirect(builtin.link(icon), 302, documents.FIVE_MINUTES)
