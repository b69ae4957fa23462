"""Wake-up calls: to the right queue, when it is time, and no database is asked about early ones."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import times
from chalicelib.aws import queues
from chalicelib.data import connection
from chalicelib.domain.jobs import outages, outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.pipeline import relay, worker
from chalicelib.queues import BY_SETTING
from tests.conftest import Clock

Sent = list[tuple[str, dict[str, Any], int]]


@pytest.fixture
def sent(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What was sent: queue, message and for how many seconds it is kept back."""
    found: Sent = []

    def send(url: str, messages: list[dict[str, Any]], delays: list[int]) -> None:
        found.extend((url, *one) for one in zip(messages, delays, strict=True))

    monkeypatch.setattr(queues, "send", send)
    settings |= {name: name.split("_")[0].lower() for name in BY_SETTING}
    return found


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs of which it was noted that a message is under way."""
    found: list[int] = []
    monkeypatch.setattr(outbox, "mark_queued", found.extend)
    return found


def test_a_call_goes_to_the_queue_of_its_kind(sent: Sent, noted: list[int]) -> None:
    relay.publish([JobMessage(1, "review"), JobMessage(2, "delivery")])
    assert sent == [
        ("issuing", {"version": 1, "kind": "review", "id": 1}, 0),
        ("webhook", {"version": 1, "kind": "delivery", "id": 2}, 0),
    ]
    assert noted == [1, 2]


def test_calls_made_together_are_sent_together(sent: Sent, noted: list[int]) -> None:
    with relay.batched():
        relay.publish([JobMessage(1, "review")])
        assert sent == []
        relay.publish([JobMessage(2, "review")])
    assert [message["id"] for _, message, _ in sent] == [1, 2]


def test_calls_after_those_made_together_are_sent_at_once(sent: Sent, noted: list[int]) -> None:
    with relay.batched():
        relay.publish([JobMessage(1, "review")])
    relay.publish([JobMessage(2, "review")])
    assert [message["id"] for _, message, _ in sent] == [1, 2]
    assert noted == [1, 2]


def test_calls_made_together_are_sent_even_if_what_follows_fails(
    sent: Sent, noted: list[int]
) -> None:
    def fail() -> None:
        with relay.batched():
            relay.publish([JobMessage(1, "review")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert noted == [1]


def test_held_calls_can_be_sent_before_the_end_and_are_sent_once(
    sent: Sent, noted: list[int]
) -> None:
    with relay.batched():
        relay.publish([JobMessage(1, "review")])
        relay.flush()
        assert noted == [1]
        relay.publish([JobMessage(2, "review")])
    assert noted == [1, 2]


@pytest.mark.parametrize(
    ("pause", "delay"),
    [
        (timedelta(seconds=15), 16),  # never before its time, in whole seconds
        (timedelta(seconds=14, milliseconds=1), 16),
        (timedelta(hours=1), 900),  # the most that SQS keeps one back
        (timedelta(seconds=-30), 0),
    ],
)
def test_a_job_that_waits_is_called_for_when_it_is_due(
    sent: Sent, noted: list[int], clock: Clock, pause: timedelta, delay: int
) -> None:
    relay.publish([JobMessage(1, "award-mail", clock.now + pause)])
    ((_, message, kept_back),) = sent
    assert kept_back == delay
    assert message["due"] >= (clock.now + pause).timestamp()
    assert noted == []  # it is no longer waiting once it is noted as called for


def test_a_call_that_comes_early_is_sent_on_and_wakes_no_database(
    sent: Sent, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(connection, "_connect", asked)
    due = times.unix(clock.now + timedelta(hours=1))
    record = {"messageId": "a", "body": f'{{"version":1,"kind":"delivery","id":7,"due":{due}}}'}
    assert worker.work({"Records": [record]}, None) == {"batchItemFailures": []}
    ((queue, message, kept_back),) = sent
    assert (queue, message["id"], kept_back) == ("webhook", 7, 900)


def test_a_call_that_sqs_does_not_take_on_stays_where_it_is(
    settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("SQS refused 1 messages")

    monkeypatch.setattr(queues, "send", refuse)
    settings["WEBHOOK_QUEUE_URL"] = "webhook"
    due = times.unix(clock.now + timedelta(hours=1))
    record = {"messageId": "a", "body": f'{{"version":1,"kind":"delivery","id":7,"due":{due}}}'}
    answer = worker.work({"Records": [record]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}


def test_a_call_is_early_until_the_moment_it_is_due(clock: Clock) -> None:
    assert relay.is_early(JobMessage(1, "review", clock.now + timedelta(microseconds=1)))
    assert not relay.is_early(JobMessage(1, "review", clock.now))
    assert not relay.is_early(JobMessage(1, "review"))


def test_a_sweep_calls_for_the_jobs_that_are_overdue(
    sent: Sent, noted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "recall", lambda: 0)
    monkeypatch.setattr(
        outbox, "overdue", lambda: [JobMessage(3, "review"), JobMessage(4, "delivery")]
    )
    assert relay.sweep() == 2
    assert [message["id"] for _, message, _ in sent] == noted == [3, 4]


@pytest.mark.parametrize("due", ["soon", [], {}, float("inf")])
def test_a_call_that_names_no_time_is_none_of_ours(sent: Sent, due: Any) -> None:
    body = json.dumps({"version": 1, "kind": "delivery", "id": 7, "due": due})
    answer = worker.work({"Records": [{"messageId": "a", "body": body}]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert sent == []
