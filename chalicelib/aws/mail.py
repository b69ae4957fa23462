"""SES: sending mails."""

from __future__ import annotations

from email.message import EmailMessage

from chalicelib.aws.session import client


def send(message: EmailMessage) -> None:
    """Send one mail to the address in its ``To``."""
    client("sesv2").send_email(
        FromEmailAddress=str(message["From"]),
        Destination={"ToAddresses": [str(message["To"])]},
        Content={"Raw": {"Data": message.as_bytes()}},
    )
