"""SQS: messages go out ten at a time, and none is dropped silently."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.aws import queues
from tests.conftest import Cloud


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_any_number_of_messages_is_sent(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    sent = [{"version": 1, "id": number, "é": "ü"} for number in range(count)]
    queues.send(cloud.queues["MAIL_QUEUE_URL"], sent)
    received = cloud.messages("MAIL_QUEUE_URL")
    assert sorted(received, key=lambda message: message["id"]) == sent


class Refusing:
    """An SQS that takes the first request and refuses a part of the second."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        if len(self.requests) == 1:
            return {"Successful": request["Entries"]}
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}


def test_refused_messages_are_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = Refusing()
    monkeypatch.setattr(queues, "client", lambda service: sqs)
    with pytest.raises(RuntimeError, match="refused 1 messages: InternalError"):
        queues.send("url", [{"id": number} for number in range(15)])
    assert [len(request["Entries"]) for request in sqs.requests] == [10, 5]
    ids = [entry["Id"] for entry in sqs.requests[0]["Entries"]]
    assert len(set(ids)) == len(ids)
