"""The log of webhooks out: what each system was told, how that went, and telling it again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin import answers, finders, words
from chalicelib.admin.activity import LONGEST_SLUG, shown
from chalicelib.admin.session import Visit
from chalicelib.badges import deliveries, outbox
from chalicelib.http import request

PATH = "/activity/deliveries"


def show(visit: Visit) -> Response:
    """Show a page of the log."""
    state, number = shown(_argument("state")), answers.page_number(_argument("page"))
    system = _argument("system").strip()[:LONGEST_SLUG]

    return answers.page(
        visit,
        "deliveries",
        show=state,
        system=system,
        systems=deliveries.systems(),
        page=deliveries.page(state, number, system or None),
        address=lambda page: answers.address(PATH, state=state.value, system=system, page=page),
        words=words,
    )


def send_again(visit: Visit, id: str) -> Response:
    """Have a webhook sent once more, and go back to where it was seen."""
    number = finders.number(id, "delivery")
    notice = "sent-again" if outbox.again(number) else "not-sent-again"
    form = visit.form
    return answers.to(
        PATH,
        notice,
        state=shown(form.text("state")).value,
        system=form.text("system")[:LONGEST_SLUG],
        page=answers.page_number(form.text("page")),
    )


def _argument(name: str) -> str:
    return request().argument(name) or ""
