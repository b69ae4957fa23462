"""SQS: messages are sent in batches, none is dropped silently, dead letters can be redriven."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.aws import queues, session
from chalicelib.aws.queues import QueueError
from tests.conftest import Cloud, dead_letter_queue


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_messages_are_sent_in_batches(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    sent = [{"version": 1, "id": number, "é": "ü"} for number in range(count)]
    queues.send(cloud.queues["MAIL_QUEUE_URL"], sent)
    received = cloud.messages("MAIL_QUEUE_URL")
    assert sorted(received, key=lambda message: message["id"]) == sent


class Refusing:
    """An SQS that accepts the first request and refuses a part of the second."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        if len(self.requests) == 1:
            return {"Successful": request["Entries"]}
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}


def test_refused_messages_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = Refusing()
    monkeypatch.setattr(queues, "client", lambda service: sqs)
    with pytest.raises(RuntimeError, match="refused 1 messages: InternalError"):
        queues.send("url", [{"id": number} for number in range(15)])
    assert [len(request["Entries"]) for request in sqs.requests] == [10, 5]
    ids = [entry["Id"] for entry in sqs.requests[0]["Entries"]]
    assert len(set(ids)) == len(ids)


def test_each_message_has_its_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = Refusing()
    monkeypatch.setattr(queues, "client", lambda service: sqs)
    queues.send("url", [{"id": number} for number in range(3)], [0, 15, 900])
    (request,) = sqs.requests
    assert [entry["DelaySeconds"] for entry in request["Entries"]] == [0, 15, 900]


# Dead letters


@pytest.fixture
def dead(cloud: Cloud) -> str:
    """The dead-letter queue of the email queue."""
    return dead_letter_queue(cloud, "MAIL_QUEUE_URL")


def put(url: str, *bodies: str) -> None:
    for body in bodies:
        session.client("sqs").send_message(QueueUrl=url, MessageBody=body)


def bodies(url: str) -> list[str]:
    """Receive the visible messages of a queue."""
    sqs, found = session.client("sqs"), []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in batch]
    return sorted(found)


def its(cloud: Cloud, setting: str = "MAIL_QUEUE_URL") -> queues.DeadLetters:
    found = queues.dead_letters_of(cloud.queues[setting])
    assert found is not None
    return found


def test_the_redrive_policy_names_the_dead_letter_queue(cloud: Cloud, dead: str) -> None:
    put(dead, "a", "b")
    assert queues.dead_letters_of(cloud.queues["MAIL_QUEUE_URL"]) == (dead, 2)
    assert queues.dead_letters_of(cloud.queues["AWARD_QUEUE_URL"]) is None


def test_peeking_leaves_the_messages_in_place(cloud: Cloud, dead: str) -> None:
    put(dead, *"abcdefghijkl")
    first = queues.peek(its(cloud))
    assert len(first) == 10
    assert abs((datetime.now(UTC) - first[0].sent).total_seconds()) < 60
    assert bodies(dead) == [*"abcdefghijkl"]


def test_an_empty_queue_is_peeked_into_without_waiting(cloud: Cloud, dead: str) -> None:
    assert queues.peek(its(cloud)) == []


def test_dead_letters_are_moved_back_unchanged(cloud: Cloud, dead: str) -> None:
    sent = [f'{{"n":{number}}}' for number in range(10, 33)]
    put(dead, *sent)
    sqs = session.client("sqs")
    attribute = {"from": {"DataType": "String", "StringValue": "afar"}}
    sqs.send_message(QueueUrl=dead, MessageBody="x", MessageAttributes=attribute)
    source = cloud.queues["MAIL_QUEUE_URL"]
    assert queues.redrive(its(cloud), source, most=24, seconds=20) == 24
    assert its(cloud).number == 0
    assert bodies(dead) == []
    received = sqs.receive_message(
        QueueUrl=source, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )["Messages"]
    assert len(received) == 10
    assert bodies(source) == sorted([*sent, "x"])


def test_no_more_messages_are_moved_than_requested(cloud: Cloud, dead: str) -> None:
    put(dead, *"abcdefghijklmno")
    source = cloud.queues["MAIL_QUEUE_URL"]
    assert queues.redrive(its(cloud), source, most=12, seconds=20) == 12
    assert (its(cloud).number, len(bodies(source))) == (3, 12)


def test_no_batch_starts_after_the_time_limit(cloud: Cloud, dead: str) -> None:
    put(dead, "a")
    assert queues.redrive(its(cloud), cloud.queues["MAIL_QUEUE_URL"], most=9, seconds=0) == 0
    assert bodies(dead) == ["a"]


def test_a_process_killed_while_moving_a_message_leaves_it_in_both_queues(
    cloud: Cloud, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(dead, "a")
    source, sqs = cloud.queues["MAIL_QUEUE_URL"], session.client("sqs")

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sqs, "delete_message_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        queues.redrive(its(cloud), source, most=9, seconds=20)
    assert bodies(source) == ["a"]
    attribute = "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=[attribute])
    assert answer["Attributes"][attribute] == "1"


def test_a_refused_message_stays(cloud: Cloud, dead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(dead, "a", "b")
    sqs = session.client("sqs")
    send = sqs.send_message_batch

    def refuse_one(**arguments: Any) -> Any:
        answer = send(**{**arguments, "Entries": arguments["Entries"][:1]})
        return {**answer, "Failed": [{"Id": "1", "Code": "InternalError"}]}

    monkeypatch.setattr(sqs, "send_message_batch", refuse_one)
    with pytest.raises(QueueError, match="InternalError"):
        queues.redrive(its(cloud), cloud.queues["MAIL_QUEUE_URL"], most=9, seconds=20)
    assert len(bodies(cloud.queues["MAIL_QUEUE_URL"])) == 1
    assert its(cloud).number == 0  # the other one is still invisible


def test_large_messages_are_moved_one_by_one(cloud: Cloud, dead: str) -> None:
    put(dead, *(letter * 150_000 for letter in "abc"))
    source = cloud.queues["MAIL_QUEUE_URL"]
    assert queues.redrive(its(cloud), source, most=3, seconds=20) == 3
    assert [body[0] for body in bodies(source)] == [*"abc"]


def test_errors_have_aws_s_code(cloud: Cloud) -> None:
    gone = cloud.queues["MAIL_QUEUE_URL"] + "-gone"
    with pytest.raises(QueueError, match="NonExistentQueue"):
        queues.dead_letters_of(gone)
    with pytest.raises(QueueError, match="NonExistentQueue"):
        queues.peek(queues.DeadLetters(gone, 1))
    with pytest.raises(QueueError, match="NonExistentQueue"):
        queues.redrive(queues.DeadLetters(gone, 1), gone, most=1, seconds=9)


def test_connection_errors_have_botocore_s_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def get_queue_attributes(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs.example")

    monkeypatch.setattr(queues, "client", lambda service: Away())
    with pytest.raises(QueueError, match="EndpointConnectionError"):
        queues.dead_letters_of("https://sqs.example/q")
