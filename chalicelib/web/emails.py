"""Emails: made from templates, as text and as HTML."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Any

from chalicelib import config, texts
from chalicelib.branding import Brand
from chalicelib.web import templates


def make(
    template: str, brand: Brand, to: str, subject: str, /, *, reply_to: str | None, **context: Any
) -> EmailMessage:
    """Return an email.

    Parameters
    ----------
    template : str
        The name of its templates in `templates/mail`, without the ending.
    brand : Brand
        Whose email it is.
    to : str
        The recipient's address.
    subject : str
        The subject; names in it may be of rows that were stored before names were checked.
    reply_to : str or None
        The address that replies go to; None for the sender's.
    **context : Any
        What the templates show.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((brand.name, config.settings().text("MAIL_FROM")))
    message["To"] = to
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = texts.one_line(subject)
    message.set_content(templates.render(f"mail/{template}.txt", brand, **context))
    message.add_alternative(
        templates.render(f"mail/{template}.html", brand, **context), subtype="html"
    )
    return message
