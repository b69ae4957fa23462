"""Flash messages: what a page says after an action.

A link holds a notice's key, never its text, so that no link can make up a message. A notice may
contain a name. The page that shows it supplies the name from its own data; a page without one does
not show the notice.
"""

from __future__ import annotations

from chalicelib.i18n import gettext, ngettext
from chalicelib.i18n import gettext_noop as _

CODES_MADE = "codes-made"
NOTICES = {
    "application-assigned": _("Assigned to you for 20 minutes"),
    "application-awarded": _("Badge awarded. The learner will get an email."),
    "application-awarded-unmailed": _("Badge awarded"),
    "application-dealt-with": _("This application was already handled, so nothing changed."),
    "application-elsewhere": _("Someone else handled this first. See the current status below."),
    "application-put-back": _("Application released. Others can review it now."),
    "copying-image": _("Copying the image of %(name)s. Reload this page in a minute."),
    "archived": _("%(name)s archived. It can’t be issued, but its earners keep it."),
    "code-claimed": _("This code has been claimed, so it can’t be deleted"),
    "code-deleted": _("Code deleted"),
    "consumer-deleted": _("API key deleted"),
    "copied": _("Copied to a new draft. The published badge stays as it is."),
    "draft-deleted": _("Draft deleted"),
    "drafted": _("Draft created. Save at any time; it doesn’t have to be complete."),
    "first-drafted": _("Your first badge is drafted. Change what you like, then publish it."),
    "imported": _("Template imported. Check it before you use it."),
    "imported-without-badges": _(
        "Template imported without its support badges. Choose your own under Milestone."
    ),
    "imported-without-both": _(
        "Template imported without its image and its support badges. "
        "Add them under Visual and Milestone."
    ),
    "imported-without-picture": _("Template imported without its image. Add one under Visual."),
    "issuer-deleted": _("Issuer deleted"),
    "mail-expired": _("This award has expired, so its email can’t be sent again"),
    "mail-off": _("This email is turned off in the system’s settings"),
    "mail-queued": _("The email will be sent again"),
    "mail-revoked": _("This award is revoked, so its email can’t be sent again"),
    "mail-too-soon": _(
        "This email was sent less than a minute ago. Wait a moment before you resend it."
    ),
    "mail-under-way": _("This email is already being sent"),
    "not-failed": _("Nothing to retry: it no longer counts as failed"),
    "not-revoked": _("This award was already revoked"),
    "not-sent-again": _("Nothing was resent: the delivery is already in progress or was deleted"),
    "nothing-redriven": _("No messages to redrive"),
    "place": _("You’re now working in %(name)s"),
    "place-created": _("%(name)s created"),
    "program-deleted": _("Program deleted"),
    "published": _("%(name)s is published"),
    "reading": _("Reading from the BadgeKit API has started"),
    "reading-already": _("Reading from the BadgeKit API is already under way"),
    "redriven": _("The messages are back in their queues"),
    "redriven-some": _("Many messages are back in their queues. Redrive again for the rest."),
    "restored": _("%(name)s restored. It can be issued again."),
    "retried": _("It will be tried again"),
    "review-approved": _(
        "Approved. The badge is awarded automatically and emailed to the learner."
    ),
    "review-approved-unmailed": _("Approved. The badge is awarded automatically."),
    "review-not-approved": _("Not approved. The learner gets your feedback by email."),
    "review-not-approved-unmailed": _("Not approved. The learner can apply again."),
    "review-to-award": _("Approved. Someone with award permission can award the badge now."),
    "revoked": _("Award revoked. The earner will get an email."),
    "revoked-unmailed": _("Award revoked"),
    "saved": _("Saved"),
    "sent-again": _("The webhook will be sent again"),
    "system-deleted": _("System deleted"),
    "template-deleted": _("Template deleted"),
    "template-saved": _("Saved as a template. The draft is still there, too."),
    "template-stays": _("Templates can’t be published. Use this one to create a draft."),
    "template-used": _("Draft created from the template"),
    "user-added": _("%(name)s added. The invitation was emailed."),
    "user-added-again": _("Permissions of %(name)s saved. An invitation was emailed a moment ago."),
    "user-added-beyond": _(
        "%(name)s added, but not invited: you invited many people within an hour. Send the "
        "invitation below later."
    ),
    "user-added-uninvited": _(
        "%(name)s added, but the invitation couldn’t be emailed. Try again below."
    ),
    "user-beyond": _("You invited many people within an hour. Wait before you invite more."),
    "user-invited": _("Invitation emailed to %(name)s"),
    "user-invited-before": _(
        "%(name)s was invited less than a minute ago. Wait a moment before you resend it."
    ),
    "user-uninvited": _("The invitation to %(name)s couldn’t be emailed. Try again later."),
    "user-changed": _("Permissions of %(name)s saved"),
    "user-removed": _("User removed"),
    "webhook-deleted": _("Webhook deleted"),
    "webhook-set": _("Webhook saved"),
}


def about_mail(notice: str, *, sent: bool) -> str:
    """Return the key of a notice that promises an email, or of its variant that does not."""
    return notice if sent else f"{notice}-unmailed"


def text(notice: str | None, name: str | None = None, number: int = 1) -> str | None:
    """Return what a notice says, or None when there is no such notice.

    Parameters
    ----------
    notice : str or None
        The notice, as the address names it.
    name : str, optional
        What the notice is about. Without it, a notice that contains a name is not shown.
    number : int
        How many codes were created.
    """
    if notice == CODES_MADE:
        return ngettext("One code created", "%(num)s codes created", number) % {"num": number}
    found = NOTICES.get(notice or "")
    if found is None or ("%(name)s" in found and not name):
        return None
    return gettext(found) % {"name": name}
