"""The awards of a badge: who has it, how their mail is; taking it back, and mailing it again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin import answers, badge_lists
from chalicelib.admin.session import Visit
from chalicelib.badges import award_lists
from chalicelib.badges.award_lists import Resending, State
from chalicelib.badges.paging import Page
from chalicelib.data.models import Award, Badge
from chalicelib.errors import NotFound
from chalicelib.http import request
from chalicelib.language import gettext
from chalicelib.language import marked as _

PER_PAGE = 50
LONGEST_REASON = 2000  # characters

STATES = {
    State.ACTIVE: ("done", _("Active")),
    State.EXPIRED: ("ignored", _("Expired")),
    State.REVOKED: ("failed", _("Revoked")),
}
NOTICE_OF = {
    Resending.QUEUED: "mail-queued",
    Resending.REVOKED: "mail-revoked",
    Resending.UNDER_WAY: "mail-under-way",
    Resending.TOO_SOON: "mail-too-soon",
}


def show(visit: Visit, badge: Badge) -> Response:
    """Show a page of the badge's awards, as they are searched and filtered."""
    search, state = badge_lists.search(), request().argument("state")
    chosen = State(state) if state in set(State) else None
    page = Page(answers.page_number(request().argument("page")), PER_PAGE)
    found = award_lists.find(badge, search, chosen, page)
    asked = {"search": search, "state": chosen.value if chosen else ""}
    return badge_lists.page(
        visit,
        "awards",
        badge,
        entries=found.rows,
        total=found.total,
        states={state: (tone, gettext(text)) for state, (tone, text) in STATES.items()},
        **badge_lists.paged(badge_lists.path(badge, "/awards"), found.total, page, **asked),
    )


def ask_to_revoke(visit: Visit, award: Award) -> Response:
    """Ask before an award is revoked."""
    if award.revoked is not None:
        return answers.to(_list_of(award), "not-revoked")
    return _question(visit, award)


def revoke(visit: Visit, award: Award) -> Response:
    """Revoke an award where it lives; the earner is told."""
    from chalicelib.registry import registry

    reason = visit.form.text("reason")
    if len(reason) > LONGEST_REASON:
        words = gettext("The reason has %(number)s characters. Shorten it to %(most)s.")
        problem = words % {"number": len(reason), "most": LONGEST_REASON}
        return _question(visit, award, reason, {"reason": problem})
    revoked = registry().take_back(award, reason or None)
    return answers.to(_list_of(award), "revoked" if revoked else "not-revoked")


def mail(visit: Visit, award: Award) -> Response:
    """Send an award's mail once more, and go back to where it was seen."""
    outcome = award_lists.send_again(award)
    return answers.to(_list_of(award), NOTICE_OF[outcome], **badge_lists.seen(visit.form))


def _badge_of(award: Award) -> Badge:
    if award.badge is None:
        raise NotFound("The badge of this award isn’t known here")
    return award.badge


def _list_of(award: Award) -> str:
    return badge_lists.path(_badge_of(award), "/awards")


def _question(
    visit: Visit, award: Award, reason: str = "", problems: dict[str, str] | None = None
) -> Response:
    return badge_lists.page(
        visit,
        "revoke",
        _badge_of(award),
        400 if problems else 200,
        award=award,
        reason=reason,
        problems=problems or {},
        longest=LONGEST_REASON,
    )
