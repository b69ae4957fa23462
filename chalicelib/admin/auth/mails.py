"""The sign-in email."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from chalicelib import config
from chalicelib.i18n import gettext
from chalicelib.web import templates


def sign_in(email: str, link: str, minutes: int) -> EmailMessage:
    """Return the email with a sign-in link that is valid for this many minutes."""
    brand = templates.brand()
    context = {"link": link, "minutes": minutes}
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((brand, config.settings().text("MAIL_FROM")))
    message["To"] = email
    message["Subject"] = gettext("Sign in to %(brand)s") % {"brand": brand}
    message.set_content(templates.render("mail/sign-in.txt", **context))
    message.add_alternative(templates.render("mail/sign-in.html", **context), subtype="html")
    return message
