"""The claim codes of a badge: making them, finding out who used which, handing them on as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import badge_list, lookup, responses
from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes, codes
from chalicelib.domain.badges.bulk_codes import MOST, MOST_REFUSED, Problem, State
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import ValidationError
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.request import request

PER_PAGE = 50
STATES = {
    State.UNUSED: ("waiting", _("Unused")),
    State.CLAIMED: ("done", _("Claimed")),
    State.MULTIUSE: ("working", _("For many")),
}
PROBLEMS = {
    Problem.LONG: _("“%(code)s…” is longer than 255 characters."),
    Problem.UNPRINTABLE: _("“%(code)s” has signs that cannot be seen."),
    Problem.TWICE: _("“%(code)s” is in the list twice; capitals make no difference."),
    Problem.TAKEN: _("“%(code)s” is a code of this badge already."),
    Problem.ALIKE: _("Two of these codes differ in accents only, or somebody was faster. Look again."),
}  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # with which spreadsheets begin a formula


def show(visit: Visit, badge: Badge) -> Response:
    """Show a page of the badge's codes, as they are searched and filtered."""
    return _page(visit, badge)


def create(visit: Visit, badge: Badge) -> Response:
    """Make codes: a number of random ones, or those that were named."""
    form = visit.form
    for_many = form.flag("multiuse")
    if form.text("kind") == "named":
        names = [line.strip() for line in form.text("codes").split("\n") if line.strip()]
        problems = _name(badge, names, for_many)
    else:
        problems = _generate(badge, form.text("number"), for_many)
    if problems:
        return _page(visit, badge, problems)
    return responses.to(badge_list.path(badge, "/codes"), "codes-made")


def _generate(badge: Badge, number: str, for_many: bool) -> dict[str, Any]:
    if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= MOST:
        words = gettext("How many? A whole number from 1 to %(most)s.")
        return {"number": words % {"most": MOST}}
    bulk_codes.generate(badge, int(number), multiuse=for_many)
    return {}


def _name(badge: Badge, names: Sequence[str], for_many: bool) -> dict[str, Any]:
    if not names:
        return {"codes": gettext("Enter at least one code.")}
    if len(names) > MOST:
        words = gettext("These are %(number)s codes; at most %(most)s are made at once.")
        return {"codes": words % {"number": len(names), "most": MOST}}
    try:
        bulk_codes.name(badge, names, multiuse=for_many)
    except ValidationError as refused:
        told = [gettext(PROBLEMS[one["problem"]]) % one for one in refused.details[:MOST_REFUSED]]
        if more := len(refused.details) - len(told):
            told.append(gettext("And %(more)s more.") % {"more": more})
        return {"codes": " ".join(told)}
    return {}


def download(visit: Visit, badge: Badge) -> Response:
    """Hand the codes over as a file that spreadsheets read, as they are searched and filtered."""
    search, chosen = _asked()
    rows = [
        (code.code, gettext(STATES[bulk_codes.state_of(code)][1]), code.email or "",
         gettext("yes") if code.multiuse else gettext("no"))
        for code in bulk_codes.every(badge, search, chosen)
    ]  # fmt: skip
    head = (gettext("Code"), gettext("State"), gettext("Claimed by"), gettext("For many"))
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", badge.slug)[:100].strip("-.") or "badge"
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}-codes.csv"',
    }
    return Response(_csv([head, *rows]), headers)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as RFC 4180 has them, behind the mark that has Excel read UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def delete(visit: Visit, badge: Badge, code: str) -> Response:
    """Delete a code that nobody claimed."""
    gone = codes.delete_unclaimed(badge, lookup.number(code, "claim code"))
    notice = "code-deleted" if gone else "code-claimed"
    return responses.to(badge_list.path(badge, "/codes"), notice, **badge_list.seen(visit.form))


def _asked() -> tuple[str, State | None]:
    state = request().argument("state")
    return badge_list.search(), State(state) if state in set(State) else None


def _page(visit: Visit, badge: Badge, problems: dict[str, Any] | None = None) -> Response:
    search, chosen = _asked()
    page = Page(responses.page_number(request().argument("page")), PER_PAGE)
    found = bulk_codes.find(badge, search, chosen, page)
    counts = bulk_codes.counts(badge)
    asked = {"search": search, "state": chosen.value if chosen else ""}
    path = badge_list.path(badge, "/codes")
    return badge_list.page(
        visit,
        "codes",
        badge,
        400 if problems else 200,
        problems=problems or {},
        form=visit.form,
        codes=[(code, bulk_codes.state_of(code), _can_go(code)) for code in found.rows],
        total=found.total,
        counts=counts,
        every=sum(counts.values()),
        file=responses.address(f"{path}/csv", **asked),
        states={state: (tone, gettext(text)) for state, (tone, text) in STATES.items()},
        most=MOST,
        **badge_list.paged(path, found.total, page, **asked),
    )


def _can_go(code: ClaimCode) -> bool:
    """Tell whether a code may be deleted: nobody claimed it."""
    return not code.claimed
