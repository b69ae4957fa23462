"""The Activity page: events, the jobs they led to, and what needs attention."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
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
    """What part of the activity somebody asked for. What is none of ours is left out.

    Parameters
    ----------
    show : Show
        Events in which state.
    number : int
        Which page.
    filters : Filters
        Which of these events.
    hints : dict[str, str]
        By the name of a field, what to know about what was entered there.
    """

    show: Show = Show.ALL
    number: int = 1
    filters: Filters = field(default_factory=Filters)
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> dict[str, Any]:
        """What is looked for, as addresses of the page say it."""
        of = self.filters
        every = {
            "kind": of.action, "badge": of.badge, "address": of.address,
            "from": of.since and of.since.isoformat(), "to": of.until and of.until.isoformat(),
            "event": of.event,
        }  # fmt: skip
        return {name: value for name, value in every.items() if value}

    def query(self) -> dict[str, Any]:
        """Return all of it, as the address of this page says it."""
        return {"state": self.show.value, "page": self.number, **self.narrowed}

    def address(self, show: str | None = None) -> str:
        """Return the address of the first page of this, or of what is in another state."""
        return responses.address(PATH, state=show or self.show.value, **self.narrowed)

    def at(self, page: int) -> str:
        """Return the address of another page."""
        return responses.address(PATH, **{**self.query(), "page": page})


def show(visit: Visit) -> Response:
    """Show what happened, and what was done about it."""
    asked = _filters(lambda name: request().argument(name) or "")
    return responses.page(
        visit,
        "activity",
        asked=asked,
        page=activity.page(asked.show, asked.number, asked.filters),
        counts=activity.counts(asked.filters),
        words=wording,
    )


def retry(visit: Visit, id: str) -> Response:
    """Start a failed job over, and go back to where it was seen."""
    number = lookup.parse_id(id, "job")
    notice = "retried" if outbox.retry(number) else "not-failed"
    return responses.to(PATH, notice, **_filters(visit.form.text).query())


def _filters(told: Callable[[str], str]) -> RequestedFilters:
    hints: dict[str, str] = {}

    def day(name: str) -> date | None:
        text = told(name).strip()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # such as the 31st of February
        if text:
            hints[name] = gettext("Enter a date like 2026-03-14.")
        return None

    kind = told("kind")
    address = told("address").strip()[: email_addresses.LONGEST]
    filters = Filters(
        action=kind if kind in wording.ACTIONS else None,
        badge=told("badge").strip()[: limits.SLUG] or None,
        address=address or None,
        since=day("from"),
        until=day("to"),
        event=int(told("event")) if lookup.ID.fullmatch(told("event")) else None,
    )
    if address and not email_addresses.is_address(address):
        hints["address"] = gettext("Partial address: showing every match.")
    if filters.since and filters.until and filters.since > filters.until:
        hints["to"] = gettext("Choose an end date on or after the start date.")
    return RequestedFilters(
        shown(told("state")), responses.page_number(told("page")), filters, hints
    )


def shown(text: str) -> Show:
    """Return which state is asked for: all of them, unless it names one."""
    return Show(text) if text in set(Show) else Show.ALL
