"""The page that imports a template shared by another BadgeKit server or another place."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.drafts import imports
from chalicelib.admin.shell import responses
from chalicelib.domain.drafts import sharing
from chalicelib.domain.owners.places import Scope
from chalicelib.web.request import request


def show(visit: Visit, scope: Scope) -> Response:
    """Show the form for the template's URL or id."""
    return _form(visit, request().argument("template") or "")


def _form(visit: Visit, template: str, problem: str | None = None) -> Response:
    problems = {"template": problem} if problem else {}
    status = 400 if problem else 200
    return responses.page(visit, "share", status, typed=template, problems=problems)


def import_template(visit: Visit, scope: Scope) -> Response:
    """Import the template into the current place."""
    template = visit.form.text("template")
    try:
        shared, image = imports.fetch(template)
    except imports.ImportRefused as problem:
        return _form(visit, template, str(problem))
    draft = sharing.create_template(scope, visit.person.email, shared, image)
    had_picture = image is not None or not (shared.picture or shared.picture_url or shared.design)
    notice = {
        (True, False): "imported",
        (True, True): "imported-without-badges",
        (False, False): "imported-without-picture",
        (False, True): "imported-without-both",
    }[had_picture, shared.has_badges]
    return responses.to(f"/drafts/{draft.id}/edit/description", notice)
