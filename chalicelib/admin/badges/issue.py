"""Issue a badge by e-mail: the form, its errors, and the progress for each address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Badge
from chalicelib.domain.awards import bulk_issue, recipients
from chalicelib.domain.awards.bulk_issue import Step
from chalicelib.domain.awards.recipients import LONGEST_COMMENT, MOST, Recipients
from chalicelib.domain.events import mail_policy
from chalicelib.domain.shared.pagination import Page, PageSize
from chalicelib.i18n import gettext, ngettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.request import request

MOST_NAMED = 100  # refused addresses that are listed

# Tone and words of each step, in the order in which they are counted.
STEPS = {
    Step.QUEUED: ("waiting", _("Waiting")),
    Step.WORKING: ("working", _("Awarding")),
    Step.AWARDED: ("working", _("Awarded, sending email")),
    Step.MAILED: ("done", _("Awarded and emailed")),
    Step.NOT_MAILED: ("done", _("Awarded, no email")),
    Step.KNOWN: ("ignored", _("Already had it")),
    Step.REVOKED: ("ignored", _("Revoked")),
    Step.FAILED: ("failed", _("Not awarded")),
    Step.MAIL_FAILED: ("failed", _("Awarded, not emailed")),
}


@dataclass(frozen=True)
class Sent:
    """The contents of the form.

    Parameters
    ----------
    text, comment : str
        The list of addresses and the comment, as they were typed.
    token : str
        The random token that the form was created with.
    """

    text: str
    comment: str
    token: str


def ask(visit: Visit, badge: Badge) -> Response:
    """Show the form."""
    return _form(visit, badge, Sent("", "", secrets.token_hex(8)))


def issue(visit: Visit, badge: Badge) -> Response:
    """Queue the badge for each address, or show the errors."""
    form = visit.form
    token = form.text("token")[:64] or secrets.token_hex(8)
    sent = Sent(form.text("addresses"), form.text("comment"), token)
    entries = recipients.parse(sent.text)
    batch = bulk_issue.batch_id(badge, token, entries, sent.comment)
    if bulk_issue.exists(batch):
        return _to_progress(badge, batch)
    problems = _problems(badge, entries, sent.comment)
    found = (
        Recipients([], [], []) if "addresses" in problems else recipients.classify(badge, entries)
    )
    if form.text("skip") != _shown_list(badge, sent):
        problems |= _refused(found)
    problems |= _too_many(badge, found.eligible)
    if problems or not found.eligible:
        return _form(visit, badge, sent, problems or _refused(found), found)
    bulk_issue.issue(badge, batch, found.eligible, sent.comment or None, visit.person.email)
    return _to_progress(badge, batch)


def progress(visit: Visit, badge: Badge, batch: str) -> Response:
    """Show the progress of each address of a batch."""
    page = Page(responses.page_number(request().argument("page")), PageSize.RECIPIENTS)
    found = bulk_issue.progress(badge, batch, page)
    path = badge_list.path(badge, f"/issue/{batch}")
    return badge_list.page(
        visit,
        "issue-progress",
        badge,
        progress=found,
        counts=[(tone, gettext(text), found.counts[step]) for step, (tone, text) in STEPS.items()
                if found.counts[step]],
        steps={step: (tone, gettext(text)) for step, (tone, text) in STEPS.items()},
        goes_on=found.ended < found.total,
        first=page.offset,
        **badge_list.paged(path, found.total, page),
    )  # fmt: skip


def _shown_list(badge: Badge, sent: Sent) -> str:
    """Return the digest of a list, so that "skip these" applies only to the list that was shown."""
    return bulk_issue.batch_id(badge, sent.token, recipients.parse(sent.text), "")


def _to_progress(badge: Badge, batch: str) -> Response:
    return responses.to(badge_list.path(badge, f"/issue/{batch}"))


def _problems(badge: Badge, entries: list[str], comment: str) -> dict[str, str]:
    """Return the errors of a form that do not depend on single addresses."""
    problems = {}
    if not entries:
        problems["addresses"] = gettext("Enter at least one email address.")
    elif len(entries) > MOST:
        words = gettext("You entered %(number)s addresses. Issue to at most %(most)s at a time.")
        problems["addresses"] = words % {"number": len(entries), "most": MOST}
    if len(comment) > LONGEST_COMMENT:
        words = gettext("The comment has %(number)s characters. Shorten it to %(most)s.")
        problems["comment"] = words % {"number": len(comment), "most": LONGEST_COMMENT}
    return problems


def _refused(found: Recipients) -> dict[str, str]:
    """Return the errors of addresses, by the part of the page that lists them."""
    problems = {}
    if count := len(found.invalid):
        words = ngettext("One entry isn’t an email address.",
                         "%(count)s entries aren’t email addresses.", count)  # fmt: skip
        problems["bad"] = words % {"count": count}
    if count := len(found.awarded):
        words = ngettext("One person already has this badge.",
                         "%(count)s people already have this badge.", count)  # fmt: skip
        problems["awarded"] = words % {"count": count}
    return problems


def _too_many(badge: Badge, good: list[str]) -> dict[str, str]:
    room = badge.awards_left
    if room is None or len(good) <= room:
        return {}
    words = ngettext("You entered %(number)s addresses, but only one award is left.",
                     "You entered %(number)s addresses, but only %(room)s awards are left.",
                     room)  # fmt: skip
    return {"addresses": words % {"room": room, "number": len(good)}}


def _form(
    visit: Visit,
    badge: Badge,
    sent: Sent,
    problems: dict[str, str] | None = None,
    found: Recipients | None = None,
) -> Response:
    """Show the form with its contents and errors."""
    return badge_list.page(
        visit,
        "issue",
        badge,
        400 if problems else 200,
        sent=sent,
        problems=problems or {},
        found=found or Recipients([], [], []),
        seen=_shown_list(badge, sent),
        room=badge.awards_left,
        mailed=mail_policy.allows(badge.system, issued=True),
        most=MOST,
        most_named=MOST_NAMED,
        longest_comment=LONGEST_COMMENT,
    )
