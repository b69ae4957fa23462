"""What Lambda and AWS have to do for an award: from the webhook of a review until everybody was told.

`infra.aws.usage` computes from it what 1,000 awards cost. Functions run in Lambda's runtime of
`tests/package`, where a function has a whole processor; AWS is moto's server, which counts their calls.
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
IDLE = 20  # sweeps that have nothing to do


class Way(NamedTuple):
    """A way of making awards.

    Parameters
    ----------
    number : int
        How many awards.
    size : int
        How many at once.
    cold : bool
        Whether all functions are cold each time.
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
    """Make awards in all ways, and let the sweep run for nothing.

    Returns
    -------
    dict[str, Any]
        What `infra.aws.usage` reads.
    """
    on.award(BATCH, BATCH)  # whatever is done only once is done now
    sweeps = [on.invoke("sweep", recorded("schedule")) for _ in range(IDLE)]
    return {
        "database": on.database,
        "sweep": {name: amount / IDLE for name, amount in _spent(sweeps).items()},
        "awards": {name: _made(on, way) for name, way in WAYS.items()},
    }


def _made(on: Stage, way: Way) -> dict[str, Any]:
    """Make awards; return what 1,000 would take.

    Raises
    ------
    RuntimeError
        If not everybody was told of each.
    """
    on.aws.calls()
    heard = len(on.listener.requests)
    work = on.award(way.number, way.size, cold=way.cold)
    calls = [call for call in on.aws.calls() if call.role != "testing"]  # which is our own
    told = on.listener.requests[heard:]
    mails = sum(call.what == "ses POST" for call in calls)
    if not way.number == mails == len(told):
        raise RuntimeError(f"{way.number} awards, {mails} mails, {len(told)} webhooks")
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
        "delivered": sum(map(len, told)) * scale,
    }  # fmt: skip


def _spent(work: Sequence[Invocation]) -> dict[str, float]:
    return {
        "seconds": sum(one.seconds for one in work),
        "processor": sum(one.processor for one in work),
    }


def _scaled(amounts: dict[str, Any] | Counter[str], scale: float) -> dict[str, float]:
    return {name: round(amount * scale, 6) for name, amount in sorted(amounts.items())}


def findings(measured: dict[str, Any]) -> list[Finding]:
    """Return calls and costs of awards.

    Parameters
    ----------
    measured : dict[str, Any]
        What `measure` returned.
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
