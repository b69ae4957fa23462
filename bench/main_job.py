"""The main job: turns received reviews into awards and mails, in one process.

A list of messages replaces AWS, so that only our code and the database are measured. Costs are
relative to a transaction that writes one row to the same database.
`python -m bench.main_job` measures the database in the settings and prints JSON.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import prepare
from bench.report import Finding
from chalicelib.queues import BY_SETTING

AWARDS = 100
BATCH = 10  # SQS messages in a batch
AT_MOST = 8  # statements for an award, from its review's message to the commit


def batch(jobs: list[tuple[int, str]]) -> dict[str, Any]:
    """Return Lambda's event for the messages of some jobs."""
    return {
        "Records": [
            {
                "messageId": str(job_id),
                "receiptHandle": str(job_id),
                "body": json.dumps({"version": 1, "kind": kind, "id": job_id}),
                "eventSource": "aws:sqs",
            }
            for job_id, kind in jobs
        ]
    }


def findings(folder: Path) -> list[Finding]:
    """Measure on each database (see `prepare.databases`).

    Parameters
    ----------
    folder : Path
        An empty working folder.
    """
    return [one for name, place in prepare.databases(folder) for one in _findings(name, place)]


def _findings(name: str, settings: dict[str, str]) -> list[Finding]:
    command = [sys.executable, "-B", "-m", "bench.main_job"]
    done = subprocess.run(command, env=settings, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    run = json.loads(done.stdout)
    found = []
    for size in ("1", str(BATCH)):
        what = f"Main job, {name}, batches of {size}"
        found += [
            Finding(f"{what}: awards", run[size]["awards"] / run[size]["seconds"], "/s"),
            Finding(
                f"{what}: one award, to a one-row transaction",
                run[size]["seconds"] / run[size]["awards"] / run["row"],
                "x",
            ),
            Finding(
                f"{what}: SQL of the award itself",
                run[size]["awarding"] / run[size]["awards"],
                "statements",
                AT_MOST if size == str(BATCH) else None,
            ),
            Finding(
                f"{what}: SQL from the webhook to the mail",
                run[size]["statements"] / run[size]["awards"],
                "statements",
            ),
            Finding(
                f"{what}: transactions from the webhook to the mail",
                run[size]["transactions"] / run[size]["awards"],
                "transactions",
            ),
        ]
    return found


class Cloud:
    """A replacement for AWS: a list of messages, and counts of all other calls."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, str]] = []
        self.calls: Counter[str] = Counter()

    def replace(self) -> None:
        """Replace the functions of the AWS adapters."""
        from chalicelib.aws import mail, queues, storage
        from chalicelib.openbadges import default_image

        picture = default_image.content()
        for module, name, verb in (
            (queues, "send", self._send),
            (storage, "get", lambda key: picture),
            (storage, "put", self._counting("put")),
            (mail, "send", self._counting("mail")),
        ):
            setattr(module, name, verb)

    def _counting(self, name: str) -> Callable[..., None]:
        def count(*args: Any, **kwargs: Any) -> None:
            self.calls[name] += 1

        return count

    def _send(self, url: str, messages: Any, delays: Any = None) -> None:
        self.messages += [(message["id"], message["kind"]) for message in messages]


def run(app: Any, cloud: Cloud, bodies: list[bytes], size: int) -> dict[str, Any]:
    """Receive webhooks and process all messages.

    Parameters
    ----------
    app : Any
        The application.
    cloud : Cloud
        The queue.
    bodies : list[bytes]
        The webhooks.
    size : int
        Number of messages in a batch.
    """
    from chalicelib.data import connection
    from chalicelib.pipeline import worker

    statements: list[Any] = []
    transactions: list[None] = []
    requests = [prepare.webhook(body) for body in bodies]
    database = connection.database.obj
    database.query_hooks.append(statements.append)
    begin = database.begin
    database.begin = _counted(begin, transactions)
    mailed, awarding = cloud.calls["mail"], 0
    start = time.perf_counter()
    for request in requests:
        answer = app(request, None)
        if answer["statusCode"] != 200:
            raise RuntimeError(answer["body"])
    while cloud.messages:
        now, cloud.messages = cloud.messages[:size], cloud.messages[size:]
        before = len(statements)
        if worker.work(batch(now), None) != {"batchItemFailures": []}:
            raise RuntimeError("the worker failed")
        if {kind for _, kind in now} == {"review"}:
            awarding += len(statements) - before
    seconds = time.perf_counter() - start
    database.query_hooks.remove(statements.append)
    database.begin = begin
    if cloud.calls["mail"] - mailed != len(bodies):
        raise RuntimeError(f"{cloud.calls['mail'] - mailed} mails for {len(bodies)} awards")
    return {
        "awards": len(bodies),
        "seconds": seconds,
        "awarding": awarding,
        "statements": len(statements),
        "transactions": len(transactions),
    }


def _counted(verb: Callable[..., Any], calls: list[None]) -> Callable[..., Any]:
    def counting(*args: Any, **kwargs: Any) -> Any:
        calls.append(None)
        return verb(*args, **kwargs)

    return counting


def one_row(times: int) -> float:
    """Return the duration of a transaction that writes one row, in seconds."""
    from chalicelib.data.connection import transact
    from chalicelib.data.models import Image

    start = time.perf_counter()
    for number in range(times):
        transact(functools.partial(Image.create, slug=f"row-{time.time_ns()}-{number}"))
    return (time.perf_counter() - start) / times


def main() -> None:
    """Measure the database in the environment's settings."""
    parser = argparse.ArgumentParser(prog="python -m bench.main_job", description=__doc__)
    parser.add_argument("--awards", type=int, default=AWARDS, help="number of awards")
    awards = parser.parse_args().awards
    from app import app  # first, since it installs settings of its own

    cloud = Cloud()
    cloud.replace()
    environ = {**os.environ, **{name: name for name in BY_SETTING}}
    bodies = prepare.fill(environ, applications=BATCH + 2 * awards)
    run(app, cloud, bodies[:BATCH], BATCH)  # warm up
    rows = [one_row(awards)]
    result: dict[str, Any] = {}
    for size, part in ((1, bodies[BATCH:][:awards]), (BATCH, bodies[BATCH + awards :])):
        result[str(size)] = run(app, cloud, part, size)
        rows.append(one_row(awards))
    print(json.dumps({**result, "row": sum(rows) / len(rows)}))


if __name__ == "__main__":
    main()
