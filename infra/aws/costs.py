"""What the stack costs: `python -m infra.aws.costs` prints docs/deploying.md's tables.

At rest, counted from the table of functions, the alarms themselves and what the sweep was measured to
take; and for 1,000 awards, as `usage.py` computes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.queues import QUEUES
from infra.aws import alarms, usage
from infra.aws.functions import FUNCTIONS, Function
from infra.aws.prices import PRICES, Line

HOURS = 730  # of a month
MINUTES = HOURS * 60

# "Lambda starts processing five batches at a time"; it goes down to two connections for a quiet
# queue, but not for one whose MaximumConcurrency is set (AWS Lambda's developer guide, "Configuring
# scaling behavior for SQS event source mappings"). That each waits for 20 seconds, which is SQS's most,
# is an assumption: the guide only says that they are long polls.
POLLERS, POLL_SECONDS = 5, 20
SWEEP_HOURS = 6  # between two with Aurora, unless AuroraSweep says otherwise
SETTINGS_MINUTES = 5  # after which they are read again
STORED_GB = 1.0
# What one waking costs: to resume, the connection that stays open, and the pause before sleeping.
RESUME_SECONDS, CONNECTED_SECONDS, PAUSE_SECONDS = 15, 120, 300
LEAST_UNITS = 0.5
ZONES, SERVICES = 2, 3  # SQS, SSM and SES, if each had an endpoint


def _sweeps(memory: int, runs: float) -> list[Line]:
    seconds = usage.billed_seconds(usage.measured()["sweep"], memory)
    return [
        Line("the sweep: calls", runs, "lambda request"),
        Line("the sweep: GB-seconds", runs * seconds * memory / 1024, "lambda second"),
        Line("its log, in GB", runs * usage.LOG_BYTES / 1e9, "log GB"),
    ]


def existing(sweep: Function) -> list[Line]:
    """Return what the stack costs at rest with a database that is there already."""
    polls = len(QUEUES) * POLLERS * MINUTES * 60 / POLL_SECONDS
    return [
        Line("alarms", sum("Condition" not in one for one in alarms.alarms().values()), "alarm"),
        Line("asking the queues", polls, "SQS request"),
        Line("decrypting settings", MINUTES / SETTINGS_MINUTES * usage.SECRETS, "KMS request"),
        *_sweeps(sweep.memory, MINUTES),
        Line("pictures, in GB", STORED_GB, "bucket GB"),
    ]


def aurora(hours_between: float | None) -> list[Line]:
    """Return what Aurora costs at rest beyond that.

    Parameters
    ----------
    hours_between : float or None
        How long it may sleep until the sweep wakes it up; None: it never sleeps.
    """
    awake = HOURS
    if hours_between is not None:
        seconds = RESUME_SECONDS + CONNECTED_SECONDS + PAUSE_SECONDS
        awake = min(HOURS, HOURS / hours_between * seconds / 3600)
    return [
        Line("Aurora, unit-hours", awake * LEAST_UNITS, "aurora hour"),
        Line("its storage, in GB", STORED_GB, "aurora GB"),
        Line("alarms", sum("Condition" in one for one in alarms.alarms().values()), "alarm"),
    ]


def waking() -> float:
    """Return what it costs to wake Aurora up once."""
    seconds = RESUME_SECONDS + CONNECTED_SECONDS + PAUSE_SECONDS
    return PRICES["aurora hour"].of(LEAST_UNITS * seconds / 3600)


def ways_out() -> list[tuple[str, float, str]]:
    """Return each way out of a private network, what it costs at rest, and what it reaches."""
    endpoints = PRICES["endpoint hour"].of(ZONES * SERVICES * HOURS)
    gateway = PRICES["NAT hour"].of(HOURS) + PRICES["address hour"].of(HOURS)
    return [
        ("dual-stack subnets and an egress-only gateway", 0.0, "AWS, and others by IPv6"),
        (
            "the same, and the courier (its alarm)",
            PRICES["alarm"].dollars,
            "AWS, and others by IPv4",
        ),
        ("interface endpoints", endpoints, "AWS only"),
        ("a NAT gateway in one zone, with its address", gateway, "everybody"),
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
    return [*rows, ["**together**", "", *(f"**{total}**" for total in totals)]]


def _sweep() -> Function:
    (sweep,) = (one for one in FUNCTIONS if one.wakes_the_database)
    return sweep


def summary() -> str:
    """Return in a line what it costs at rest."""
    base = sum(one.dollars for one in existing(_sweep()))
    more = sum(one.dollars for one in aurora(SWEEP_HOURS))
    return (
        f"at rest it costs {_money(base)} a month, with Aurora {_money(base + more)} (list prices)"
    )


def tables() -> str:
    """Return the tables of docs/deploying.md."""
    sweep = _sweep()
    naps: list[tuple[str, float | None]] = [
        ("`rate(6 hours)`", 6), ("`rate(1 hour)`", 1), ("`rate(1 minute)`, never sleeps", None),
    ]  # fmt: skip
    return "\n\n".join(
        [
            _table(["At rest, a month", "how much", "list", "after what is free"], _costs(existing(sweep))),
            _table(
                ["Aurora beyond that, `AuroraSweep`", "hours awake", "a month"],
                [
                    [name, f"{aurora(nap)[0].amount / LEAST_UNITS:.0f}", _money(sum(one.dollars for one in aurora(nap)))]
                    for name, nap in naps
                ],
            ),
            _table(
                ["Way out of its network", "a month", "reaches"],
                [[name, _money(dollars), reached] for name, dollars, reached in ways_out()],
            ),
        ]
    )  # fmt: skip


def awards() -> str:
    """Return the table of what 1,000 awards cost, and what Aurora adds."""
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
