"""What awards cost, from what was measured: docs/deploying.md's table, which `costs.py` prints.

`measured.json` is written by `python -m bench --release`: what functions took and which calls of AWS
they made for 1,000 awards, from the webhook that tells of a review to the mail and to the webhook that
tells the system. What Lambda and API Gateway themselves do beside that is added here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.aws.functions import FUNCTIONS, Function
from infra.aws.prices import Line

MEASURED = Path(__file__).with_name("measured.json")
AWARDS = 1000
WAYS = {
    "batches": "ten at once",
    "single": "one at a time",
    "cold": "one at a time, all functions cold",
}
# Which line pays for each call that functions make; a call that is not here would be forgotten.
BILLED = {
    "s3 GET": "S3, pictures read",
    "s3 PUT": "S3, pictures written",
    "ses POST": "SES, mails",
    "sqs SendMessageBatch": "SQS, requests",
    "ssm GetParametersByPath": "KMS, secrets decrypted",
}
ONE_PROCESSOR = 1769  # MB with which a function has all of one; with less, so much less of it
SECRETS = 5  # parameters that are decrypted whenever settings are read
LOG_BYTES = 400  # of what Lambda itself logs of an invocation; an assumption
ACCESS_LOG_BYTES = 250  # of what API Gateway logs of a request; an assumption


def measured() -> dict[str, Any]:
    """Return what was measured."""
    content: dict[str, Any] = json.loads(MEASURED.read_text("utf-8"))
    return content


def billed_seconds(spent: Mapping[str, float], memory: int) -> float:
    """Return what Lambda would bill for what took so long where a whole processor was to be had.

    Parameters
    ----------
    spent : Mapping[str, float]
        ``seconds``, and those of the ``processor`` among them; the others were waited.
    memory : int
        The function's, in MB.
    """
    waited = max(0.0, spent["seconds"] - spent["processor"])
    return spent["processor"] * max(1.0, ONE_PROCESSOR / memory) + waited


def _gb_seconds(function: Function, spent: Mapping[str, float]) -> float:
    return billed_seconds(spent, function.memory) * function.memory / 1024


def awards(way: Mapping[str, Any]) -> list[Line]:
    """Return what 1,000 awards cost, beyond what costs at rest.

    Parameters
    ----------
    way : Mapping[str, Any]
        What was measured of one way of making them.
    """
    spent, calls = way["functions"], way["calls"]
    at_work = [function for function in FUNCTIONS if function.handler in spent]
    times = {name: one["times"] for name, one in spent.items()}
    requests, mails = times["app"], calls["ses POST"]
    # Lambda receives and deletes each batch; SES tells of each mail by SNS, which sends to SQS.
    batches = sum(times[function.handler] for function in at_work if function.consumes)
    logged = sum(one["log"] + one["times"] * LOG_BYTES for one in spent.values())
    return [
        Line("API Gateway, requests", requests, "API request"),
        Line("Lambda, calls", sum(times.values()), "lambda request"),
        Line("Lambda, GB-seconds", sum(_gb_seconds(one, spent[one.handler]) for one in at_work), "lambda second"),
        Line("SQS, requests", calls["sqs SendMessageBatch"] + mails + 2 * batches, "SQS request"),
        Line("SES, mails", mails, "mail"),
        Line("SNS, events of mails", mails, "SNS request"),
        Line("S3, pictures written", calls["s3 PUT"], "bucket write"),
        Line("S3, pictures read", calls["s3 GET"], "bucket read"),
        Line("S3, GB to keep, each month", way["stored"] / 1e9, "bucket GB"),
        Line("KMS, secrets decrypted", calls.get("ssm GetParametersByPath", 0) * SECRETS, "KMS request"),
        Line("logs, GB", (logged + requests * ACCESS_LOG_BYTES) / 1e9, "log GB"),
        Line("answers and webhooks, GB", (way["answers"] + way["delivered"]) / 1e9, "GB out"),
    ]  # fmt: skip


def dollars(lines: Sequence[Line]) -> float:
    """Return what some lines cost together, by the list."""
    return sum(line.dollars for line in lines)


def rows(ways: Mapping[str, Any], resting: Sequence[Line]) -> list[list[str]]:
    """Return the rows of the table of what 1,000 awards cost, each way in a column.

    Parameters
    ----------
    ways : Mapping[str, Any]
        What was measured.
    resting : Sequence[Line]
        What costs at rest, and uses up what is free.
    """
    columns = [awards(ways[name]) for name in WAYS]
    return [
        *(
            [lines[0].what, *(_cell(line) for line in lines)]
            for lines in zip(*columns, strict=True)
        ),
        ["**together**", *(f"**${dollars(lines):.2f}**" for lines in columns)],
        [
            "after what is free each month",
            *(f"${_beyond_free(lines, resting):.2f}" for lines in columns),
        ],
    ]


def _beyond_free(lines: Sequence[Line], resting: Sequence[Line]) -> float:
    """Return what lines cost an account that has nothing else than what it has at rest."""
    before = {line.price: line.amount for line in resting}
    more = [Line(one.what, one.amount + before.get(one.price, 0), one.price) for one in lines]
    used = [Line(one.what, before.get(one.price, 0), one.price) for one in lines]
    return sum(one.after_free for one in more) - sum(one.after_free for one in used)


def _cell(line: Line) -> str:
    amount = f"{line.amount:,.0f}" if line.amount >= 10 else f"{line.amount:.2g}"
    return f"{amount}: ${line.dollars:.4f}"
