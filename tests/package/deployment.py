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
    settings : Mapping[str, str]
        All settings but those that name what is in AWS.
    nearby : Container[str], optional
        Which settings stand in the functions' environment; all others are in the Parameter Store.
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
        self.more: dict[str, dict[str, str]] = {}  # environment variables of some handlers
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
            elif value:  # which a parameter must have
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
        """Return a function, which stays warm once it was invoked, and has a role of its own."""
        if handler not in self.functions:
            role = {"AWS_ACCESS_KEY_ID": handler.rpartition(".")[2]}
            environ = self._environ | role | self.more.get(handler, {})
            self.functions[handler] = Function(*self._places, handler, environ)
        return self.functions[handler]

    def beside(self, task: Path, handler: str) -> Function:
        """Return a function of another package, which finds ours in `PACKAGE`."""
        package, runtime = self._places
        return Function(task, runtime, handler, {**self._environ, "PACKAGE": str(package)})

    def cool(self, handler: str) -> None:
        """Take a function's process away, so that the next invocation is a cold one."""
        if function := self.functions.pop(handler, None):
            function.close()

    def front(self, event: dict[str, Any], context: Any = None) -> Any:
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
        connection.use(connection.open_sqlite(self.settings["DATABASE_DATABASE"]))

    def close(self) -> None:
        """Take all processes away."""
        for function in self.functions.values():
            function.close()
