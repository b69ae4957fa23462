"""The emails to users: with a sign-in link, and invitations."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from chalicelib import branding
from chalicelib.branding import Brand
from chalicelib.domain.shared import email_addresses
from chalicelib.i18n import gettext
from chalicelib.web import emails


def sign_in(email: str, link: str, minutes: int) -> EmailMessage:
    """Return the email with a sign-in link that is valid for this many minutes."""
    brand = branding.of_deployment()
    subject = gettext("Sign in to %(brand)s") % {"brand": brand.name}
    return _message(brand, email, subject, "sign-in", link=link, minutes=minutes)


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
        branding.of_deployment(), email, subject, "invitation",
        email=email, author=author, place=place, rights=rights, link=link,
    )  # fmt: skip


def _message(brand: Brand, to: str, subject: str, template: str, /, **context: Any) -> EmailMessage:
    reply_to = brand.email if email_addresses.is_address(brand.email) else None
    return emails.make(template, brand, to, subject, reply_to=reply_to, **context)
