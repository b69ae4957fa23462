"""Lambda time and AWS calls for an award, from a review's webhook to the mail and the outgoing webhook.

`infra.aws.usage` computes the costs of 1,000 awards from them. Functions run in the Lambda runtime of
`tests/package`, with a full processor each; AWS is moto's server, which counts their calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.report import Finding
from bench.stage import Invocation, Stage
from infra.aws import usage
from tests.package.deployment import recorded

BATCH = 10
IDLE = 20  # sweeps with nothing to do


class Way(NamedTuple):
    """A way of making awards.

    Parameters
    ----------
    number : int
        Number of awards.
    size : int
        Number of awards in a batch.
    cold : bool
        Whether each invocation is a cold start.
    """

    number: int
    size: int
    cold: bool


WAYS = {
    "batches": Way(100, BATCH, cold=False),
    "single": Way(30, 1, cold=False),
    "cold": Way(8, 1, cold=True),
}
NUMBER = BATCH + sum(way.number for way in WAYS.values())


def measure(on: Stage) -> dict[str, Any]:
    """Measure awards made in all ways, and idle sweeps.

    Returns
    -------
    dict[str, Any]
        Usage, in the format of `infra.aws.usage`.
    """
    on.award(BATCH, BATCH)  # warm up
    sweeps = [on.invoke("sweep", recorded("schedule")) for _ in range(IDLE)]
    return {
        "database": on.database,
        "sweep": {name: amount / IDLE for name, amount in _spent(sweeps).items()},
        "awards": {name: _made(on, way) for name, way in WAYS.items()},
    }


def _made(on: Stage, way: Way) -> dict[str, Any]:
    """Make awards; return the usage scaled to 1,000 awards.

    Raises
    ------
    RuntimeError
        If a mail or a webhook is missing.
    """
    on.aws.calls()
    before = len(on.listener.requests)
    work = on.award(way.number, way.size, cold=way.cold)
    calls = [call for call in on.aws.calls() if call.role != "testing"]  # the benchmark's own
    delivered = on.listener.requests[before:]
    mails = sum(call.what == "ses POST" for call in calls)
    if not way.number == mails == len(delivered):
        raise RuntimeError(f"{way.number} awards, {mails} mails, {len(delivered)} webhooks")
    by_function = {one.handler: [w for w in work if w.handler == one.handler] for one in work}
    scale = usage.AWARDS / way.number
    return {
        "functions": {
            name: _scaled({**_spent(all_of_it), "times": len(all_of_it), "log": sum(one.log for one in all_of_it)}, scale)
            for name, all_of_it in by_function.items()
        },
        "calls": _scaled(Counter(call.what for call in calls), scale),
        "stored": sum(call.sent for call in calls if call.what == "s3 PUT") * scale,
        "answers": sum(one.answer for one in work if one.handler == "app") * scale,
        "delivered": sum(map(len, delivered)) * scale,
    }  # fmt: skip


def _spent(work: Sequence[Invocation]) -> dict[str, float]:
    return {
        "seconds": sum(one.seconds for one in work),
        "processor": sum(one.processor for one in work),
    }


def _scaled(amounts: dict[str, Any] | Counter[str], scale: float) -> dict[str, float]:
    return {name: round(amount * scale, 6) for name, amount in sorted(amounts.items())}


def findings(measured: dict[str, Any]) -> list[Finding]:
    """Return findings about AWS calls and costs of awards.

    Parameters
    ----------
    measured : dict[str, Any]
        The result of `measure`.
    """
    found = []
    for name, what in usage.WAYS.items():
        way = measured["awards"][name]
        calls = sum(way["calls"].values()) / usage.AWARDS
        cost = usage.dollars(usage.awards(way))
        found += [
            Finding(f"An award, {what}: calls of AWS", calls, "calls"),
            Finding(f"{usage.AWARDS:,} awards, {what}: cost", cost, "$"),
        ]
    return found
