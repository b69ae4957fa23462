"""What SES tells of mails: that it sent one, or that one came back.

Source: Amazon SES, "Examples of event data"; by EventBridge the same stands in ``detail``. The tag
``job`` is the one that `chalicelib.aws.mail` puts on each mail.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.mail import JOB_TAG
from chalicelib.domain.jobs import outbox

log = logging.getLogger("badgekit")

# What SES says once, in words and not in JSON, when its events are first sent to a topic.
TEST = "Successfully validated SNS topic"


def hear(event: Mapping[str, Any]) -> dict[str, Any]:
    """Take one batch of SES's events from their queue.

    Parameters
    ----------
    event : Mapping[str, Any]
        Lambda's SQS event.

    Returns
    -------
    dict[str, Any]
        ``batchItemFailures``: the messages that SQS should deliver again.
    """
    again: list[str] = []
    for record in event["Records"]:
        if record["body"].startswith(TEST):
            log.info("SES tells of mails from now on")
            continue
        try:
            _take(record["body"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            log.exception("message %s is no event of SES", record["messageId"])
            again.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}


def _take(body: str) -> None:
    content = json.loads(body)
    detail = content.get("detail", content)
    kind, tags = detail["eventType"], detail["mail"]["tags"]
    if JOB_TAG not in tags:
        return  # of another kind of mail, such as a sign-in link
    job_id = int(tags[JOB_TAG][0])
    if kind == "Send":
        outbox.confirm(job_id, "mailed")
    elif kind == "Bounce" and detail["bounce"]["bounceType"] == "Permanent":
        outbox.refute(
            job_id, "The email bounced: the address does not exist or does not accept email"
        )
    elif kind == "Reject":
        outbox.refute(job_id, "SES refused to send the email")
