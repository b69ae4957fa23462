"""Pages of one badge, and of the lists below it: awards, claim codes, recipients."""

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
        visit, template, status, named=badge.name, badge=badge, links=links,
        image_url=links.image(badge.image), image_alt=images.alt(badge.image), **context,
    )  # fmt: skip


def search() -> str:
    """Return the search text of the request."""
    return (request().argument("search") or "").strip()[:LONGEST_SEARCH]


def paged(to: str, total: int, page: Page, **filters: str) -> dict[str, Any]:
    """Return what templates need to link to the other pages of a list, and back to this one.

    Parameters
    ----------
    to : str
        The list's path.
    total : int
        How many rows all pages have.
    page : Page
        The current page.
    **filters : str
        The filters of the list, as in its address.
    """
    return {
        "number": page.number,
        "total_pages": -(-total // page.size),
        "address": responses.addresses(to, **filters),
        "here": {**filters, "page": str(page.number)},
        **filters,
    }


def back_to(form: Form) -> dict[str, Any]:
    """Return the query that leads back to the page of a list that a form was sent from."""
    return {
        "search": form.text("search")[:LONGEST_SEARCH],
        "state": form.text("state")[:16],
        "page": responses.page_number(form.text("page")),
    }
