"""The Activity page: what happened, what was done about it, and what needs somebody."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.admin import answers, finders, words
from chalicelib.admin.session import Visit
from chalicelib.badges import activity, outbox
from chalicelib.http import request


def show(visit: Visit) -> Response:
    """Show what happened, and what was done about it."""
    shown, number = _show(request().argument("state")), _number(request().argument("page"))
    return answers.page(
        visit,
        "activity",
        show=shown,
        page=activity.page(shown, number),
        counts=activity.counts(),
        words=words,
    )


def retry(visit: Visit, id: str) -> Response:
    """Start a failed job over, and go back to where it was seen."""
    number = finders.number(id, "job")
    notice = "retried" if outbox.retry(number) else "not-failed"
    state, page = _show(visit.form.text("state")), _number(visit.form.text("page"))
    return answers.to("/activity", notice, state=state.value, page=page)


def _show(text: str | None) -> activity.Show:
    return activity.Show(text) if text in set(activity.Show) else activity.Show.ALL


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and re.fullmatch(r"[0-9]{1,6}", text) else 1
