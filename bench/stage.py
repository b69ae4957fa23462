"""A deployment for benchmarks: the package as in the template, and a system that receives webhooks.

AWS is moto's server in another process, the database is a new MariaDB server (or SQLite if MariaDB is
not installed), and Lambda is the runtime of `tests/package`.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import cloud, prepare
from chalicelib.openbadges import default_image
from infra.aws import archive, build, lock, template
from infra.aws.functions import COURIER
from tests.package import runtime
from tests.package.deployment import BUCKET, QUEUES, Deployment, recorded, sqs_event
from tests.package.runtime import Spent
from tests.servers import OK, Server, serving

FRONT = "app"
MAIL_EVENT = "mail_event"


class UnfitError(Exception):
    """This machine cannot run Lambda's packages; the message says why."""


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function.

    Parameters
    ----------
    handler : str
        The function.
    spent : Spent
        Its duration, and the function's maximum memory so far.
    init : Spent or None
        Duration of the cold start; None if the function was warm.
    log : int
        Size of its log in bytes.
    answer : int
        Size of its response in bytes.
    """

    handler: str
    spent: Spent
    init: Spent | None
    log: int
    answer: int

    @property
    def seconds(self) -> float:
        """Duration for the caller, including a cold start."""
        return self.spent.seconds + (self.init.seconds if self.init else 0)

    @property
    def processor(self) -> float:
        """Processor time, including a cold start."""
        return self.spent.processor + (self.init.processor if self.init else 0)


@dataclass
class Stage:
    """A running deployment.

    Parameters
    ----------
    deployment : Deployment
        The functions and their resources.
    aws : cloud.Cloud
        The AWS server.
    package : Path
        The zip file.
    database : str
        Name of the database product.
    listener : Server
        Receives the system's webhooks.
    bodies : Iterator[bytes]
        Bodies of webhooks for approved reviews, one for each possible award.
    """

    deployment: Deployment
    aws: cloud.Cloud
    package: Path
    database: str
    listener: Server
    bodies: Iterator[bytes]

    def invoke(self, handler: str, event: dict[str, Any], *, cold: bool = False) -> Invocation:
        """Invoke a function; the first invocation is always a cold start.

        Raises
        ------
        RuntimeError
            If it fails.
        """
        name = f"app.{handler}"
        if cold:
            self.deployment.cool(name)
        function = self.deployment.function(name)
        was_warm, logged = function.init is not None, len(function.log)
        answer = self.deployment.front(event) if handler == FRONT else function(event)
        done = (
            answer["statusCode"] == 200 if handler == FRONT else not answer.get("batchItemFailures")
        )
        if not done:
            raise RuntimeError(f"{handler} answered {answer}; it logged:\n{function.log}")
        assert function.last
        return Invocation(
            handler,
            function.last,
            None if was_warm else function.init,
            len(function.log) - logged,
            len(json.dumps(answer)),
        )

    def award(self, number: int, size: int, *, cold: bool = False) -> list[Invocation]:
        """Make awards, from the webhook to all notifications; return the invocations.

        Parameters
        ----------
        number : int
            Number of awards.
        size : int
            Number of webhooks received before the queues are processed.
        cold : bool
            Whether each invocation is a cold start.
        """
        work: list[Invocation] = []
        for _ in range(0, number, size):
            for body in itertools.islice(self.bodies, size):
                work.append(self.invoke(FRONT, prepare.webhook(body), cold=cold))
            while batches := self._messages():
                for handler, bodies in batches:
                    work.append(self.invoke(handler, sqs_event(*bodies), cold=cold))
                    if handler == "mail":
                        work.append(self.invoke(MAIL_EVENT, _send_events(bodies), cold=cold))
        return work

    def _messages(self) -> list[tuple[str, list[str]]]:
        """Receive a batch from each queue; return them with their handlers."""
        taken = [
            (handler.rpartition(".")[2], [message["Body"] for message in self.deployment.take(queue)])
            for queue, handler in QUEUES.items()
        ]  # fmt: skip
        return [(handler, bodies) for handler, bodies in taken if bodies]


def _send_events(mails: Sequence[str]) -> dict[str, Any]:
    """Return the SQS event with SES's `Send` events for some mails."""
    events = []
    for mail in mails:
        event = recorded("ses-send")
        event["mail"]["tags"]["job"] = [str(json.loads(mail)["id"])]
        events.append(json.dumps(event))
    return sqs_event(*events)


def nearby() -> frozenset[str]:
    """Return the names of settings in the environment of the template's functions."""
    function = template.sam_template()["Resources"]["APIHandler"]
    return frozenset(function["Properties"]["Environment"]["Variables"])


@contextmanager
def deployed(folder: Path, awards: int) -> Iterator[Stage]:
    """Build the package and deploy it.

    Parameters
    ----------
    folder : Path
        An empty working folder.
    awards : int
        Maximum number of awards.

    Raises
    ------
    UnfitError
        If this machine cannot run the package.
    """
    if why := runtime.unfit():
        raise UnfitError(why)
    arch = str(runtime.ARCH)
    package = archive.make(arch, folder)
    task = runtime.unpack(package, folder / "task")
    boto3 = build.dependencies([lock.RUNTIME], arch)
    with (
        cloud.running(folder) as aws,
        serving() as serve,
        prepare.mariadb_server() as mariadb,
    ):
        listener = serve(OK + b"Content-Length: 0\r\n\r\n")
        settings = {
            **(mariadb or prepare.sqlite(folder / "stage.db")),
            "MAIL_CONFIGURATION_SET": "badgekit-bench",
            "ALLOW_PRIVATE_ADDRESSES": "true",
        }
        settings.pop(prepare.SERVER_PID, None)
        bodies = prepare.fill(
            {**os.environ, **settings}, applications=awards, listener=listener.url
        )
        deployment = Deployment(task, boto3, aws.url, settings, nearby())
        # The stack's courier has no settings; this one may also reach this machine.
        courier = {"PARAMETER_PATH": "", "ALLOW_PRIVATE_ADDRESSES": "true"}
        deployment.more[f"app.{COURIER.handler}"] = courier
        deployment.client("s3").put_object(
            Bucket=BUCKET, Key=prepare.PICTURE, Body=default_image.content()
        )
        database = "MariaDB" if mariadb else "SQLite"
        try:
            yield Stage(deployment, aws, package, database, listener, iter(bodies))
        finally:
            deployment.close()
            runtime.release(task)
