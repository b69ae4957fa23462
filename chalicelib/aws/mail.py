"""SES: sending mails."""

from __future__ import annotations

from email.message import EmailMessage

from chalicelib.aws.session import client


class UncertainError(Exception):
    """The connection broke after the mail was handed over: SES may have taken it."""


def send(message: EmailMessage) -> None:
    """Send one mail to the address in its ``To``.

    Raises
    ------
    UncertainError
        If nobody can know whether it was sent. After any other error it was not.
    """
    ses = client("sesv2")
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

    try:
        ses.send_email(
            FromEmailAddress=str(message["From"]),
            Destination={"ToAddresses": [str(message["To"])]},
            Content={"Raw": {"Data": message.as_bytes()}},
        )
    except (ConnectionClosedError, ReadTimeoutError) as problem:
        raise UncertainError from problem
