"""The costs of 1,000 awards, from measured usage and AWS's prices."""

from __future__ import annotations

from typing import Any

import pytest

from infra.aws import costs, prices, usage
from infra.aws.functions import FUNCTIONS
from infra.aws.prices import Line, Price
from tests.gates.source import ROOT

PAGE = (ROOT / "docs/deploying.md").read_text("utf-8")
MEASURED = usage.measured()


def test_the_page_has_the_computed_costs() -> None:
    assert costs.awards() in PAGE
    assert f"List prices of {prices.REGION}, compared in {prices.COMPARED}" in PAGE


def test_every_price_has_a_source() -> None:
    assert [name for name, price in prices.PRICES.items() if not price.source] == []


def test_the_free_tier_is_subtracted() -> None:
    price = Price(0.10, "a page", free=10)
    assert price.of(23) == pytest.approx(2.30)
    assert price.after_free(23) == pytest.approx(1.30)
    assert price.after_free(3) == 0
    assert Line("alarms", 23, "alarm").after_free == pytest.approx(1.30)


# Lambda's billing


def test_with_less_memory_processor_time_takes_longer_and_waiting_does_not() -> None:
    spent = {"seconds": 3.0, "processor": 1.0}
    assert usage.billed_seconds(spent, usage.ONE_PROCESSOR) == 3.0
    assert (
        usage.billed_seconds(spent, 2 * usage.ONE_PROCESSOR) == 3.0
    )  # our functions use one processor
    assert usage.billed_seconds(spent, usage.ONE_PROCESSOR // 4) == pytest.approx(6.0, abs=0.01)


def test_several_threads_may_take_more_than_the_clock() -> None:
    spent = {"seconds": 1.0, "processor": 2.0}
    assert usage.billed_seconds(spent, usage.ONE_PROCESSOR) == 2.0


# Measured usage


@pytest.mark.parametrize("name", usage.WAYS)
def test_an_award_invokes_all_functions_of_the_pipeline(name: str) -> None:
    spent = MEASURED["awards"][name]["functions"]
    at_work = {one.handler for one in FUNCTIONS if one.consumes}
    assert spent.keys() == {"app", *at_work}
    assert all(one["processor"] > 0 for one in spent.values())


@pytest.mark.parametrize("name", usage.WAYS)
def test_every_aws_call_is_billed(name: str) -> None:
    assert MEASURED["awards"][name]["calls"].keys() <= usage.BILLED.keys()


def lines(name: str) -> dict[str, Line]:
    return {line.what: line for line in usage.awards(MEASURED["awards"][name])}


@pytest.mark.parametrize("name", usage.WAYS)
def test_each_award_is_one_request_one_mail_and_one_picture(name: str) -> None:
    found = lines(name)
    for what in ("API Gateway, requests", "SES, mails", "S3, images written"):
        assert found[what].amount == usage.AWARDS


def test_ten_at_once_save_calls_and_cold_functions_cost_more() -> None:
    batches, single, cold = (lines(name) for name in usage.WAYS)
    for what in ("Lambda, invocations", "SQS, requests"):
        assert batches[what].amount < single[what].amount == cold[what].amount
    assert cold["Lambda, GB-seconds"].amount > single["Lambda, GB-seconds"].amount
    assert cold["KMS, secrets decrypted"].amount > single["KMS, secrets decrypted"].amount


def test_each_batch_is_received_and_deleted() -> None:
    """Lambda itself makes these requests, which are billed to the account."""
    way: dict[str, Any] = {
        "functions": {
            name: {"times": times, "seconds": 1.0, "processor": 1.0, "log": 0}
            for name, times in (("app", 1000), ("issue", 100), ("mail_event", 100))
        },
        "calls": {"ses POST": 1000, "sqs SendMessageBatch": 1300, "s3 PUT": 0, "s3 GET": 0},
        "stored": 0, "answers": 0, "delivered": 0,
    }  # fmt: skip
    (requests,) = (line for line in usage.awards(way) if line.what == "SQS, requests")
    assert requests.amount == 1300 + 1000 + 2 * 200


def test_costs_at_rest_use_up_the_free_tier() -> None:
    ways = MEASURED["awards"]
    asking = Line("polling the queues", 3 * prices.MILLION, "SQS request")
    alone, beside = (usage.rows(ways, resting)[-1] for resting in ([], [asking]))
    more = [
        float(b.strip("$")) - float(a.strip("$"))
        for a, b in zip(alone[1:], beside[1:], strict=True)
    ]
    for name, one in zip(usage.WAYS, more, strict=True):
        assert one == pytest.approx(lines(name)["SQS, requests"].dollars, abs=0.0101)  # whole cents
    assert max(more) > 0
