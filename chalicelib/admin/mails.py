"""The mails of the admin UI."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from chalicelib import config, pages
from chalicelib.language import gettext


def sign_in(email: str, link: str, minutes: int) -> EmailMessage:
    """Return the mail with a sign-in link that works for so many minutes."""
    brand = pages.brand()
    words = {"link": link, "minutes": minutes}
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((brand, config.settings().text("MAIL_FROM")))
    message["To"] = email
    message["Subject"] = gettext("Sign in to %(brand)s") % {"brand": brand}
    message.set_content(pages.render("admin/mail-signin.txt", **words))
    message.add_alternative(pages.render("admin/mail-signin.html", **words), subtype="html")
    return message
