"""What pages say after something was done; links name a notice, and so cannot make one up."""

from __future__ import annotations

from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

NOTICES = {
    "application-assigned": _(
        "It is yours to review now, for 20 minutes. Nobody else can review it meanwhile."
    ),
    "application-awarded": _("The badge is awarded. The learner gets a mail."),
    "application-dealt-with": _("It was dealt with before; nothing was done twice."),
    "application-elsewhere": _(
        "Somebody else was faster: see below who reviews it, or what became of it."
    ),
    "application-put-back": _("You put the application back. Others can review it now."),
    "archived": _("The badge is archived: it cannot be issued any more. Who has it keeps it."),
    "code-claimed": _("Somebody claimed this code; it stays."),
    "code-deleted": _("The code is gone."),
    "codes-made": _("The codes are made; the newest come first."),
    "consumer-deleted": _("The key is gone: whoever used it can no longer call the API."),
    "copied": _("This draft is a copy. The badge itself stays as it is."),
    "deleted": _("It is deleted."),
    "drafted": _("A new draft. Save at any time: nothing has to be complete yet."),
    "imported": _("The template was imported. Look through it before you use it."),
    "imported-without-badges": _(
        "The template was imported, but not which badges count towards its milestone: choose yours."
    ),
    "imported-without-both": _(
        "The template was imported, but neither its picture, which could not be had, nor which "
        "badges count towards its milestone."
    ),
    "imported-without-picture": _(
        "The template was imported, but its picture could not be had: give it one."
    ),
    "mail-queued": _("The mail is on its way again."),
    "mail-revoked": _("The award is revoked: its badge is not mailed any more."),
    "mail-too-soon": _(
        "The mail was sent less than a minute ago. Wait a little before you send it again."
    ),
    "mail-under-way": _("The mail is on its way already."),
    "no-system": _("There is no system yet. Create one: everything else lives in it."),
    "not-failed": _("There was nothing to retry: it is no longer failed."),
    "not-revoked": _("The award was revoked before."),
    "not-sent-again": _("Nothing was sent again: it is on its way already, or gone."),
    "nothing-redriven": _("There was nothing to redrive."),
    "place": _("This is where you work now."),
    "place-created": _("It is created. This is its profile."),
    "published": _("It is published."),
    "redriven": _("The messages are back in their queues. Workers look at them now."),
    "redriven-some": _("Many messages are back in their queues, and there are more: do it again."),
    "restored": _("The badge is back: it can be issued again."),
    "retried": _("It is in the queue again."),
    "review-approved": _(
        "Approved. The badge is awarded automatically, and the learner gets a mail."
    ),
    "review-not-approved": _("Not approved. The learner gets your feedback by mail."),
    "review-to-award": _("Approved. Somebody with the right to publish can award the badge now."),
    "revoked": _("The award is revoked, and the earner will be told by mail."),
    "saved": _("It is saved."),
    "sent-again": _("It will be sent again right away."),
    "template-saved": _("This template was saved; the draft is still there, too."),
    "template-stays": _("A template is not published itself: use it for a draft."),
    "template-used": _("A draft with everything that the template says. Make it your own."),
    "user-added": _("The user may do so now."),
    "user-changed": _("The permissions are changed, and count from now on."),
    "user-removed": _("The user has no permission here any more."),
    "webhook-deleted": _("The webhook is gone: nothing is sent there any more."),
    "webhook-set": _("The webhook is set."),
}


def text(name: str | None) -> str | None:
    """Return what a notice says, or None when there is none of that name."""
    found = NOTICES.get(name or "")
    return found and gettext(found)
