"""What awards cost, from measured usage: a table in docs/deploying.md, printed by `costs.py`.

`python -m bench --release` writes `measured.json`: the durations of functions and their AWS calls
for 1,000 awards, from the webhook for a review to the mail and the webhook to the system. The work
of Lambda and API Gateway themselves is added here.
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
# The line that bills each AWS call of the functions; a test checks that no call is missing.
BILLED = {
    "s3 GET": "S3, images read",
    "s3 PUT": "S3, images written",
    "ses POST": "SES, mails",
    "sqs SendMessageBatch": "SQS, requests",
    "ssm GetParametersByPath": "KMS, secrets decrypted",
}
ONE_PROCESSOR = 1769  # MB for one full vCPU; less memory gives a proportional share
SECRETS = 5  # parameters decrypted at each read of the settings
LOG_BYTES = 400  # that Lambda itself logs for each invocation; an assumption
ACCESS_LOG_BYTES = 250  # that API Gateway logs for each request; an assumption


def measured() -> dict[str, Any]:
    """Return the measured usage."""
    content: dict[str, Any] = json.loads(MEASURED.read_text("utf-8"))
    return content


def billed_seconds(spent: Mapping[str, float], memory: int) -> float:
    """Return the seconds that Lambda would bill for work measured on a full processor.

    Parameters
    ----------
    spent : Mapping[str, float]
        ``seconds`` in all, and the ``processor`` seconds among them; the rest is waiting.
    memory : int
        The function's memory in MB.
    """
    waited = max(0.0, spent["seconds"] - spent["processor"])
    return spent["processor"] * max(1.0, ONE_PROCESSOR / memory) + waited


def _gb_seconds(function: Function, spent: Mapping[str, float]) -> float:
    return billed_seconds(spent, function.memory) * function.memory / 1024


def awards(way: Mapping[str, Any]) -> list[Line]:
    """Return the costs of 1,000 awards, in addition to those at rest.

    Parameters
    ----------
    way : Mapping[str, Any]
        The usage measured for one way of making awards.
    """
    spent, calls = way["functions"], way["calls"]
    at_work = [function for function in FUNCTIONS if function.handler in spent]
    times = {name: one["times"] for name, one in spent.items()}
    requests, mails = times["app"], calls["ses POST"]
    # Lambda receives and deletes each batch; SES reports each mail through SNS to SQS.
    batches = sum(times[function.handler] for function in at_work if function.consumes)
    logged = sum(one["log"] + one["times"] * LOG_BYTES for one in spent.values())
    return [
        Line("API Gateway, requests", requests, "API request"),
        Line("Lambda, invocations", sum(times.values()), "lambda request"),
        Line("Lambda, GB-seconds", sum(_gb_seconds(one, spent[one.handler]) for one in at_work), "lambda second"),
        Line("SQS, requests", calls["sqs SendMessageBatch"] + mails + 2 * batches, "SQS request"),
        Line("SES, mails", mails, "mail"),
        Line("SNS, mail events", mails, "SNS request"),
        Line("S3, images written", calls["s3 PUT"], "bucket write"),
        Line("S3, images read", calls["s3 GET"], "bucket read"),
        Line("S3, GB stored, per month", way["stored"] / 1e9, "bucket GB"),
        Line("KMS, secrets decrypted", calls.get("ssm GetParametersByPath", 0) * SECRETS, "KMS request"),
        Line("logs, GB", (logged + requests * ACCESS_LOG_BYTES) / 1e9, "log GB"),
        Line("responses and webhooks, GB", (way["answers"] + way["delivered"]) / 1e9, "GB out"),
    ]  # fmt: skip


def dollars(lines: Sequence[Line]) -> float:
    """Return the total of some lines at list prices."""
    return sum(line.dollars for line in lines)


def rows(ways: Mapping[str, Any], resting: Sequence[Line]) -> list[list[str]]:
    """Return the rows of the table of costs for 1,000 awards, with a column for each way.

    Parameters
    ----------
    ways : Mapping[str, Any]
        The measured usage of each way.
    resting : Sequence[Line]
        The costs at rest, which use up the free tier first.
    """
    columns = [awards(ways[name]) for name in WAYS]
    return [
        *(
            [lines[0].what, *(_cell(line) for line in lines)]
            for lines in zip(*columns, strict=True)
        ),
        ["**total**", *(f"**${dollars(lines):.2f}**" for lines in columns)],
        [
            "after the monthly free tier",
            *(f"${_beyond_free(lines, resting):.2f}" for lines in columns),
        ],
    ]


def _beyond_free(lines: Sequence[Line], resting: Sequence[Line]) -> float:
    """Return the cost of some lines after the free tier, for an account with these lines at rest."""
    before = {line.price: line.amount for line in resting}
    more = [Line(one.what, one.amount + before.get(one.price, 0), one.price) for one in lines]
    used = [Line(one.what, before.get(one.price, 0), one.price) for one in lines]
    return sum(one.after_free for one in more) - sum(one.after_free for one in used)


def _cell(line: Line) -> str:
    amount = f"{line.amount:,.0f}" if line.amount >= 10 else f"{line.amount:.2g}"
    return f"{amount}: ${line.dollars:.4f}"
