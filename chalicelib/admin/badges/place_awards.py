"""The awards of all badges in the current place and within it: listed, and as a CSV file."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth import workplace
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.badges import award_files, award_status, awards
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Award
from chalicelib.domain.awards import award_list
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared.pagination import Listed, Page, PageSize
from chalicelib.openbadges.links import Links
from chalicelib.web.request import request

PATH = "/awards"


def show(visit: Visit, scope: Scope) -> Response:
    """Show a page of the place's awards, searched and filtered."""
    page = Page(responses.page_number(request().argument("page")), PageSize.AWARDS)
    found = award_list.with_emails(_find(visit, scope, page))
    filters = awards.filters()
    return responses.page(
        visit,
        "place-awards",
        entries=found.rows,
        total=found.total,
        states=award_status.labels(),
        links=Links(config.settings().url("")),
        files=award_files.links(PATH, found.total, **filters),
        **badge_list.paged(PATH, found.total, page, **filters),
    )


def download(visit: Visit, scope: Scope) -> Response:
    """Return the place's awards as a CSV file, searched and filtered like the page."""
    found = _find(visit, scope, award_files.page())
    return award_files.download(scope.innermost.slug, found.rows)


def _find(visit: Visit, scope: Scope, page: Page) -> Listed[Award]:
    search, chosen = awards.chosen()
    mine = workplace.badges_with(visit.person, Permission.AWARD)
    return award_list.in_place(scope, search, chosen, page, among=mine)
