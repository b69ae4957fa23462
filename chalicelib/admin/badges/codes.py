"""The claim codes of a badge: create, list, search, export and delete them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import badge_list, confirm, csv_files, notices, responses
from chalicelib.admin.shell.confirm import Question
from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes
from chalicelib.domain.badges.bulk_codes import MOST_REFUSED, Problem, State
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared.pagination import Page, PageSize
from chalicelib.errors import ValidationError
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.registry import registry
from chalicelib.registry.claim_codes import CodesIncomplete
from chalicelib.web.request import request
from chalicelib.web.templates import isolated
from chalicelib.web.urls import href

STATES = {
    State.UNUSED: ("waiting", _("Unused")),
    State.CLAIMED: ("done", _("Claimed")),
    State.MULTIUSE: ("working", _("Reusable")),
}
PROBLEMS = {
    Problem.LONG: _("“%(code)s…” is longer than 255 characters. Shorten it."),
    Problem.UNPRINTABLE: _("“%(code)s” contains invisible characters. Remove them."),
    Problem.RESERVED: _("A code can’t be “.” or “..”. Choose another."),
    Problem.TWICE: _("“%(code)s” is listed twice. Uppercase and lowercase are the same."),
    Problem.TAKEN: _("This badge already has the code “%(code)s”."),
    Problem.ALIKE: _("One of these codes was just added. Check them and try again."),
}  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


def show(visit: Visit, badge: Badge) -> Response:
    """Show a page of the badge's codes, searched and filtered."""
    return _page(visit, badge)


def create(visit: Visit, badge: Badge) -> Response:
    """Create codes: a number of random ones, or those that were entered."""
    form = visit.form
    for_many = form.flag("multiuse")
    names = [line.strip() for line in form.text("codes").split("\n") if line.strip()]
    named = form.text("kind") == "named"
    try:
        problems = (
            _name(badge, names, for_many)
            if named
            else _generate(badge, form.text("number"), for_many)
        )
    except CodesIncomplete as stopped:
        field, left = ("codes", names[stopped.made :]) if named else ("number", names)
        return _page(visit, badge, {field: _incomplete(stopped)}, left)
    if problems:
        return _page(visit, badge, problems, names)
    number = len(names) if named else responses.page_number(form.text("number"))
    return responses.to(badge_list.path(badge, "/codes"), notices.CODES_MADE, number=number)


def _incomplete(stopped: CodesIncomplete) -> str:
    words = gettext("Codes created: %(made)s. Try again for the rest. (%(reason)s)")
    return words % {"made": stopped.made, "reason": stopped.cause}


def _generate(badge: Badge, number: str, for_many: bool) -> dict[str, Any]:
    most = registry().codes.most_at_once
    if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= most:
        words = gettext("Enter a whole number from 1 to %(most)s.")
        return {"number": words % {"most": most}}
    registry().codes.create_random(badge, int(number), multiuse=for_many)
    return {}


def _name(badge: Badge, names: Sequence[str], for_many: bool) -> dict[str, Any]:
    if not names:
        return {"codes": gettext("Enter at least one code.")}
    most = registry().codes.most_at_once
    if len(names) > most:
        words = gettext("You entered %(number)s codes. Add at most %(most)s at a time.")
        return {"codes": words % {"number": len(names), "most": most}}
    try:
        registry().codes.create_named(badge, names, multiuse=for_many)
    except ValidationError as refused:
        messages = [
            gettext(PROBLEMS[one["problem"]]) % one for one in refused.details[:MOST_REFUSED]
        ]
        if more := len(refused.details) - len(messages):
            messages.append(gettext("And %(more)s more.") % {"more": more})
        return {"codes": " ".join(messages)}
    return {}


def download(visit: Visit, badge: Badge) -> Response:
    """Return the codes as a CSV file, searched and filtered like the page."""
    search, chosen = _filters()
    rows = [
        (code.code, gettext(STATES[bulk_codes.state_of(code)][1]), code.email or "",
         gettext("yes") if code.multiuse else gettext("no"))
        for code in registry().codes.all_codes(badge, search, chosen)
    ]  # fmt: skip
    head = (gettext("Code"), gettext("Status"), gettext("Claimed by"), gettext("Reusable"))
    return csv_files.response(badge.slug, "codes", [head, *rows])


def ask_to_delete(visit: Visit, badge: Badge) -> Response:
    """Ask before a code is deleted."""
    code, path = request().argument("code") or "", badge_list.path(badge, "/codes")
    if not code:
        raise missing("code", "code", code)
    query = {name: request().argument(name) or "" for name in ("search", "state", "page")}
    listed = responses.address(path, **query)
    question = Question(
        title=gettext("Delete the claim code “%(code)s”?") % {"code": isolated(code)},
        facts=[(gettext("Code"), code), (gettext("Badge"), badge.name)],
        warning=gettext(
            "People who have this code, on a poster for example, can no longer claim the badge "
            "with it. Badges that were claimed with it stay."
        ),
        button=gettext("Delete code"), action=href(f"{path}/delete"), back=listed,
        section="directory", fields={"code": code, **query},
        trail=[(href(badge_list.path(badge)), badge.name), (listed, gettext("Claim codes"))],
    )  # fmt: skip
    return confirm.ask(visit, question)


def delete(visit: Visit, badge: Badge) -> Response:
    """Delete a code that was not claimed."""
    gone = registry().codes.delete_unclaimed(badge, visit.form.text("code"))
    notice = "code-deleted" if gone else "code-claimed"
    return responses.to(badge_list.path(badge, "/codes"), notice, **badge_list.back_to(visit.form))


def _filters() -> tuple[str, State | None]:
    state = request().argument("state")
    return badge_list.search(), State(state) if state in set(State) else None


def _page(
    visit: Visit,
    badge: Badge,
    problems: dict[str, Any] | None = None,
    names: Sequence[str] = (),
) -> Response:
    """Show the list and the forms; `names` are the codes that are still to be created."""
    search, chosen = _filters()
    page = Page(responses.page_number(request().argument("page")), PageSize.CODES)
    codes = registry().codes
    listed = codes.find(badge, search, chosen, page)
    found = listed.found
    filters = {"search": search, "state": chosen.value if chosen else ""}
    path = badge_list.path(badge, "/codes")
    return badge_list.page(
        visit,
        "codes",
        badge,
        400 if problems else 200,
        problems=problems or {},
        form=visit.form,
        names="\n".join(names),
        codes=[(code, bulk_codes.state_of(code), _can_be_deleted(code)) for code in found.rows],
        total=found.total,
        counts=listed.counts,
        every=sum(listed.counts.values()),
        newest=listed.newest,
        elsewhere=not codes.are_local,
        file=responses.address(f"{path}/csv", **filters),
        states={state: (tone, gettext(text)) for state, (tone, text) in STATES.items()},
        most=codes.most_at_once,
        **badge_list.paged(path, found.total, page, **filters),
    )


def _can_be_deleted(code: ClaimCode) -> bool:
    """Return whether a code may be deleted, which takes that it was not claimed."""
    return not code.claimed
