"""What views of the admin UI answer with: pages in its look, and ways back with a notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import notices
from chalicelib.web import templates
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, log_error_reference, redirect
from chalicelib.web.urls import href


def page(visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
    """Answer with a page of the folder `templates/admin`; it knows the visit and its notice."""
    notice = notices.text(request().argument("notice"))
    text = templates.render(f"admin/{template}.html", visit=visit, notice=notice, **context)
    return html_response(text, status)


def to(
    path: str,
    notice: str | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    **query: Any,
) -> Response:
    """Send the browser to a page of ours, which shows a notice of `chalicelib.admin.shell.notices`."""
    return redirect(address(path, **query, notice=notice), headers=headers)


def address(path: str, **query: Any) -> str:
    """Return what to link to for a path and its query; what is empty is left out of it."""
    wanted = {name: value for name, value in query.items() if value}
    return href(f"{path}?{urlencode(wanted)}" if wanted else path)


def addresses(path: str, **query: Any) -> Callable[[int], str]:
    """Return what gives the addresses of a list's pages by their numbers, for `parts.pages`."""
    return lambda number: address(path, **query, page=number if number > 1 else None)


def page_number(text: str | None) -> int:
    """Return which page of a list a text asks for: the first, unless it is a number."""
    return max(1, int(text)) if text and re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else 1


def wants_json() -> bool:
    """Tell whether a script of ours asks, which shows the answer itself."""
    return "application/json" in request().headers.get("accept", "")


def no_access(visit: Visit) -> Response:
    """Say that somebody has not the permission that this takes, and whom to ask."""
    return page(visit, "no-access", 403, reference=log_error_reference(403))


def no_place(visit: Visit) -> Response:
    """Say that there is no place to work as: none was granted, or none was made yet."""
    if visit.may(Permission.ADMINISTER):
        return to("/settings/systems", "no-system")
    return no_access(visit)
