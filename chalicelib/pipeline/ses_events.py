"""SES events: confirm mails that were sent, and fail those that bounced or were rejected.

Source: Amazon SES, "Examples of event data"; EventBridge puts the same into ``detail``. The tag
``job`` is set on each mail by `chalicelib.aws.mail`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.mail import JOB_TAG
from chalicelib.domain.jobs import outbox

log = logging.getLogger("badgekit")

# What SES sends once, as plain text, when its events are first published to a topic.
TEST = "Successfully validated SNS topic"


def process(event: Mapping[str, Any]) -> dict[str, Any]:
    """Process one batch of SES events from their queue.

    Parameters
    ----------
    event : Mapping[str, Any]
        Lambda's SQS event.

    Returns
    -------
    dict[str, Any]
        ``batchItemFailures``: the messages that SQS should deliver again.
    """
    failed: list[str] = []
    for record in event["Records"]:
        if record["body"].startswith(TEST):
            log.info("SES events arrive from now on")
            continue
        try:
            _process_one(record["body"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            log.exception("message %s is not an SES event", record["messageId"])
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _process_one(body: str) -> None:
    content = json.loads(body)
    detail = content.get("detail", content)
    kind, tags = detail["eventType"], detail["mail"]["tags"]
    if JOB_TAG not in tags:
        return  # another kind of mail, such as a sign-in link
    job_id = int(tags[JOB_TAG][0])
    if kind == "Send":
        outbox.confirm(job_id, "mailed")
    elif kind == "Bounce" and detail["bounce"]["bounceType"] == "Permanent":
        outbox.mark_failed_late(
            job_id, "The email bounced: the address does not exist or does not accept email"
        )
    elif kind == "Reject":
        outbox.mark_failed_late(job_id, "SES refused to send the email")
