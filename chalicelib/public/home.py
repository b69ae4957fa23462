"""The front page and the health check; the front page is the API's root, too."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import VERSION
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, json_response

# The same URL serves people and machines.
NO_CACHE = {"Cache-Control": "no-cache", "Vary": "Accept"}


def home() -> Response:
    if not request().wants_html or request().argument("format") == "json":
        return healthcheck()
    from chalicelib.web import templates

    return html_response(templates.render("public/home.html"), headers={"Vary": "Accept"})


def healthcheck() -> Response:
    return json_response({"app": "BadgeKit API", "version": VERSION}, headers=NO_CACHE)
