"""The webhook delivery log: what was sent to each system, the result, and sending it again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import limits
from chalicelib.admin.activity import wording
from chalicelib.admin.activity.activity import shown
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import lookup, responses
from chalicelib.domain.events import delivery_log
from chalicelib.domain.jobs import outbox
from chalicelib.web.request import request

PATH = "/activity/deliveries"


def show(visit: Visit) -> Response:
    """Show a page of the log."""
    state, number = shown(_argument("state")), responses.page_number(_argument("page"))
    system = _argument("system").strip()[: limits.SLUG]

    return responses.page(
        visit,
        "deliveries",
        show=state,
        system=system,
        systems=delivery_log.systems(),
        page=delivery_log.page(state, number, system or None),
        address=lambda page: responses.address(PATH, state=state.value, system=system, page=page),
        words=wording,
    )


def send_again(visit: Visit, id: str) -> Response:
    """Deliver a webhook again, and redirect to the page that showed it."""
    number = lookup.parse_id(id, "delivery")
    notice = "sent-again" if outbox.redeliver(number) else "not-sent-again"
    form = visit.form
    return responses.to(
        PATH,
        notice,
        state=shown(form.text("state")).value,
        system=form.text("system")[: limits.SLUG],
        page=responses.page_number(form.text("page")),
    )


def _argument(name: str) -> str:
    return request().argument(name) or ""
