"""SES: sending mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.aws.session import client

if TYPE_CHECKING:  # slow to import
    from email.message import EmailMessage


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

    # SES wants everything else encoded.
    seven_bits = message.policy.clone(cte_type="7bit", linesep="\r\n")
    try:
        ses.send_email(
            FromEmailAddress=str(message["From"]),
            Destination={"ToAddresses": [str(message["To"])]},
            Content={"Raw": {"Data": message.as_bytes(policy=seven_bits)}},
        )
    except (ConnectionClosedError, ReadTimeoutError) as problem:
        raise UncertainError from problem
