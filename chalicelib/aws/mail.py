"""SES: sends mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.aws.session import client

if TYPE_CHECKING:  # slow to import
    from email.message import EmailMessage


JOB_TAG = "job"


class UncertainError(Exception):
    """The connection broke after the mail was handed over: SES may have taken it."""


def send(
    message: EmailMessage, *, job: int | None = None, configuration: str | None = None
) -> None:
    """Send one mail to the address in its ``To``.

    Parameters
    ----------
    message : EmailMessage
        The mail.
    job : int, optional
        What SES's events about the mail shall name.
    configuration : str, optional
        SES's configuration set, which says where its events go.

    Raises
    ------
    UncertainError
        If nobody can know whether it was sent. After any other error it was not.
    """
    ses = client("sesv2")
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        NoCredentialsError,
        ParamValidationError,
        ProxyConnectionError,
    )

    never_sent = (
        ConnectTimeoutError,
        EndpointConnectionError,
        NoCredentialsError,
        ParamValidationError,
        ProxyConnectionError,
    )

    # SES wants everything else encoded.
    seven_bits = message.policy.clone(cte_type="7bit", linesep="\r\n")
    told: dict[str, Any] = {}
    if configuration and job is not None:
        told["ConfigurationSetName"] = configuration
        told["EmailTags"] = [{"Name": JOB_TAG, "Value": str(job)}]
    try:
        ses.send_email(
            FromEmailAddress=str(message["From"]),
            Destination={"ToAddresses": [str(message["To"])]},
            Content={"Raw": {"Data": message.as_bytes(policy=seven_bits)}},
            **told,
        )
    except never_sent:
        raise
    except ClientError as problem:
        if problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
            raise UncertainError from problem
        raise
    except Exception as problem:  # the connection broke, or the answer cannot be read
        raise UncertainError from problem
