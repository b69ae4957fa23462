"""A stack that is deployed, and what a site, an earner or an operator sees of it."""

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
PATIENCE_SECONDS = 60


class Stack:
    """One stage in one account.

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
        """Put settings where functions read them: into the Parameter Store."""
        for name, value in settings.items():
            if not value:  # which a parameter cannot be
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
        """Deploy as `make deploy` does, and return what that said."""
        status, said = self.run("--package", str(self._package), *words)
        assert status == 0, f"{said}\n{self._aws.last_words()}"
        return said

    def run(self, *words: str) -> tuple[int, str]:
        """Run the command behind `make deploy` and `make destroy`; return how it ended and what it said."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
            for name, value in self.environ.items():
                patch.setenv(name, value)
            with contextlib.redirect_stderr(said):
                status = deploy.main(["--stage", STAGE, *words], seconds=0.2)
        return status, said.getvalue()

    def resource(self, name: str) -> str:
        """Return the physical id of a resource of the template."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=f"badgekit-{STAGE}", LogicalResourceId=name
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def url(self) -> str:
        """Where API Gateway is; ministack's own address of a stage, without a host name."""
        return f"{self._aws.url}/restapis/{self.resource('RestAPI')}/{STAGE}/_user_request_"

    def api(self, method: str, path: str, data: Any = None) -> dict[str, Any]:
        """Send a signed request, as the README's walkthrough does."""
        secret = self.setting("OPENBADGER_SECRET")
        return walkthrough.call(self.url, secret, method, path, data)

    def webhook(self, data: Any) -> dict[str, Any]:
        """Send a webhook, signed as badgekit-api does, and return the answer."""
        body = json.dumps(data).encode()
        token = tokens.sign({"body": tokens.body_claim(body)}, self.setting("WEBHOOK_SECRET"))
        request = urllib.request.Request(
            f"{self.url}/webhooks/badgekit",
            body,
            {"Authorization": tokens.header(token), "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            content: dict[str, Any] = json.load(answer)
        return content

    def invoke(self, suffix: str, event: Any) -> Any:
        """Call a function by its name, and return what it returned."""
        answer = self.client("lambda").invoke(
            FunctionName=f"badgekit-{STAGE}-{suffix}", Payload=json.dumps(event).encode()
        )
        with closing(answer["Payload"]) as payload:
            content = json.load(payload)
        assert "FunctionError" not in answer, content
        return content

    def make_function(self, suffix: str, handler: str, **environ: str) -> None:
        """Make a function that the stack does not have, from the package and with a role of its."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=f"badgekit-{STAGE}")[
            "Stacks"
        ]
        said = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
        other = self.client("lambda").get_function_configuration(
            FunctionName=self.resource("Deliver")
        )
        self.client("lambda").create_function(
            FunctionName=f"badgekit-{STAGE}-{suffix}",
            Code={"S3Bucket": said["CodeBucket"], "S3Key": said["CodeKey"]},
            Runtime=other["Runtime"],
            Role=other["Role"],
            Handler=handler,
            Environment={"Variables": environ},
            Timeout=15,
        )

    def waiting(self) -> dict[str, int]:
        """Return how many messages are in each queue, hidden ones and dead letters included."""
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
        """Return the mails that SES took, the oldest first."""
        told = self._aws.seen("/_ministack/ses/messages")["messages"]
        return [mail for account in told.values() for mail in account]

    def objects(self, prefix: str) -> dict[str, tuple[str, bytes]]:
        """Return the media types and contents of the bucket's objects whose keys begin so."""
        s3, bucket, found = self.client("s3"), self.resource("Bucket"), {}
        for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
            answer = s3.get_object(Bucket=bucket, Key=entry["Key"])
            with closing(answer["Body"]) as body:
                found[entry["Key"]] = (answer["ContentType"], body.read())
        return found

    def settle(self) -> None:
        """Wait until no message is in any queue, nor with a function."""
        self.until(lambda: not any(self.waiting().values()), "empty queues")

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until something happened; fail when it takes too long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert time.monotonic() < end, f"{what}: never; {self._aws.last_words()}"
            time.sleep(POLL_SECONDS)
