"""Issue a badge by e-mail: the form, what it would do, and the progress for each address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Badge
from chalicelib.domain.awards import bulk_issue, recipients
from chalicelib.domain.awards.bulk_issue import Step
from chalicelib.domain.awards.recipients import LONGEST_TEXT, MOST, Problem, Recipients
from chalicelib.domain.events import mail_policy
from chalicelib.domain.shared.pagination import Page, PageSize
from chalicelib.i18n import gettext, ngettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.registry import registry
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


PROBLEMS = {
    Problem.NO_AT: _("no @ sign"),
    Problem.SEVERAL_ATS: _("more than one @ sign"),
    Problem.NOTHING_BEFORE: _("nothing before the @ sign"),
    Problem.NO_DOMAIN: _("no domain after the @ sign, such as example.org"),
    Problem.LONG: _("too long"),
    Problem.SIGNS: _("not written like an email address"),
}


@dataclass(frozen=True)
class Sent:
    """The contents of the form.

    Parameters
    ----------
    text, note, narrative : str
        The list of addresses, the note to the earners, and the narrative, as they were typed.
    token : str
        The random token that the form was created with.
    """

    text: str
    note: str
    narrative: str
    token: str

    def digest(self, badge: Badge, emails: Sequence[str]) -> str:
        """Return the id of the batch that issues a badge to these addresses with these texts."""
        return bulk_issue.batch_id(badge, self.token, emails, self.note, self.narrative)


def ask(visit: Visit, badge: Badge) -> Response:
    """Show the form; the checklist's link fills the user's own address in."""
    own = visit.person.email if request().argument("to") == "me" else ""
    return _form(visit, badge, Sent(own, "", "", secrets.token_hex(8)))


def issue(visit: Visit, badge: Badge) -> Response:
    """Show whom the badge would be issued to and, once that is confirmed, issue it."""
    form = visit.form
    token = form.text("token")[:64] or secrets.token_hex(8)
    sent = Sent(form.text("addresses"), form.text("note"), form.text("narrative"), token)
    entries = recipients.parse(sent.text)
    batch = sent.digest(badge, entries.once)
    if bulk_issue.exists(batch):
        return _to_progress(badge, batch)
    if form.flag("change"):
        return _form(visit, badge, sent)
    if problems := _problems(entries.once, sent):
        return _form(visit, badge, sent, problems)
    found = recipients.classify(badge, entries.once)
    if problems := _too_many(badge, found.eligible) or ({} if found.eligible else _refused(found)):
        return _form(visit, badge, sent, problems, found)
    if form.text("confirmed") != sent.digest(badge, found.eligible):
        return _confirmation(visit, badge, sent, found, entries.repeated)
    bulk_issue.issue(
        badge, batch, found.eligible, visit.person.email,
        note=sent.note or None, narrative=sent.narrative or None,
    )  # fmt: skip
    return _to_progress(badge, batch)


def _confirmation(
    visit: Visit, badge: Badge, sent: Sent, found: Recipients, repeated: list[str]
) -> Response:
    """Show whom a badge would be issued to.

    The form carries everything again, with a digest of what was shown: nothing is stored before it
    is confirmed, and only that is issued.
    """
    has_changed = bool(visit.form.text("confirmed"))
    return badge_list.page(
        visit,
        "issue-confirm",
        badge,
        409 if has_changed else 200,
        has_changed=has_changed,
        sent=sent,
        found=found,
        repeated=repeated,
        shown=sent.digest(badge, found.eligible),
        **_about_mails(badge),
        **_about_lists(),
    )


def _about_mails(badge: Badge) -> dict[str, Any]:
    return {
        "mailed": mail_policy.allows(badge.system, issued=True),
        "elsewhere": not registry().codes.are_local,
    }


def _about_lists() -> dict[str, Any]:
    why = {problem: gettext(text) for problem, text in PROBLEMS.items()}
    return {"why": why, "most_named": MOST_NAMED}


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
        mailed=mail_policy.allows(badge.system, issued=True),
        first=page.offset,
        **badge_list.paged(path, found.total, page),
    )  # fmt: skip


def _to_progress(badge: Badge, batch: str) -> Response:
    return responses.to(badge_list.path(badge, f"/issue/{batch}"))


def _problems(entries: list[str], sent: Sent) -> dict[str, str]:
    """Return the errors of a form that do not depend on single addresses."""
    problems = {}
    if not entries:
        problems["addresses"] = gettext("Enter at least one email address.")
    elif len(entries) > MOST:
        words = gettext("You entered %(number)s addresses. Issue to at most %(most)s at a time.")
        problems["addresses"] = words % {"number": len(entries), "most": MOST}
    for name, text in (("note", sent.note), ("narrative", sent.narrative)):
        if len(text) > LONGEST_TEXT:
            words = gettext("This text has %(number)s characters. Shorten it to %(most)s.")
            problems[name] = words % {"number": len(text), "most": LONGEST_TEXT}
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
        room=badge.awards_left,
        most=MOST,
        longest=LONGEST_TEXT,
        **_about_mails(badge),
        **_about_lists(),
    )
