"""What the stack costs while nobody uses it: `python -m infra.aws.costs` prints docs/deploying.md's tables.

Prices are AWS's list prices, without taxes; whoever cares looks them up again. What is counted comes
from the table of functions and from the alarms themselves, so that both stay true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.aws import alarms
from infra.aws.functions import FUNCTIONS, QUEUES, Function

REGION, NOTED = "us-east-1", "October 2025"
HOURS = 730  # of a month
MINUTES = HOURS * 60
MILLION = 1_000_000

# Dollars; what is free each month for everyone, and for ever, stands beside it.
PRICES = {
    "alarm": 0.10,
    "sqs request": 0.40 / MILLION,
    "kms request": 0.03 / 10_000,
    "lambda request": 0.20 / MILLION,
    "lambda second": 0.0000133334,  # of one GB, on arm64
    "log GB": 0.50,
    "aurora hour": 0.12,  # of one capacity unit
    "aurora GB": 0.10,
    "bucket GB": 0.023,
    "NAT hour": 0.045,
    "endpoint hour": 0.01,  # of one service in one zone
}
FREE = {
    "alarm": 10, "sqs request": MILLION, "kms request": 20_000, "lambda request": MILLION,
    "lambda second": 400_000, "log GB": 5.0,
}  # fmt: skip

# Lambda asks each queue by five connections, each of which waits for 20 seconds.
POLLERS, POLL_SECONDS = 5, 20
SWEEP_SECONDS = 0.1  # of a warm function; an assumption
SWEEP_HOURS = 6  # between two with Aurora, unless AuroraSweep says otherwise
SECRETS = 5  # parameters that are decrypted
SETTINGS_MINUTES = 5  # after which they are read again
LOG_BYTES = 400  # of an invocation that has nothing to do
STORED_GB = 1.0
# What one waking costs: to resume, the connection that stays open, and the pause before sleeping.
RESUME_SECONDS, CONNECTED_SECONDS, PAUSE_SECONDS = 15, 120, 300
LEAST_UNITS = 0.5
ZONES, SERVICES = 2, 3  # SQS, SSM and SES, if each had an endpoint


@dataclass(frozen=True)
class Line:
    """One line of a table.

    Parameters
    ----------
    what : str
        What is paid for.
    amount : float
        How much of it in a month.
    price : str
        Which of the prices is for it.
    """

    what: str
    amount: float
    price: str

    @property
    def dollars(self) -> float:
        """What it costs by the list."""
        return self.amount * PRICES[self.price]

    @property
    def after_free(self) -> float:
        """What it costs an account that has nothing else."""
        return max(0.0, self.amount - FREE.get(self.price, 0)) * PRICES[self.price]


def _sweeps(memory: int, runs: float) -> list[Line]:
    return [
        Line("the sweep: calls", runs, "lambda request"),
        Line("the sweep: GB-seconds", runs * SWEEP_SECONDS * memory / 1024, "lambda second"),
        Line("its log, in GB", runs * LOG_BYTES / 1e9, "log GB"),
    ]


def existing(sweep: Function) -> list[Line]:
    """Return what the stack costs at rest with a database that is there already."""
    polls = len(QUEUES) * POLLERS * MINUTES * 60 / POLL_SECONDS
    return [
        Line("alarms", sum("Condition" not in one for one in alarms.alarms().values()), "alarm"),
        Line("asking the queues", polls, "sqs request"),
        Line("decrypting settings", MINUTES / SETTINGS_MINUTES * SECRETS, "kms request"),
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


def ways_out() -> list[tuple[str, float, str]]:
    """Return each way out of a private network, what it costs at rest, and what it reaches."""
    endpoints = ZONES * SERVICES * HOURS * PRICES["endpoint hour"]
    return [
        ("dual-stack subnets and an egress-only gateway", 0.0, "AWS, and others by IPv6"),
        ("the same, and the courier (its alarm)", PRICES["alarm"], "AWS, and others by IPv4"),
        ("interface endpoints", endpoints, "AWS only"),
        ("a NAT gateway in one zone", HOURS * PRICES["NAT hour"], "everybody"),
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


if __name__ == "__main__":
    print(tables())
