"""What the lists of one badge have in common: its awards, its claim codes, and whom it is issued to."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import responses
from chalicelib.data.models import Badge
from chalicelib.domain.images import images
from chalicelib.domain.shared.pagination import Page
from chalicelib.openbadges.links import Links
from chalicelib.web.form import Form
from chalicelib.web.request import request

LONGEST_SEARCH = 255


def path(badge: Badge, below: str = "") -> str:
    """Return the path of a badge's page, or of one below it."""
    return f"/badges/{quote(badge.slug, safe='')}{below}"


def page(visit: Visit, template: str, badge: Badge, status: int = 200, **context: Any) -> Response:
    """Answer with a page of a badge."""
    links = Links(config.settings().url(""))
    return responses.page(
        visit, template, status, badge=badge, image_url=links.image(badge.image),
        image_alt=images.alt(badge.image), links=links, **context,
    )  # fmt: skip


def search() -> str:
    """Return what is searched for."""
    return (request().argument("search") or "").strip()[:LONGEST_SEARCH]


def paged(to: str, total: int, page: Page, **asked: str) -> dict[str, Any]:
    """Return what templates need to lead to the other pages of a list, and back to this one.

    Parameters
    ----------
    to : str
        The list's path.
    total : int
        How many rows all pages have together.
    page : Page
        Which one this is.
    **asked : str
        What the list is narrowed by, as its address says it.
    """
    return {
        "number": page.number,
        "total_pages": -(-total // page.size),
        "address": responses.addresses(to, **asked),
        "here": {**asked, "page": str(page.number)},
        **asked,
    }


def seen(form: Form) -> dict[str, Any]:
    """Return where in a list something was seen that a form is about, to go back there."""
    return {
        "search": form.text("search")[:LONGEST_SEARCH],
        "state": form.text("state")[:16],
        "page": responses.page_number(form.text("page")),
    }
