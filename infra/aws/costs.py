"""What the stack costs: `python -m infra.aws.costs` prints the tables in docs/deploying.md.

Costs at rest follow from the table of functions, the alarms, and the measured duration of the
sweep. `usage.py` computes the costs of 1,000 awards.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.queues import QUEUES
from infra.aws import alarms, usage
from infra.aws.functions import FUNCTIONS, Function
from infra.aws.prices import PRICES, Line

HOURS = 730  # in a month
MINUTES = HOURS * 60

# "Lambda starts processing five batches at a time"; it scales down to two connections for a quiet
# queue, but not if its MaximumConcurrency is set (AWS Lambda's developer guide, "Configuring scaling
# behavior for SQS event source mappings"). The guide says that these are long polls; that each waits
# 20 seconds, SQS's maximum, is an assumption.
POLLERS, POLL_SECONDS = 5, 20
SWEEP_HOURS = 6  # between two sweeps with Aurora, the default of AuroraSweep
SETTINGS_MINUTES = 5  # between two reads of the settings
STORED_GB = 1.0
# Billed for each resume: the resume itself, the connection that stays open, and the idle time
# before Aurora pauses.
RESUME_SECONDS, CONNECTED_SECONDS, PAUSE_SECONDS = 15, 120, 300
LEAST_UNITS = 0.5
ZONES, SERVICES = 2, 3  # SQS, SSM and SES, if each had an endpoint


def _sweeps(memory: int, runs: float) -> list[Line]:
    seconds = usage.billed_seconds(usage.measured()["sweep"], memory)
    return [
        Line("sweep: invocations", runs, "lambda request"),
        Line("sweep: GB-seconds", runs * seconds * memory / 1024, "lambda second"),
        Line("sweep: logs, in GB", runs * usage.LOG_BYTES / 1e9, "log GB"),
    ]


def existing(sweep: Function) -> list[Line]:
    """Return what the stack costs at rest with an existing database."""
    polls = len(QUEUES) * POLLERS * MINUTES * 60 / POLL_SECONDS
    return [
        Line("alarms", sum("Condition" not in one for one in alarms.alarms().values()), "alarm"),
        Line("polling the queues", polls, "SQS request"),
        Line("decrypting settings", MINUTES / SETTINGS_MINUTES * usage.SECRETS, "KMS request"),
        *_sweeps(sweep.memory, MINUTES),
        Line("stored images, in GB", STORED_GB, "bucket GB"),
    ]


def aurora(hours_between: float | None) -> list[Line]:
    """Return the additional costs of Aurora at rest.

    Parameters
    ----------
    hours_between : float or None
        Hours between two sweeps, which wake Aurora; None: it never pauses.
    """
    awake = HOURS
    if hours_between is not None:
        seconds = RESUME_SECONDS + CONNECTED_SECONDS + PAUSE_SECONDS
        awake = min(HOURS, HOURS / hours_between * seconds / 3600)
    return [
        Line("Aurora, unit-hours", awake * LEAST_UNITS, "aurora hour"),
        Line("Aurora, storage in GB", STORED_GB, "aurora GB"),
        Line("alarms", sum("Condition" in one for one in alarms.alarms().values()), "alarm"),
    ]


def waking() -> float:
    """Return the cost of waking Aurora once."""
    seconds = RESUME_SECONDS + CONNECTED_SECONDS + PAUSE_SECONDS
    return PRICES["aurora hour"].of(LEAST_UNITS * seconds / 3600)


def egress_options() -> list[tuple[str, float, str]]:
    """Return each way out of a private network, its cost at rest, and what it reaches."""
    endpoints = PRICES["endpoint hour"].of(ZONES * SERVICES * HOURS)
    gateway = PRICES["NAT hour"].of(HOURS) + PRICES["address hour"].of(HOURS)
    return [
        ("dual-stack subnets and an egress-only gateway", 0.0, "AWS, and other hosts over IPv6"),
        (
            "the same, plus the courier (its alarm)",
            PRICES["alarm"].dollars,
            "AWS, and other hosts over IPv4",
        ),
        ("interface endpoints", endpoints, "AWS only"),
        ("a NAT gateway in one zone, with its address", gateway, "all hosts"),
    ]


def _money(dollars: float) -> str:
    return f"${dollars:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _costs(lines: Sequence[Line]) -> list[list[str]]:
    rows = [
        [one.what, f"{one.amount:,.2f}".removesuffix(".00"), _money(one.dollars), _money(one.after_free)]
        for one in lines
    ]  # fmt: skip
    totals = [
        _money(sum(one.dollars for one in lines)),
        _money(sum(one.after_free for one in lines)),
    ]
    return [*rows, ["**total**", "", *(f"**{total}**" for total in totals)]]


def _sweep() -> Function:
    (sweep,) = (one for one in FUNCTIONS if one.wakes_the_database)
    return sweep


def summary() -> str:
    """Return one line about the costs at rest."""
    base = sum(one.dollars for one in existing(_sweep()))
    more = sum(one.dollars for one in aurora(SWEEP_HOURS))
    return f"costs at rest: {_money(base)} a month, with Aurora {_money(base + more)} (list prices)"


def tables() -> str:
    """Return the tables of docs/deploying.md."""
    sweep = _sweep()
    naps: list[tuple[str, float | None]] = [
        ("`rate(6 hours)`", 6), ("`rate(1 hour)`", 1), ("`rate(1 minute)`, never pauses", None),
    ]  # fmt: skip
    return "\n\n".join(
        [
            _table(["At rest, per month", "amount", "list price", "after free tier"], _costs(existing(sweep))),
            _table(
                ["Additional for Aurora, by `AuroraSweep`", "hours awake", "per month"],
                [
                    [name, f"{aurora(nap)[0].amount / LEAST_UNITS:.0f}", _money(sum(one.dollars for one in aurora(nap)))]
                    for name, nap in naps
                ],
            ),
            _table(
                ["Way out of its network", "per month", "reaches"],
                [[name, _money(dollars), reached] for name, dollars, reached in egress_options()],
            ),
        ]
    )  # fmt: skip


def awards() -> str:
    """Return the table of costs of 1,000 awards, and a sentence about Aurora."""
    head = [f"{usage.AWARDS:,} awards", *usage.WAYS.values()]
    rows = usage.rows(usage.measured()["awards"], existing(_sweep()))
    always = PRICES["aurora hour"].of(HOURS * LEAST_UNITS)
    return (
        f"{_table(head, rows)}\n\n"
        f"Waking Aurora costs {waking() * 100:.1f} cents each time: {_money(waking() * usage.AWARDS)} if each of "
        f"{usage.AWARDS:,} awards wakes it, but never more than the {_money(always)} a month "
        "of a database that never pauses."
    )


if __name__ == "__main__":
    print(tables(), awards(), sep="\n\n")
