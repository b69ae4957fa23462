"""The sign-in email."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from chalicelib import branding, config
from chalicelib.domain.shared import email_addresses
from chalicelib.i18n import gettext
from chalicelib.web import templates


def sign_in(email: str, link: str, minutes: int) -> EmailMessage:
    """Return the email with a sign-in link that is valid for this many minutes."""
    brand = branding.of_deployment()
    context = {"link": link, "minutes": minutes}
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((brand.name, config.settings().text("MAIL_FROM")))
    message["To"] = email
    if email_addresses.is_address(brand.email):
        message["Reply-To"] = brand.email
    message["Subject"] = gettext("Sign in to %(brand)s") % {"brand": brand.name}
    message.set_content(templates.render("mail/sign-in.txt", brand, **context))
    message.add_alternative(templates.render("mail/sign-in.html", brand, **context), subtype="html")
    return message
