"""The queues and their workers without threads: deliver until nothing is left to deliver."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib import config, wiring
from chalicelib.aws import mail, queues, session, storage
from chalicelib.data import connection
from chalicelib.data.models import Table
from chalicelib.domain.jobs import outbox
from chalicelib.net import messages
from chalicelib.pipeline import relay, ses_events, worker
from chalicelib.queues import BY_SETTING
from tests.conftest import Clock, Cloud

LONG_ENOUGH = timedelta(hours=2)  # longer than any delay, lease or unanswered call
ROUNDS = 200


def sqs_event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return Lambda's event for messages as SQS delivers them."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "eventSource": "aws:sqs",
            }
            for message in messages
        ]
    }


class Pipeline:
    """SQS between the outbox and the worker.

    Parameters
    ----------
    cloud : Cloud
        Holds the queues.
    clock : Clock
        Is moved on when something has to wait.
    """

    def __init__(self, cloud: Cloud, clock: Clock) -> None:
        self.cloud = cloud
        self._clock = clock
        self.work: Callable[[dict[str, Any], Any], dict[str, Any]] = worker.work
        self._confirmations: list[str] = []
        wiring.install(config.settings(), transport=messages.transport)

    def confirm_mails(self, patch: pytest.MonkeyPatch) -> None:
        """Have SES confirm each mail that it took for a configuration set, as it does in AWS."""
        ses = session.client("sesv2")
        send = ses.send_email

        def send_email(**mail: Any) -> Any:
            answer = send(**mail)
            if mail.get("ConfigurationSetName"):
                tags = {tag["Name"]: [tag["Value"]] for tag in mail["EmailTags"]}
                detail = {"eventType": "Send", "mail": {"tags": tags}}
                self._confirmations.append(
                    json.dumps({"detail-type": "Email Sent", "detail": detail})
                )
            return answer

        patch.setattr(ses, "send_email", send_email)

    def deliver_confirmations(self) -> None:
        """Deliver the confirmations of SES."""
        bodies, self._confirmations = self._confirmations, []
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        assert ses_events.process({"Records": records}) == {"batchItemFailures": []}

    def step(self, *, copies: int = 1, of: Sequence[str] = tuple(BY_SETTING)) -> int:
        """Deliver one batch of each queue; return how many messages there were."""
        sqs, taken = session.client("sqs"), 0
        for url in (self.cloud.queues[name] for name in of if self.cloud.has_messages(name)):
            answer = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
            )
            messages = answer.get("Messages", [])
            taken += len(messages)
            failed: set[str] = set()
            for _ in range(copies):
                result = self.work(sqs_event(messages), None)
                failed = {item["itemIdentifier"] for item in result["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in failed or copies > 1:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def settle(self) -> None:
        """Deliver, wait and sweep until every job has ended."""
        for _ in range(ROUNDS):
            if self.step():
                continue
            self.deliver_confirmations()
            if not outbox.waiting():
                return
            self._clock.move(LONG_ENOUGH)
            relay.sweep()
        raise AssertionError(f"{outbox.waiting()} jobs never end")


class KilledError(BaseException):
    """Stands for SIGKILL: nothing of ours may catch it."""


class Killer:
    """Kills the process at the n-th step; a step is an SQL statement, a commit or a call to AWS.

    Parameters
    ----------
    at : int or None
        Number of the fatal step, counted from 0; None only counts.
    """

    def __init__(self, at: int | None = None) -> None:
        self.log: list[str] = []
        self.dead = False
        self._at = at

    def step(self, name: str) -> None:
        """Take a step, perhaps the last one; the dead take no more."""
        self.dead = self.dead or len(self.log) == self._at
        if self.dead:
            raise KilledError(name)
        self.log.append(name)

    def around(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        """Return a verb that can be killed before and after it did its work."""

        def killable(*args: Any, **kwargs: Any) -> Any:
            self.step(f"before {name}")
            result = verb(*args, **kwargs)
            self.step(f"after {name}")
            return result

        return killable

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Make every step of this process one that can be killed."""
        for owner, name in (
            (peewee.Database, "execute_sql"),
            (peewee.Database, "commit"),
            (queues, "send"),
            (storage, "put"),
            (storage, "get"),
            (storage, "delete"),
            (mail, "send"),
        ):
            patch.setattr(owner, name, self.around(name, getattr(owner, name)))


def bury() -> None:
    """Do what the machine does for a dead process: its connection is gone, and rolled back."""
    database = connection.database
    while database.in_transaction():
        database.pop_transaction()
    if not database.is_closed():
        database.close()


def start_over(cloud: Cloud, tables: Sequence[type[Table]]) -> None:
    """Empty these tables, the queues and the mailbox."""
    from moto.ses.models import ses_backends
    from moto.sqs.models import sqs_backends

    with connection.database.atomic():
        for table in tables:
            table.delete().execute()
    for backends in ses_backends.values():
        for backend in backends.values():
            backend.sent_messages.clear()
    for backends in sqs_backends.values():
        for backend in backends.values():
            for name, queue in backend.queues.items():
                queue.last_purged_at = None  # once a minute is all that SQS allows
                backend.purge_queue(name)
