"""The doors of the admin UI: what each route leads to, and the one place where it is let open.

A door finds the thing that its path names, asks whether the person may do there what the door is
for, and only then opens. A form must have been sent from one of our own pages. Whoever is not
signed in is asked to; what does not exist is 404, and what lies where somebody may not go 403,
neither telling anything about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalice.app import Response

from chalicelib.admin.auth.permissions import Permission
from chalicelib.web.form import LIMIT
from chalicelib.web.request import request
from chalicelib.web.responses import redirect
from chalicelib.web.routing import Routes, import_view, view_method
from chalicelib.web.urls import href


class Door(NamedTuple):
    """What is behind one method of a path.

    Parameters
    ----------
    view : str
        Module and name of what answers, within `chalicelib.admin`, as ``directory:show``.
    permission : Permission
        What one must be allowed to.
    to : str
        What the path leads to, by its name in `chalicelib.admin.shell.lookup`; views get what it finds
        behind the visit. A permission is needed for the place where that is.
    limit : int
        How many bytes a form may have.
    """

    view: str
    permission: Permission
    to: str = "context"
    limit: int = LIMIT


def register(routes: Routes, path: str, doors: Mapping[str, Door]) -> None:
    """Register the doors of a path, by their methods."""

    def view(**arguments: str) -> Any:
        return _open(doors[view_method()], arguments)

    view.__name__ = path
    routes.view(path, *doors)(view)


def _open(door: Door, arguments: dict[str, str]) -> Response:
    from chalicelib.admin.auth import csrf, permissions, return_to, session
    from chalicelib.admin.shell import lookup, responses

    visit = session.current()
    if visit is None:
        return redirect(href("/signin"), headers=return_to.remember())
    if request().method == "POST":
        visit.form = csrf.checked_form(visit.cookie, door.limit)
    found = lookup.find(door.to, visit, arguments)
    if found is None:
        return responses.no_place(visit)
    if not permissions.may(visit.person, door.permission, found.place):
        return responses.no_access(visit)
    answer: Response = import_view(f"chalicelib.admin.{door.view}")(
        visit, *found.things, **found.rest
    )
    return answer
