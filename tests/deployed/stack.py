"""A deployed stack, as seen by a site, an earner and an operator."""

from __future__ import annotations

import contextlib
import io
import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib import tokens
from docs import walkthrough
from infra.aws import deploy
from tests.deployed.ministack import Ministack

STAGE = "prod"
POLL_SECONDS = 0.1
TIMEOUT_SECONDS = 60


class Stack:
    """A stage in an account.

    Parameters
    ----------
    aws : Ministack
        The account.
    package : Path
        The zip file.
    """

    def __init__(self, aws: Ministack, package: Path) -> None:
        self._aws = aws
        self._package = package
        self.client = aws.client
        self.environ = aws.environ()

    def put_settings(self, settings: Mapping[str, str]) -> None:
        """Store settings in the Parameter Store."""
        for name, value in settings.items():
            if not value:  # parameters cannot be empty
                continue
            self.client("ssm").put_parameter(
                Name=f"/badgekit/{STAGE}/{name}", Value=value, Type="SecureString", Overwrite=True
            )

    def setting(self, name: str) -> str:
        """Return a setting of the Parameter Store."""
        answer = self.client("ssm").get_parameter(
            Name=f"/badgekit/{STAGE}/{name}", WithDecryption=True
        )
        return str(answer["Parameter"]["Value"])

    def deploy(self, *words: str) -> str:
        """Deploy as `make deploy` does, and return the output."""
        status, output = self.run("--package", str(self._package), *words)
        assert status == 0, f"{output}\n{self._aws.last_words()}"
        return output

    def run(self, *words: str) -> tuple[int, str]:
        """Run the command behind `make deploy` and `make destroy`; return its status and output."""
        output = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(output):
            for name, value in self.environ.items():
                patch.setenv(name, value)
            with contextlib.redirect_stderr(output):
                status = deploy.main(["--stage", STAGE, *words], seconds=0.2)
        return status, output.getvalue()

    def resource(self, name: str) -> str:
        """Return the physical ID of a resource of the template."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=f"badgekit-{STAGE}", LogicalResourceId=name
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def url(self) -> str:
        """The stage's URL; ministack's own form without a host name."""
        return f"{self._aws.url}/restapis/{self.resource('RestAPI')}/{STAGE}/_user_request_"

    def api(self, method: str, path: str, data: Any = None) -> dict[str, Any]:
        """Send a signed request, as the README's walkthrough does."""
        secret = self.setting("OPENBADGER_SECRET")
        return walkthrough.call(self.url, secret, method, path, data)

    def webhook(self, data: Any) -> dict[str, Any]:
        """Send a webhook, signed like badgekit-api's, and return the response."""
        body = json.dumps(data).encode()
        token = tokens.sign({"body": tokens.body_claim(body)}, self.setting("WEBHOOK_SECRET"))
        request = urllib.request.Request(
            f"{self.url}/webhooks/badgekit",
            body,
            {"Authorization": tokens.header(token), "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            content: dict[str, Any] = json.load(answer)
        return content

    def invoke(self, suffix: str, event: Any) -> Any:
        """Invoke a function by its name, and return its response."""
        answer = self.client("lambda").invoke(
            FunctionName=f"badgekit-{STAGE}-{suffix}", Payload=json.dumps(event).encode()
        )
        with closing(answer["Payload"]) as payload:
            content = json.load(payload)
        assert "FunctionError" not in answer, content
        return content

    def make_function(self, suffix: str, handler: str, **environ: str) -> None:
        """Create a function that the stack lacks, from the package and with an existing role."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=f"badgekit-{STAGE}")[
            "Stacks"
        ]
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
        other = self.client("lambda").get_function_configuration(
            FunctionName=self.resource("Deliver")
        )
        self.client("lambda").create_function(
            FunctionName=f"badgekit-{STAGE}-{suffix}",
            Code={"S3Bucket": parameters["CodeBucket"], "S3Key": parameters["CodeKey"]},
            Runtime=other["Runtime"],
            Role=other["Role"],
            Handler=handler,
            Environment={"Variables": environ},
            Timeout=15,
        )

    def waiting(self) -> dict[str, int]:
        """Return the number of messages in each queue, including hidden ones and dead letters."""
        sqs, counts = self.client("sqs"), {}
        for url in sqs.list_queues().get("QueueUrls", []):
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            counts[url.rpartition("/")[2]] = sum(
                int(found[name])
                for name in (
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                )
            )
        return counts

    def mails(self) -> list[dict[str, Any]]:
        """Return the mails that SES accepted, oldest first."""
        accounts = self._aws.seen("/_ministack/ses/messages")["messages"]
        return [mail for account in accounts.values() for mail in account]

    def objects(self, prefix: str) -> dict[str, tuple[str, bytes]]:
        """Return the media types and contents of the bucket's objects below a prefix."""
        s3, bucket, found = self.client("s3"), self.resource("Bucket"), {}
        for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
            answer = s3.get_object(Bucket=bucket, Key=entry["Key"])
            with closing(answer["Body"]) as body:
                found[entry["Key"]] = (answer["ContentType"], body.read())
        return found

    def settle(self) -> None:
        """Wait until all messages have been processed."""
        self.until(lambda: not any(self.waiting().values()), "empty queues")

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until a condition is true; fail after a timeout."""
        end = time.monotonic() + TIMEOUT_SECONDS
        while not happened():
            assert time.monotonic() < end, f"{what}: never; {self._aws.last_words()}"
            time.sleep(POLL_SECONDS)
