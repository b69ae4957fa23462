"""The place switcher: choose the system, issuer or program to work in."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin.auth import permissions, workplace
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import responses
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.errors import NotAuthorized
from chalicelib.i18n import gettext
from chalicelib.web.request import request


def choose(visit: Visit) -> Response:
    """Show the places that the person may work in."""
    scopes = [
        one
        for one in owners.all_scopes()
        if permissions.may(visit.person, Permission.ENTER, one.place)
    ]
    if not scopes:
        return responses.no_place(visit)
    wanted = (request().argument("search") or "").strip().lower()
    found = [one for one in scopes if not wanted or _matches(one, wanted)]
    return responses.page(visit, "context", scopes=found, search=wanted, searchable=len(scopes) > 8)


def _matches(scope: Scope, wanted: str) -> bool:
    return any(
        wanted in one.name.lower() for one in (scope.system, scope.issuer, scope.program) if one
    )


def work_in(visit: Visit) -> Response:
    """Make a place the current one."""
    form = visit.form
    place = Place(form.text("system"), form.text("issuer") or None, form.text("program") or None)
    if not permissions.may(visit.person, Permission.ENTER, place):
        raise NotAuthorized(
            gettext("You don’t have access to that workspace. Ask one of its managers.")
        )
    owners.scope(*place)
    return responses.to("/directory", "place", workplace.set_cookie(place))
