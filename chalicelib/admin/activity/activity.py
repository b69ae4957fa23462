"""The Activity page: events, the jobs they led to, and what needs attention."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from chalice.app import Response

from chalicelib import limits
from chalicelib.admin.activity import wording
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import lookup, responses
from chalicelib.domain.jobs import activity, outbox
from chalicelib.domain.jobs.activity import Filters, Show
from chalicelib.domain.shared import email_addresses
from chalicelib.i18n import gettext
from chalicelib.web.request import request

PATH = "/activity"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class RequestedFilters:
    """The filters of a request for the Activity page. Invalid values are ignored.

    Parameters
    ----------
    show : Show
        The state of the events.
    number : int
        The page's number.
    filters : Filters
        Further filters.
    hints : dict[str, str]
        Messages about the values entered, by name of the field.
    """

    show: Show = Show.ALL
    number: int = 1
    filters: Filters = field(default_factory=Filters)
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """The filters as query parameters of the page's URL, without empty ones."""
        of = self.filters
        every = {
            "kind": of.action, "badge": of.badge, "address": of.address,
            "from": of.since and of.since.isoformat(), "to": of.until and of.until.isoformat(),
            "event": of.event,
        }  # fmt: skip
        return {name: value for name, value in every.items() if value}

    def query(self) -> dict[str, Any]:
        """Return all query parameters of this page's URL."""
        return {"state": self.show.value, "page": self.number, **self.arguments}

    def address(self, show: str | None = None) -> str:
        """Return the URL of the first page of these events, or of those in another state."""
        return responses.address(PATH, state=show or self.show.value, **self.arguments)

    def at(self, page: int) -> str:
        """Return the URL of another page of these events."""
        return responses.address(PATH, **{**self.query(), "page": page})


def show(visit: Visit) -> Response:
    """Show a page of events with their jobs."""
    requested = _filters(lambda name: request().argument(name) or "")
    filters = replace(requested.filters, badges=visit.active_badges)
    return responses.page(
        visit,
        "activity",
        requested=requested,
        page=activity.page(requested.show, requested.number, filters),
        counts=activity.counts(filters),
        words=wording,
    )


def retry(visit: Visit, job: int) -> Response:
    """Restart a failed job, and redirect to the page that showed it."""
    notice = "retried" if outbox.retry(job) else "not-failed"
    return responses.to(PATH, notice, **_filters(visit.form.text).query())


def _filters(argument: Callable[[str], str]) -> RequestedFilters:
    hints: dict[str, str] = {}

    def day(name: str) -> date | None:
        text = argument(name).strip()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # a day that does not exist, such as February 31
        if text:
            hints[name] = gettext("Enter a date like 2026-03-14.")
        return None

    kind = argument("kind")
    address = argument("address").strip()[: email_addresses.LONGEST]
    filters = Filters(
        action=kind if kind in wording.ACTIONS else None,
        badge=argument("badge").strip()[: limits.SLUG] or None,
        address=address or None,
        since=day("from"),
        until=day("to"),
        event=int(argument("event")) if lookup.ID.fullmatch(argument("event")) else None,
    )
    if address and not email_addresses.is_address(address):
        hints["address"] = gettext("Partial address: showing every match.")
    if filters.since and filters.until and filters.since > filters.until:
        hints["to"] = gettext("Choose an end date on or after the start date.")
    return RequestedFilters(
        shown(argument("state")), responses.page_number(argument("page")), filters, hints
    )


def shown(text: str) -> Show:
    """Return the state named by a text, or all of them unless it names one."""
    return Show(text) if text in set(Show) else Show.ALL
