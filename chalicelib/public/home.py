"""The front page, which is also the API's: one URL for people and machines."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import VERSION
from chalicelib.web.request import request
from chalicelib.web.responses import html_answer, json_answer

# For people and machines by turns.
FRESH = {"Cache-Control": "no-cache", "Vary": "Accept"}


def home() -> Response:
    if not request().wants_html or request().argument("format") == "json":
        return healthcheck()
    from chalicelib.web import templates

    return html_answer(templates.render("public/home.html"), headers={"Vary": "Accept"})


def healthcheck() -> Response:
    return json_answer({"app": "BadgeKit API", "version": VERSION}, headers=FRESH)
