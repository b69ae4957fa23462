"""Awards as CSV files: of a badge, or of a place.

A long list is several files, since a response of Lambda has 6 MB at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.badges import award_status
from chalicelib.admin.shell import csv_files, responses
from chalicelib.data.models import Award
from chalicelib.domain.awards import validity
from chalicelib.domain.shared.pagination import Page
from chalicelib.i18n import gettext
from chalicelib.openbadges.links import Links
from chalicelib.web.request import request

ROWS = 1000  # in one file
MOST_FILES = 30  # that a page links to
LONGEST_TEXT = 500  # characters of a narrative or a reason


def page() -> Page:
    """Return which file the request asks for."""
    return Page(responses.page_number(request().argument("part")), ROWS)


def links(path: str, total: int, **filters: str) -> list[tuple[str, int, int]]:
    """Return the addresses of a list's first files, and the numbers of their first and last rows.

    Parameters
    ----------
    path : str
        The path of the list.
    total : int
        How many rows it has.
    **filters : str
        The filters of the list, as in its address.
    """
    return [
        (
            responses.address(f"{path}/csv", **filters, part=str(number)),
            first + 1,
            min(first + ROWS, total),
        )
        for number, first in enumerate(range(0, total, ROWS)[:MOST_FILES], 1)
    ]


def download(name: str, found: Sequence[Award]) -> Response:
    """Return awards, loaded with their badges, as a file; `name` is for the file's name.

    Notes to earners are left out: such files are passed on.
    """
    head = (
        gettext("Email"), gettext("Badge"), gettext("Issued by"), gettext("Issued (UTC)"),
        gettext("Expires (UTC)"), gettext("Status"), gettext("Revoked (UTC)"), gettext("Reason"),
        gettext("Claim code"), gettext("Narrative"), gettext("Award page"),
    )  # fmt: skip
    statuses, pages = award_status.labels(), Links(config.settings().url(""))
    rows = []
    for award in found:
        badge = award.badge
        owner = badge and (badge.program or badge.issuer or badge.system)
        rows.append((
            award.email, badge.name if badge else "", owner.name if owner else "",
            _moment(award.issued_on), _moment(award.expires),
            statuses[validity.status_of(award)][1], _moment(award.revoked),
            _shortened(award.revocation_reason), award.claim_code or "",
            _shortened(award.comment), pages.award(award.slug),
        ))  # fmt: skip
    return csv_files.response(name, "awards", [head, *rows])


def _moment(when: datetime | None) -> str:
    """Return a time as spreadsheets read it."""
    return when.replace(tzinfo=None).isoformat(" ", "seconds") if when else ""


def _shortened(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
