"""Issuing a badge by e-mail: the form, what is wrong with it, and how far each address is."""

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
from chalicelib.domain.shared.pagination import Page
from chalicelib.i18n import gettext, ngettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.request import request

PER_PAGE = 100
MOST_NAMED = 100  # addresses that are named where they are refused

# Tone and words of each step, in the order in which they are counted.
STEPS = {
    Step.QUEUED: ("waiting", _("Queued")),
    Step.WORKING: ("working", _("Being awarded")),
    Step.AWARDED: ("working", _("Awarded, mail on its way")),
    Step.MAILED: ("done", _("Awarded and mailed")),
    Step.KNOWN: ("ignored", _("Had it already")),
    Step.REVOKED: ("ignored", _("Revoked")),
    Step.FAILED: ("failed", _("Not awarded")),
    Step.MAIL_FAILED: ("failed", _("Awarded, not mailed")),
}


@dataclass(frozen=True)
class Sent:
    """What was entered.

    Parameters
    ----------
    text, comment : str
        The list of addresses and the comment, as they were typed.
    token : str
        What the form was made with.
    """

    text: str
    comment: str
    token: str


def ask(visit: Visit, badge: Badge) -> Response:
    """Show the form."""
    return _form(visit, badge, Sent("", "", secrets.token_hex(8)))


def issue(visit: Visit, badge: Badge) -> Response:
    """Queue the badge for each address, or say what is wrong with which of them."""
    form = visit.form
    token = form.text("token")[:64] or secrets.token_hex(8)
    sent = Sent(form.text("addresses"), form.text("comment"), token)
    entries = recipients.read(sent.text)
    batch = bulk_issue.name(badge, token, entries, sent.comment)
    if bulk_issue.exists(batch):
        return _to_progress(badge, batch)
    problems = _problems(badge, entries, sent.comment)
    found = (
        Recipients([], [], []) if "addresses" in problems else recipients.classify(badge, entries)
    )
    if form.text("skip") != _seen(badge, sent):
        problems |= _named(found)
    problems |= _too_many(badge, found.good)
    if problems or not found.good:
        return _form(visit, badge, sent, problems or _named(found), found)
    bulk_issue.issue(badge, batch, found.good, sent.comment or None, visit.person.email)
    return _to_progress(badge, batch)


def progress(visit: Visit, badge: Badge, batch: str) -> Response:
    """Show how far each address of a batch is."""
    page = Page(responses.page_number(request().argument("page")), PER_PAGE)
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


def _seen(badge: Badge, sent: Sent) -> str:
    """Name a list: whoever issues to the others means the list that they saw sorted out."""
    return bulk_issue.name(badge, sent.token, recipients.read(sent.text), "")


def _to_progress(badge: Badge, batch: str) -> Response:
    return responses.to(badge_list.path(badge, f"/issue/{batch}"))


def _problems(badge: Badge, entries: list[str], comment: str) -> dict[str, str]:
    """Return what is wrong with a form before any address is looked at."""
    problems = {}
    if not entries:
        problems["addresses"] = gettext("Enter at least one e-mail address.")
    elif len(entries) > MOST:
        words = gettext("These are %(number)s addresses; at most %(most)s go at once.")
        problems["addresses"] = words % {"number": len(entries), "most": MOST}
    if len(comment) > LONGEST_COMMENT:
        words = gettext("The comment has %(number)s characters; at most %(most)s are taken.")
        problems["comment"] = words % {"number": len(comment), "most": LONGEST_COMMENT}
    return problems


def _named(found: Recipients) -> dict[str, str]:
    """Return what is wrong with addresses, by the part of the page that names them."""
    problems = {}
    if count := len(found.bad):
        words = ngettext("One of these is no e-mail address.",
                         "%(count)s of these are no e-mail addresses.", count)  # fmt: skip
        problems["bad"] = words % {"count": count}
    if count := len(found.awarded):
        words = ngettext("One of these has the badge already.",
                         "%(count)s of these have the badge already.", count)  # fmt: skip
        problems["awarded"] = words % {"count": count}
    return problems


def _too_many(badge: Badge, good: list[str]) -> dict[str, str]:
    room = recipients.remaining(badge)
    if room is None or len(good) <= room:
        return {}
    words = ngettext("The badge can be awarded once more only, and these are %(number)s addresses.",
                     "The badge can be awarded %(room)s times more, and these are %(number)s "
                     "addresses.", room)  # fmt: skip
    return {"addresses": words % {"room": room, "number": len(good)}}


def _form(
    visit: Visit,
    badge: Badge,
    sent: Sent,
    problems: dict[str, str] | None = None,
    found: Recipients | None = None,
) -> Response:
    """Show the form, with what was entered and what is wrong with it."""
    return badge_list.page(
        visit,
        "issue",
        badge,
        400 if problems else 200,
        sent=sent,
        problems=problems or {},
        found=found or Recipients([], [], []),
        seen=_seen(badge, sent),
        room=recipients.remaining(badge),
        most=MOST,
        most_named=MOST_NAMED,
        longest_comment=LONGEST_COMMENT,
    )
