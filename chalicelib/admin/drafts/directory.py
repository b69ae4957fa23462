"""The directory: lists of the drafts, templates and badges in the current place."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import lookup, responses
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.workspace import directory
from chalicelib.domain.workspace.directory import Sort, Tab
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.openbadges.links import Links
from chalicelib.web.request import request

TABS = {
    Tab.DRAFTS: _("Drafts"),
    Tab.TEMPLATES: _("Templates"),
    Tab.PUBLISHED: _("Published"),
    Tab.ARCHIVED: _("Archived"),
}
SORTS = {
    Sort.CREATED: _("Newest first"),
    Sort.ACTIVE: _("Recently active"),
    Sort.NAME: _("Name"),
    Sort.AWARDED: _("Most awarded"),
    Sort.PENDING: _("Most applications to review"),
}
OF_DRAFTS = (Sort.CREATED, Sort.ACTIVE, Sort.NAME)


def show(visit: Visit, scope: Scope) -> Response:
    """Show a page of a tab, with its search, filter and sort order."""
    tab = Tab(_argument("tab")) if _argument("tab") in set(Tab) else Tab.PUBLISHED
    sorts = OF_DRAFTS if tab in (Tab.DRAFTS, Tab.TEMPLATES) else tuple(Sort)
    sort = Sort(_argument("sort")) if _argument("sort") in set(sorts) else Sort.CREATED
    filters: dict[str, Any] = {"search": _argument("search")[: directory.LONGEST_SEARCH].strip(),
             "category": _argument("category")}  # fmt: skip
    page = directory.page(scope, tab, sort=sort, number=_number(_argument("page")) or 1, **filters)
    counts = directory.counts(scope)
    kept = {**filters, "sort": sort.value if sort is not Sort.CREATED else None}
    return responses.page(
        visit,
        "directory",
        named=scope.innermost.name,
        tab=tab.value,
        tabs=[
            (responses.address("/directory", tab=one.value, **kept), gettext(text), counts[one],
             one is tab)
            for one, text in TABS.items()
        ],
        total=counts[tab],
        listed=page,
        address=responses.addresses("/directory", tab=tab.value, **kept),
        sort=sort.value,
        sorts=[(one.value, gettext(SORTS[one])) for one in sorts],
        categories=[(one, one) for one in directory.categories(scope)],
        highlight=_number(_argument("highlight")),
        image=Links(config.settings().url("")).image,
        **filters,
    )  # fmt: skip


def _argument(name: str) -> str:
    return request().argument(name) or ""


def _number(text: str) -> Any:
    return int(text) if lookup.ID.fullmatch(text) else None
