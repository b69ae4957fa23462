"""The package in Lambda's runtime: its size, and each function's cold start, duration and memory.

Durations are measured as processor time, which dominates at 512 MB and does not depend on other work
on this machine, and given as a ratio to a function that only loads boto3 and makes one AWS call, in
the same run. Milliseconds are informative only.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench import awards, prepare, stage
from bench.report import Finding
from bench.stage import Invocation, Stage
from infra.aws import archive
from tests.package.deployment import FOLDER, recorded
from tests.package.runtime import ARCH, Function

Event = Callable[[Stage], dict[str, Any]]
Times = Mapping[str, list[Invocation]]

BATCH = 10
WARM = 20  # invocations
MB = 1024 * 1024
MEMORY_AT_MOST = 128.0
NOTHING = "nothing to do"


def _signin(on: Stage) -> dict[str, Any]:
    return prepare.event("GET", "/signin", "/signin")


def _schedule(on: Stage) -> dict[str, Any]:
    return recorded("schedule")


def _courier_request(on: Stage) -> dict[str, Any]:
    url, headers = on.listener.url, {"Content-Type": "application/json"}
    return {
        "method": "POST", "url": url, "body": "", "headers": headers, "limit": None, "seconds": 10.0,
    }  # fmt: skip


# Events for each function that does not consume a queue.
ALONE: Mapping[str, Mapping[str, Event]] = {
    "app": {
        "GET /": lambda on: prepare.front_page(),
        "signed GET /systems/{s}": lambda on: prepare.signed_request(),
        "GET /signin": _signin,
    },
    "sweep": {NOTHING: _schedule},
    "tidy": {NOTHING: _schedule},
    "courier": {"a request": _courier_request},
    "migrate": {NOTHING: lambda on: {}},
}
# Functions that process awards, measured by making some.
PIPELINE = ("issue", "award", "mail", "deliver", "mail_event")

REFERENCE = "a call by boto3"
# Lambda's runtime also provides urllib3; here it comes from the package.
APP = f"""\
import os, sys
sys.path.append(os.environ["PACKAGE"])
import boto3
ssm = None

def call(event, context):
    global ssm
    ssm = ssm or boto3.client("ssm")
    return len(ssm.get_parameters_by_path(Path={FOLDER!r}, WithDecryption=True)["Parameters"])
"""


def measure(folder: Path, rounds: int) -> tuple[list[Finding], dict[str, Any] | None]:
    """Measure the package.

    Parameters
    ----------
    folder : Path
        An empty working folder.
    rounds : int
        Number of cold starts of each function.

    Returns
    -------
    tuple[list[Finding], dict[str, Any] or None]
        The findings, and the usage from which `infra.aws.usage` computes costs; empty and None if
        the package does not run on this machine.
    """
    try:
        with stage.deployed(folder, rounds + 3 * BATCH + awards.NUMBER) as on:
            found = [*_sizes(on.package), *_cold(on, folder, rounds), *_warm(on, folder)]
            usage = awards.measure(on)
            return [*found, *awards.findings(usage)], usage
    except stage.UnfitError as problem:
        print(f"skipping the package: {problem}")
        return [], None


def _sizes(package: Path) -> list[Finding]:
    with zipfile.ZipFile(package) as zipped:
        unpacked = sum(entry.file_size for entry in zipped.infolist())
    size = package.stat().st_size
    return [
        Finding(f"Package, {ARCH}", size / MB, "MB", archive.BUDGET / MB),
        Finding(f"Package, {ARCH}, unpacked", unpacked / MB, "MB"),
    ]


def _reference(on: Stage, folder: Path) -> Function:
    """Return a function that loads boto3 and makes one AWS call."""
    task = folder / "reference"
    task.mkdir(exist_ok=True)
    (task / "app.py").write_text(APP, "utf-8")
    return on.deployment.beside(task, "app.call")


def _invoked(function: Function) -> Invocation:
    was_warm = function.init is not None
    function({})
    assert function.last
    return Invocation(REFERENCE, function.last, None if was_warm else function.init, 0, 0)


def measured_alone(on: Stage, *, cold: bool = False) -> dict[str, Invocation]:
    """Invoke each function without a queue once; return the invocations by function and event."""
    return {
        f"{handler}, {what}": on.invoke(handler, event(on), cold=cold)
        for handler, events in ALONE.items()
        for what, event in events.items()
    }


def _cold(on: Stage, folder: Path, rounds: int) -> list[Finding]:
    times: dict[str, list[Invocation]] = defaultdict(list)
    for _ in range(rounds):
        reference = _reference(on, folder)
        times[REFERENCE].append(_invoked(reference))
        reference.close()
        for name, work in measured_alone(on, cold=True).items():
            times[name].append(work)
        for work in on.award(1, 1, cold=True):
            what = "webhook" if work.handler == "app" else "one message"
            times[f"{work.handler}, {what}"].append(work)
    return _compared("cold start", times)


def _warm(on: Stage, folder: Path) -> list[Finding]:
    """Measure warm functions, and their maximum memory."""
    times: dict[str, list[Invocation]] = defaultdict(list)
    reference = _reference(on, folder)
    on.award(BATCH, BATCH)
    _invoked(reference)
    for _ in range(WARM):
        times[REFERENCE].append(_invoked(reference))
        for name, work in measured_alone(on).items():
            times[name].append(work)
    for work in on.award(2 * BATCH, BATCH):
        what = "webhook" if work.handler == "app" else "ten messages"
        times[f"{work.handler}, {what}"].append(work)
    reference.close()
    most: dict[str, float] = {}
    for invocations in times.values():
        for one in invocations:
            most[one.handler] = max(most.get(one.handler, 0.0), one.spent.memory)
    reference_memory = most.pop(REFERENCE)
    return [
        *_compared("warm", times),
        *(Finding(f"{one}: memory", mb, "MB", MEMORY_AT_MOST) for one, mb in most.items()),
        Finding(f"{REFERENCE}: memory", reference_memory, "MB"),
    ]


def _compared(how: str, times: Times) -> list[Finding]:
    """Return the durations of invocations, and their ratios to the reference."""
    one = median(work.processor for work in times[REFERENCE])
    found = []
    for name, invocations in times.items():
        what = f"{name}: {how}"
        milliseconds = median(work.seconds for work in invocations) * 1000
        found.append(Finding(what, milliseconds, "ms"))
        if name != REFERENCE:
            ratio = median(work.processor for work in invocations) / one
            found.append(Finding(f"{what}, processor, to {REFERENCE}", ratio, "x"))
    return found
