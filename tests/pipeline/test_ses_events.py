"""What SES tells of mails: sent ones are done, returned ones are failed, the rest is let be."""

from __future__ import annotations

import json
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Job
from chalicelib.domain.jobs import outbox
from chalicelib.pipeline import ses_events


@pytest.fixture
def job(database: peewee.Database) -> Job:
    return Job.create(kind="award-mail", state=outbox.WAITING, outcome=outbox.UNCONFIRMED)


def told(kind: str, job: object, **more: Any) -> dict[str, Any]:
    return {"eventType": kind, "mail": {"tags": {"job": [str(job)]}}, **more}


def process(*bodies: Any) -> list[str]:
    records = [
        {"messageId": f"message {number}", "body": b if isinstance(b, str) else json.dumps(b)}
        for number, b in enumerate(bodies)
    ]
    failures = ses_events.process({"Records": records})["batchItemFailures"]
    return [failure["itemIdentifier"] for failure in failures]


def test_a_sent_mail_is_done_however_often_it_is_told(job: Job) -> None:
    direct = told("Send", job.id)
    assert process(direct, {"source": "aws.ses", "detail": direct}, direct) == []
    row = Job.get_by_id(job.id)
    assert (row.state, row.outcome, row.due) == (outbox.DONE, "mailed", None)


def test_a_mail_that_bounced_is_failed_and_can_be_retried(job: Job) -> None:
    assert process(told("Send", job.id)) == []
    assert process(told("Bounce", job.id, bounce={"bounceType": "Transient"})) == []
    assert Job.get_by_id(job.id).state == outbox.DONE
    assert process(told("Bounce", job.id, bounce={"bounceType": "Permanent"})) == []
    row = Job.get_by_id(job.id)
    assert row.state == outbox.FAILED
    assert "bounced" in row.reason
    assert outbox.retry(job.id)


def test_other_mails_and_other_events_are_let_be(job: Job) -> None:
    sign_in = {"eventType": "Send", "mail": {"tags": {}}}
    assert process(sign_in, told("Delivery", job.id), told("Send", 4711)) == []
    assert Job.get_by_id(job.id).state == outbox.WAITING


def test_what_is_no_event_of_ses_ends_in_the_dead_letter_queue(job: Job) -> None:
    bad = ["no JSON", "[]", "{}", told("Send", "one"), {"eventType": "Send", "mail": {}}]
    assert process(*bad, told("Send", job.id)) == [f"message {number}" for number in range(5)]
    assert Job.get_by_id(job.id).state == outbox.DONE


def test_what_ses_says_to_try_its_topic_is_no_dead_letter() -> None:
    body = "Successfully validated SNS topic for Amazon SES event publishing."
    assert ses_events.process({"Records": [{"messageId": "a", "body": body}]}) == {
        "batchItemFailures": []
    }
