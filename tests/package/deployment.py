"""BadgeKit deployed from its package: functions, a Parameter Store, queues, a bucket and a database.

AWS is moto's server, in this process or in another.
"""

from __future__ import annotations

import base64
import email
import email.policy
import json
from collections.abc import Container, Mapping
from contextlib import closing
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.data import connection
from chalicelib.queues import OUTBOX
from tests.package.runtime import REGION, Function

EVENTS = Path(__file__).with_name("events")
FOLDER = "/badgekit/test"
BUCKET = "badgekit-test-images"
# Each queue's setting, and the handler that consumes it.
QUEUES = {queue.setting: f"app.{queue.consumer}" for queue in OUTBOX}
BINARY = {"multipart/form-data"}  # what `app.py` has API Gateway hand over in base64
ROUNDS = 20


def recorded(name: str) -> dict[str, Any]:
    """Return an event from AWS's documentation."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


def sqs_event(*bodies: str) -> dict[str, Any]:
    """Return the SQS event with some messages, whose IDs are 0, 1 and so on."""
    return {
        "Records": [
            {**recorded("sqs"), "messageId": str(number), "body": body}
            for number, body in enumerate(bodies)
        ]
    }


class Deployment:
    """A deployed stage.

    Parameters
    ----------
    task, runtime : Path
        Folders of the unpacked package and of Lambda's runtime.
    aws : str
        URL of the AWS server.
    settings : Mapping[str, str]
        All settings except those that name AWS resources.
    nearby : Container[str], optional
        Settings in the functions' environment; all others are in the Parameter Store.
    """

    def __init__(
        self,
        task: Path,
        runtime: Path,
        aws: str,
        settings: Mapping[str, str],
        nearby: Container[str] = (),
    ) -> None:
        self.settings = settings
        self.functions: dict[str, Function] = {}
        self.more: dict[str, dict[str, str]] = {}  # additional environment variables by handler
        self._places = task, runtime
        self._environ = {"PARAMETER_PATH": FOLDER, "AWS_ENDPOINT_URL": aws}
        self.client = cache(self._client)
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.client("sesv2").create_email_identity(EmailIdentity=settings["MAIL_FROM"])
        self.queues = {
            name: self.client("sqs").create_queue(QueueName=f"badgekit-test-{number}")["QueueUrl"]
            for number, name in enumerate(QUEUES)
        }
        for name, value in {**settings, **self.queues, "IMAGE_BUCKET": BUCKET}.items():
            if name in nearby:
                self._environ[name] = value
            elif value:  # parameters must not be empty
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
        """Return a function, which stays warm after its first invocation, and has its own role."""
        if handler not in self.functions:
            role = {"AWS_ACCESS_KEY_ID": handler.rpartition(".")[2]}
            environ = self._environ | role | self.more.get(handler, {})
            self.functions[handler] = Function(*self._places, handler, environ)
        return self.functions[handler]

    def beside(self, task: Path, handler: str) -> Function:
        """Return a function of another package, with the path of ours in `PACKAGE`."""
        package, runtime = self._places
        return Function(task, runtime, handler, {**self._environ, "PACKAGE": str(package)})

    def cool(self, handler: str) -> None:
        """End a function's process, so that the next invocation is a cold start."""
        if function := self.functions.pop(handler, None):
            function.close()

    def front(self, event: dict[str, Any], context: Any = None) -> Any:
        """Send a request through API Gateway, with the fields that `tests.client` leaves out."""
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
        """Receive up to ten messages from a queue, named by its setting."""
        sqs, url = self.client("sqs"), self.queues[queue]
        messages: list[dict[str, Any]] = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10
        ).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def settle(self) -> None:
        """Deliver messages until all queues are empty."""
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
        """Return the sent mails, oldest first."""
        from moto.ses.models import ses_backends

        return [
            email.message_from_bytes(mail.raw_data.encode(), policy=email.policy.default)
            for account in ses_backends.values()
            for backend in account.values()
            for mail in backend.sent_messages
        ]

    def objects(self, prefix: str) -> list[str]:
        """Return the keys in the bucket with a prefix."""
        listing = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in listing.get("Contents", [])]

    def content(self, key: str) -> bytes:
        """Return the content of an object."""
        answer = self.client("s3").get_object(Bucket=BUCKET, Key=key)
        with closing(answer["Body"]) as body:
            content: bytes = body.read()
        return content

    def use_database(self) -> None:
        """Connect this process to the database, for the source tree's own modules."""
        connection.use(connection.open_sqlite(self.settings["DATABASE_DATABASE"]))

    def close(self) -> None:
        """End all processes."""
        for function in self.functions.values():
            function.close()
