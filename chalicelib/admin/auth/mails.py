"""The emails to users: with a sign-in link, and invitations."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Any

from chalicelib import branding, config
from chalicelib.domain.shared import email_addresses
from chalicelib.i18n import gettext
from chalicelib.web import templates


def sign_in(email: str, link: str, minutes: int) -> EmailMessage:
    """Return the email with a sign-in link that is valid for this many minutes."""
    subject = gettext("Sign in to %(brand)s") % {"brand": branding.of_deployment().name}
    return _message(email, subject, "sign-in", link=link, minutes=minutes)


def invitation(email: str, author: str, place: str, rights: str, link: str) -> EmailMessage:
    """Return the email that invites a user.

    Parameters
    ----------
    email : str
        The user's address.
    author : str
        The address of the person who invites.
    place : str
        The name of the place.
    rights : str
        What the user may do there, in words.
    link : str
        The address of the sign-in page.
    """
    subject = gettext("Invitation to %(place)s") % {"place": place}
    return _message(
        email, subject, "invitation",
        email=email, author=author, place=place, rights=rights, link=link,
    )  # fmt: skip


def _message(to: str, subject: str, template: str, /, **context: Any) -> EmailMessage:
    brand = branding.of_deployment()
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((brand.name, config.settings().text("MAIL_FROM")))
    message["To"] = to
    if email_addresses.is_address(brand.email):
        message["Reply-To"] = brand.email
    message["Subject"] = " ".join(subject.split())
    message.set_content(templates.render(f"mail/{template}.txt", brand, **context))
    message.add_alternative(
        templates.render(f"mail/{template}.html", brand, **context), subtype="html"
    )
    return message
