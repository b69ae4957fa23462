"""The awards of a badge: list them, revoke one, send its mail again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.badges import award_files, award_status
from chalicelib.admin.shell import badge_list, notices, responses
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import award_list, validity
from chalicelib.domain.awards.award_list import Resending
from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.domain.events import mail_policy
from chalicelib.domain.shared.pagination import Page, PageSize
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext
from chalicelib.web.request import request

LONGEST_REASON = 2000  # characters

NOTICE_OF = {
    Resending.QUEUED: "mail-queued",
    Resending.REVOKED: "mail-revoked",
    Resending.TURNED_OFF: "mail-off",
    Resending.EXPIRED: "mail-expired",
    Resending.UNDER_WAY: "mail-under-way",
    Resending.TOO_SOON: "mail-too-soon",
}


def chosen() -> tuple[str, AwardStatus | None]:
    """Return the search text and the status that a list of awards is filtered by."""
    state = request().argument("state")
    return badge_list.search(), AwardStatus(state) if state in set(AwardStatus) else None


def filters() -> dict[str, str]:
    """Return the filters of a list of awards, as in its address."""
    search, state = chosen()
    return {"search": search, "state": state.value if state else ""}


def show(visit: Visit, badge: Badge) -> Response:
    """Show a page of the badge's awards, searched and filtered."""
    page = Page(responses.page_number(request().argument("page")), PageSize.AWARDS)
    found = award_list.find(badge, *chosen(), page)
    path = badge_list.path(badge, "/awards")
    return badge_list.page(
        visit,
        "awards",
        badge,
        entries=found.rows,
        total=found.total,
        states=award_status.labels(),
        files=award_files.links(path, found.total, **filters()),
        **badge_list.paged(path, found.total, page, **filters()),
    )


def download(visit: Visit, badge: Badge) -> Response:
    """Return the badge's awards as a CSV file, searched and filtered like the page."""
    found = award_list.of_badge(badge, *chosen(), award_files.page())
    return award_files.download(badge.slug, found.rows)


def ask_to_revoke(visit: Visit, award: Award) -> Response:
    """Show the form to revoke an award."""
    if award.revoked is not None:
        return responses.to(_list_of(award), "not-revoked")
    return _question(visit, award)


def revoke(visit: Visit, award: Award) -> Response:
    """Revoke an award through the registry; the earner gets a mail."""
    from chalicelib.registry import registry

    reason = visit.form.text("reason")
    if len(reason) > LONGEST_REASON:
        words = gettext("The reason has %(number)s characters. Shorten it to %(most)s.")
        problem = words % {"number": len(reason), "most": LONGEST_REASON}
        return _question(visit, award, reason, {"reason": problem})
    revoked = registry().revoke(award, reason or None)
    notice = notices.about_mail("revoked", sent=mail_policy.allows_for(award))
    return responses.to(_list_of(award), notice if revoked else "not-revoked")


def mail(visit: Visit, award: Award) -> Response:
    """Send the mail of an award again, and go back to the list."""
    outcome = award_list.send_again(award)
    return responses.to(_list_of(award), NOTICE_OF[outcome], **badge_list.back_to(visit.form))


def _badge_of(award: Award) -> Badge:
    if award.badge is None:
        raise NotFound("The badge of this award isn’t known here")
    return award.badge


def _list_of(award: Award) -> str:
    return badge_list.path(_badge_of(award), "/awards")


def _question(
    visit: Visit, award: Award, reason: str = "", problems: dict[str, str] | None = None
) -> Response:
    return badge_list.page(
        visit,
        "revoke",
        _badge_of(award),
        400 if problems else 200,
        award=award,
        mailed=mail_policy.allows_for(award),
        standing=validity.status_of(award),
        states=award_status.labels(),
        reason=reason,
        problems=problems or {},
        longest=LONGEST_REASON,
    )
