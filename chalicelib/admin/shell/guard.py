"""The route guard of the admin UI: who may reach which view.

For each request it asks for a session (without one it redirects to the sign-in page), checks the
CSRF token of a form, resolves what the path names, and checks the permission for the place where
that is. Missing resources return 404, forbidden ones 403; neither response reveals anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalice.app import Response

from chalicelib import limits
from chalicelib.admin.auth.permissions import Permission
from chalicelib.web.request import request
from chalicelib.web.responses import redirect
from chalicelib.web.routing import Routes, import_function, view_method
from chalicelib.web.urls import href


class Route(NamedTuple):
    """The view for one method of a path, and who may reach it.

    Parameters
    ----------
    view : str
        Module and name of the view, within `chalicelib.admin`, such as ``drafts.directory:show``.
    permission : Permission
        The permission it takes in the place where the target is.
    target : str
        What the path leads to, by the name of its resolver in `chalicelib.admin.shell.lookup`;
        the view gets the resolved objects after the visit.
    limit : int
        How many bytes a form may have.
    """

    view: str
    permission: Permission
    target: str = "context"
    limit: int = limits.FORM


def register(routes: Routes, path: str, methods: Mapping[str, Route]) -> None:
    """Register the guarded routes of a path, by their methods."""

    def view(**arguments: str) -> Any:
        return _answer(methods[view_method()], arguments)

    view.__name__ = path
    routes.view(path, *methods)(view)


def _answer(route: Route, arguments: dict[str, str]) -> Response:
    from chalicelib.admin.auth import csrf, permissions, return_to, session
    from chalicelib.admin.shell import lookup, responses

    visit = session.current()
    if visit is None:
        return redirect(href("/signin"), headers=return_to.remember())
    if request().method == "POST":
        visit.form = csrf.checked_form(visit.cookie, route.limit)
    target = lookup.resolve(route.target, visit, arguments)
    if target is None:
        return responses.no_place(visit)
    if not permissions.may(visit.person, route.permission, target.place):
        return responses.no_access(visit)
    answer: Response = import_function(f"chalicelib.admin.{route.view}")(
        visit, *target.objects, **target.rest
    )
    return answer
