"""The table of the kinds of jobs: what each row names exists."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.events import events
from chalicelib.domain.jobs import kinds
from chalicelib.domain.jobs.kinds import KINDS, Kind
from chalicelib.pipeline import worker
from chalicelib.queues import ISSUING, OUTBOX

ROOT = Path(__file__).parents[3]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_the_names_are_those_that_rows_and_messages_have() -> None:
    assert sorted(kinds.BY_NAME) == [
        "award", "award-mail", "delivery", "feedback-mail", "image", "issue", "reading", "rebaking",
        "review",
        "revocation", "revocation-mail",
    ]  # fmt: skip
    assert len(kinds.BY_NAME) == len(KINDS)


@each
def test_each_row_names_a_queue_and_functions_that_exist(kind: Kind) -> None:
    assert kind.queue in OUTBOX
    assert kind.label
    assert kind.retries.attempts > 1
    for name in filter(None, (kind.handler, kind.start)):
        assert callable(worker.import_function(name))


def test_each_queue_that_we_send_to_carries_some_kind() -> None:
    assert {kind.queue for kind in KINDS} == set(OUTBOX)


def test_only_deliveries_may_be_repeated() -> None:
    assert kinds.REPEATABLE == ("delivery",)


def test_events_cause_jobs_that_there_are() -> None:
    assert set(events.JOB_OF_ACTION.values()) <= set(kinds.BY_NAME)


def test_there_is_no_row_for_another_kind() -> None:
    with pytest.raises(KeyError):
        kinds.of("webhook")  # which is what parked webhooks say they are, in the issuing queue
    assert kinds.of("review").queue is ISSUING


def test_a_worker_imports_no_handler_before_it_has_such_a_job() -> None:
    code = (
        "import sys, chalicelib.pipeline.worker as worker\n"
        "from chalicelib.domain.jobs import kinds\n"
        "def loaded(): return {one for one in sys.modules if '.pipeline.handlers.' in one}\n"
        "assert loaded() == set(), loaded()\n"
        "name = kinds.of('issue').handler\n"
        "worker.import_function(name)\n"
        "assert loaded() == {name.partition(':')[0]}, loaded()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
