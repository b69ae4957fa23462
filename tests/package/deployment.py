"""BadgeKit deployed from its package: functions, a Parameter Store, queues, a bucket and a database.

AWS is moto's server in this process, and the database a SQLite file.
"""

from __future__ import annotations

import base64
import email
import email.policy
import json
from contextlib import closing
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.data import connection
from tests.conftest import SETTINGS
from tests.package.runtime import REGION, Function

EVENTS = Path(__file__).with_name("events")
FOLDER = "/badgekit/test"
BUCKET = "badgekit-test-images"
# Each queue's setting, and the handler that consumes it.
QUEUES = {
    "ISSUING_QUEUE_URL": "app.issue",
    "AWARD_QUEUE_URL": "app.award",
    "MAIL_QUEUE_URL": "app.mail",
    "WEBHOOK_QUEUE_URL": "app.deliver",
}
BINARY = {"multipart/form-data"}  # what `app.py` has API Gateway hand over in base64
ROUNDS = 20


def recorded(name: str) -> dict[str, Any]:
    """Return an event as AWS documents it."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


def sqs_event(*bodies: str) -> dict[str, Any]:
    """Return the event that brings these messages; their ids are 0, 1 and so on."""
    return {
        "Records": [
            {**recorded("sqs"), "messageId": str(number), "body": body}
            for number, body in enumerate(bodies)
        ]
    }


class Deployment:
    """A stage of its own.

    Parameters
    ----------
    task, runtime : Path
        The unpacked package, and what Lambda's runtime brings.
    aws : str
        Where AWS is.
    database : Path
        The database's file, which need not be there yet.
    """

    def __init__(self, task: Path, runtime: Path, aws: str, database: Path) -> None:
        self.database = database
        self.functions: dict[str, Function] = {}
        self.more: dict[str, dict[str, str]] = {}  # environment variables of some handlers
        self._places = task, runtime
        self._environ = {"PARAMETER_PATH": FOLDER, "AWS_ENDPOINT_URL": aws}
        self.client = cache(self._client)
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.client("sesv2").create_email_identity(EmailIdentity=SETTINGS["MAIL_FROM"])
        self.queues = {
            name: self.client("sqs").create_queue(QueueName=f"badgekit-test-{number}")["QueueUrl"]
            for number, name in enumerate(QUEUES)
        }
        parameters = {
            **SETTINGS,
            **self.queues,
            "IMAGE_BUCKET": BUCKET,
            "DATABASE_DRIVER": "sqlite",
            "DATABASE_DATABASE": str(database),
        }
        for name, value in parameters.items():
            self.client("ssm").put_parameter(
                Name=f"{FOLDER}/{name}", Value=value, Type="SecureString"
            )

    def _client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self._environ["AWS_ENDPOINT_URL"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def function(self, handler: str) -> Function:
        """Return a function, which stays warm once it was invoked."""
        if handler not in self.functions:
            environ = self._environ | self.more.get(handler, {})
            self.functions[handler] = Function(*self._places, handler, environ)
        return self.functions[handler]

    def front(self, event: dict[str, Any], context: Any) -> Any:
        """Send a request through API Gateway: what `tests.client` makes of it, and all the rest."""
        whole = recorded("api")
        headers = whole["headers"] | event["headers"]
        more = {
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "pathParameters": {"proxy": event["path"].lstrip("/")},
            "requestContext": {
                **whole["requestContext"],
                **event["requestContext"],
                "path": f"/prod{event['path']}",
            },
        }
        kind = headers.get("Content-Type", "").partition(";")[0]
        if kind in BINARY and not event["isBase64Encoded"]:
            body = base64.b64encode((event["body"] or "").encode()).decode()
            more |= {"body": body, "isBase64Encoded": True}
        return self.function("app.app")(whole | event | more)

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Take up to ten messages off a queue, named by its setting."""
        sqs, url = self.client("sqs"), self.queues[queue]
        messages: list[dict[str, Any]] = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10
        ).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def settle(self) -> None:
        """Deliver messages until there are none."""
        for _ in range(ROUNDS):
            delivered = False
            for queue, handler in QUEUES.items():
                if bodies := [message["Body"] for message in self.take(queue)]:
                    delivered = True
                    answer = self.function(handler)(sqs_event(*bodies))
                    assert answer == {"batchItemFailures": []}, self.function(handler).log
            if not delivered:
                return
        raise AssertionError("messages never end")

    def mails(self) -> list[EmailMessage]:
        """Return the mails that were sent, the oldest first."""
        from moto.ses.models import ses_backends

        return [
            email.message_from_bytes(mail.raw_data.encode(), policy=email.policy.default)
            for account in ses_backends.values()
            for backend in account.values()
            for mail in backend.sent_messages
        ]

    def objects(self, prefix: str) -> list[str]:
        """Return the keys in the bucket that begin so."""
        listing = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listing.get("Contents", [])]

    def content(self, key: str) -> bytes:
        """Return an object of the bucket."""
        answer = self.client("s3").get_object(Bucket=BUCKET, Key=key)
        with closing(answer["Body"]) as body:
            content: bytes = body.read()
        return content

    def use_database(self) -> None:
        """Let this process look into the database, by the domain of the source tree."""
        connection.use(connection.open_sqlite(str(self.database)))

    def close(self) -> None:
        """Take all processes away."""
        for function in self.functions.values():
            function.close()
