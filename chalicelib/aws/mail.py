"""SES: sends emails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.aws.session import client

if TYPE_CHECKING:  # slow to import
    from email.message import EmailMessage


JOB_TAG = "job"


class UncertainError(Exception):
    """The request failed after it was sent: SES may have accepted the email."""


def kind_of(problem: Exception) -> str:
    """Return the type of an error and SES's code, for the log: its message contains the address."""
    code = getattr(problem, "response", {}).get("Error", {}).get("Code", "")
    return f"{type(problem).__name__} {code}".rstrip()


def send(
    message: EmailMessage, *, job: int | None = None, configuration: str | None = None
) -> None:
    """Send an email to the address in its ``To`` header.

    Parameters
    ----------
    message : EmailMessage
        The email.
    job : int, optional
        Id of the job, which SES's events about the email repeat as the tag ``job``.
    configuration : str, optional
        SES's configuration set, which routes those events.

    Raises
    ------
    UncertainError
        If the email may have been sent. After any other error it was not.
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

    # SES requires raw messages in seven bits.
    seven_bits = message.policy.clone(cte_type="7bit", linesep="\r\n")
    options: dict[str, Any] = {}
    if configuration and job is not None:
        options["ConfigurationSetName"] = configuration
        options["EmailTags"] = [{"Name": JOB_TAG, "Value": str(job)}]
    try:
        ses.send_email(
            FromEmailAddress=str(message["From"]),
            Destination={"ToAddresses": [str(message["To"])]},
            Content={"Raw": {"Data": message.as_bytes(policy=seven_bits)}},
            **options,
        )
    except never_sent:
        raise
    except ClientError as problem:
        if problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
            raise UncertainError from problem
        raise
    except Exception as problem:  # the connection broke, or the response cannot be parsed
        raise UncertainError from problem
