"""The front page and the health check; the front page is the API's root, too."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import VERSION
from chalicelib.public import documents
from chalicelib.web.responses import json_response


def home() -> Response:
    return documents.page("public/home.html") if documents.wants_page() else healthcheck()


def healthcheck() -> Response:
    return json_response({"app": "BadgeKit API", "version": VERSION}, headers=documents.NO_CACHE)
