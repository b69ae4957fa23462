"""A stage for benchmarks: the package deployed as the template has it, beside a system that listens.

AWS is moto's server in another process, the database a MariaDB of our own (or SQLite, where there is
none), and Lambda the runtime of `tests/package`.
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
    """This machine cannot run what Lambda runs; the text says why."""


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function.

    Parameters
    ----------
    handler : str
        Of which function.
    spent : Spent
        What it took; its memory is the most that the function ever had.
    init : Spent or None
        What starting took; None: it was warm.
    log : int
        Bytes that it logged.
    answer : int
        Bytes of its answer.
    """

    handler: str
    spent: Spent
    init: Spent | None
    log: int
    answer: int

    @property
    def seconds(self) -> float:
        """What whoever waits for it waits."""
        return self.spent.seconds + (self.init.seconds if self.init else 0)

    @property
    def processor(self) -> float:
        """How much of that a processor was at it."""
        return self.spent.processor + (self.init.processor if self.init else 0)


@dataclass
class Stage:
    """What is deployed.

    Parameters
    ----------
    deployment : Deployment
        The functions and what they work on.
    aws : cloud.Cloud
        Where they work on it.
    package : Path
        The zip file.
    database : str
        Which database it is.
    listener : Server
        Where the system hears of its awards.
    bodies : Iterator[bytes]
        Webhooks that say that somebody earned a badge, one for each award that may be made.
    """

    deployment: Deployment
    aws: cloud.Cloud
    package: Path
    database: str
    listener: Server
    bodies: Iterator[bytes]

    def invoke(self, handler: str, event: dict[str, Any], *, cold: bool = False) -> Invocation:
        """Invoke a function, cold if it is to be so, or was not invoked before.

        Raises
        ------
        RuntimeError
            If it does not do what it is asked for.
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
        """Make awards, from the webhook until everybody was told; return who worked on them.

        Parameters
        ----------
        number : int
            How many awards.
        size : int
            How many webhooks come before the queues are looked at.
        cold : bool
            Whether no function is warm.
        """
        work: list[Invocation] = []
        for _ in range(0, number, size):
            for body in itertools.islice(self.bodies, size):
                work.append(self.invoke(FRONT, prepare.webhook(body), cold=cold))
            while batches := self._messages():
                for handler, bodies in batches:
                    work.append(self.invoke(handler, sqs_event(*bodies), cold=cold))
                    if handler == "mail":
                        work.append(self.invoke(MAIL_EVENT, _told(bodies), cold=cold))
        return work

    def _messages(self) -> list[tuple[str, list[str]]]:
        """Take a batch of each queue; return them by who gets them."""
        taken = [
            (handler.rpartition(".")[2], [message["Body"] for message in self.deployment.take(queue)])
            for queue, handler in QUEUES.items()
        ]  # fmt: skip
        return [(handler, bodies) for handler, bodies in taken if bodies]


def _told(mails: Sequence[str]) -> dict[str, Any]:
    """Return the event by which SES tells that it sent these mails."""
    told = []
    for mail in mails:
        event = recorded("ses-send")
        event["mail"]["tags"]["job"] = [str(json.loads(mail)["id"])]
        told.append(json.dumps(event))
    return sqs_event(*told)


def nearby() -> frozenset[str]:
    """Return the settings that the template puts into the functions' environment."""
    function = template.sam_template()["Resources"]["APIHandler"]
    return frozenset(function["Properties"]["Environment"]["Variables"])


@contextmanager
def deployed(folder: Path, awards: int) -> Iterator[Stage]:
    """Make the package and deploy it.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.
    awards : int
        How many awards may be made.

    Raises
    ------
    UnfitError
        If this machine cannot run it.
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
        # The stack's has no settings; ours may reach this machine.
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
