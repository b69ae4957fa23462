"""The benchmarks run; tests do not check their results."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench import package, prepare, report, stage
from bench.cloud import Call
from bench.report import Finding
from infra.aws.functions import FUNCTIONS, Function
from tests.gates.source import ROOT
from tests.package import runtime

pytestmark = pytest.mark.gate


def test_the_table_shows_value_target_and_verdict() -> None:
    lines = report.table(
        [
            Finding("cold start", 1.234, "x", 1.3),
            Finding("memory", 130.0, "MB", 128.0),
            Finding("statements", 20.0, "statements"),
            Finding("a request", 20.0, "ms"),
        ],
        {"cold start": 1.0, "statements": 19.0},
    ).splitlines()
    assert [line.split() for line in lines] == [
        ["value", "target", "released", "change"],
        ["cold", "start", "1.23", "x", "≤", "1.3", "x", "1.00", "+23%", "met"],
        ["memory", "130.0", "MB", "≤", "128", "MB", "new", "MISSED"],
        ["statements", "20.0", "statements", "19.0", "+5%", "WORSE"],
        ["a", "request", "20.0", "ms"],
    ]


@pytest.mark.parametrize(
    ("unit", "before", "now", "verdict"),
    [
        ("x", 1.0, 1.25, ""),
        ("x", 1.0, 1.26, "WORSE"),
        ("x", 1.0, 0.1, ""),
        ("MB", 50.0, 56.0, "WORSE"),
        ("calls", 4.3, 4.3, ""),
        ("calls", 4.3, 4.4, "WORSE"),
        ("", 0.0, 0.0, ""),
        ("", 0.0, 1.0, "WORSE"),
        ("ms", 1.0, 100.0, ""),  # another machine accepts that, too
        ("/s", 100.0, 1.0, ""),
    ],
)
def test_values_worse_than_at_the_last_release_are_marked(
    unit: str, before: float, now: float, verdict: str
) -> None:
    assert Finding("it", now, unit).change({"it": before})[2] == verdict


def test_the_results_are_written(tmp_path: Path) -> None:
    report.write([Finding("memory", 1.0, "MB", 2.0)], None, tmp_path / "results.json")
    (finding,) = json.loads((tmp_path / "results.json").read_text())["findings"]
    assert finding == {
        "what": "memory", "value": 1.0, "unit": "MB", "at_most": 2.0, "verdict": "met",
    }  # fmt: skip


def test_the_last_run_can_be_released(tmp_path: Path) -> None:
    results, released, measured = (
        tmp_path / f"{name}.json" for name in ("run", "found", "counted")
    )
    with pytest.raises(report.NotMeasuredError, match="make bench"):
        report.release(results, released, measured)
    found = [Finding("cold start", 1.23456, "x"), Finding("a request", 20.0, "ms")]
    report.write(found, None, results)
    with pytest.raises(report.NotMeasuredError, match="package"):
        report.release(results, released, measured)
    report.write(found, {"awards": {}}, results)
    report.release(results, released, measured)
    assert report.released(released) == {"cold start": 1.2346}
    assert json.loads(measured.read_text())["awards"] == {}


def test_every_function_is_measured() -> None:
    assert {*package.ALONE, *package.PIPELINE} == {function.handler for function in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.handler)
def test_the_released_results_cover_every_function(function: Function) -> None:
    """Its memory, cold start and duration; `python -m bench --release` updates them."""
    measured = [
        what for what in report.released() if what.split(",")[0].split(":")[0] == function.handler
    ]
    for part in (": memory", ": cold start", ": warm"):
        assert [what for what in measured if part in what], part


def test_aws_calls_are_distinguished() -> None:
    signature = (
        "AWS4-HMAC-SHA256 Credential={}/20260314/us-east-1/{}/aws4_request, SignedHeaders=host"
    )
    environ = {
        "REQUEST_METHOD": "POST",
        "HTTP_AUTHORIZATION": signature.format("issue", "sqs"),
        "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessageBatch",
        "CONTENT_LENGTH": "12",
    }
    assert Call.of(environ) == Call("issue", "sqs SendMessageBatch", 12)
    environ = {"REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": signature.format("award", "s3")}
    assert Call.of(environ) == Call("award", "s3 GET", 0)
    assert Call.of({"REQUEST_METHOD": "GET"}) == Call("", " GET", 0)


def test_the_main_job_can_be_measured(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bench.main_job", "--awards", "2"],
        env=prepare.sqlite(tmp_path / "bench.db"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [found[size]["awards"] for size in ("1", "10")] == [2, 2]
    assert found["row"] > 0


@pytest.mark.slow
@pytest.mark.skipif(runtime.unfit() is not None, reason=str(runtime.unfit()))
def test_awards_can_be_made_with_the_package(tmp_path: Path) -> None:
    with stage.deployed(tmp_path, awards=1) as on:
        work = on.award(1, 1)
        calls = on.aws.calls()
        found = package.measured_alone(on)
    assert {one.handler for one in work} == {"app", *package.PIPELINE}
    assert all(one.init and one.processor > 0 and one.spent.memory > 1 for one in work)
    assert Counter(call.what for call in calls if call.role == "mail")["ses POST"] == 1
    assert len(on.listener.requests) == 1 + 1  # the award, and the courier's request
    assert {name.split(",")[0] for name in found} == set(package.ALONE)
