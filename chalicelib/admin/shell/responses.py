"""Responses of the admin UI: pages, and redirects with a notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import notices
from chalicelib.branding import Brand
from chalicelib.openbadges import brands
from chalicelib.web import templates
from chalicelib.web.negotiation import Wants
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, log_error_reference, redirect
from chalicelib.web.urls import href

REFRESH_SECONDS = 5


def page(
    visit: Visit, template: str, status: int = 200, *, named: str | None = None, **context: Any
) -> Response:
    """Return a page of `templates/admin`, rendered with the visit and the notice.

    Parameters
    ----------
    visit : Visit
        The request and the person who made it.
    template : str
        The page's name.
    status : int
        The HTTP status.
    named : str, optional
        The name that a notice on this page may contain.
    **context : Any
        What the template shows.
    """
    number = page_number(request().argument("number"))
    notice = notices.text(request().argument("notice"), named, number)
    text = templates.render(
        f"admin/{template}.html", brand_at(visit), visit=visit, notice=notice, **context
    )
    return html_response(text, status)


def brand_at(visit: Visit) -> Brand | None:
    """Return the brand of the system in which a user works, or None without one."""
    return brands.of(visit.scope.system) if visit.scope else None


def to(
    path: str,
    notice: str | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    **query: Any,
) -> Response:
    """Redirect to a page, which shows a notice of `chalicelib.admin.shell.notices`."""
    return redirect(address(path, **query, notice=notice), headers=headers)


def address(path: str, **query: Any) -> str:
    """Return the address of a path with its query, without empty values."""
    wanted = {name: value for name, value in query.items() if value}
    return href(f"{path}?{urlencode(wanted)}" if wanted else path)


def addresses(path: str, **query: Any) -> Callable[[int], str]:
    """Return a function from page numbers of a list to addresses, for `parts.pages`."""
    return lambda number: address(path, **query, page=number if number > 1 else None)


def page_number(text: str | None) -> int:
    """Return the page number in a text; 1 if it is not a number."""
    return max(1, int(text)) if text and re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else 1


def wants_json() -> bool:
    """Return whether a script sent the request, which expects JSON."""
    return request().wants is Wants.JSON


def no_access(visit: Visit) -> Response:
    """Return the page that says that a permission is missing, and whom to ask."""
    return page(visit, "no-access", 403, reference=log_error_reference(403))


def no_place(visit: Visit) -> Response:
    """Return the response for a person without any place: none was granted, or none exists.

    With another BadgeKit API, places are read from there; the page waits for them.
    """
    from chalicelib.registry import reading

    reading.request_first()
    if visit.may(Permission.ADMINISTER):
        return to("/settings/systems" if reading.url() else "/start")
    if visit.may(Permission.ENTER, None) and reading.status().is_running:
        waiting = page(visit, "reading")
        waiting.headers["Refresh"] = str(REFRESH_SECONDS)
        return waiting
    return no_access(visit)
