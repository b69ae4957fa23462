"""A database, S3, SQS, SES or another API that is away: a clear reason, and nothing is lost."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from chalicelib.aws import queues, session, storage
from chalicelib.data.models import Award, Job
from chalicelib.domain.awards import bulk_issue
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.errors import Unavailable
from chalicelib.pipeline import relay
from tests.client import Client
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.faults.test_killed_anywhere import an_approved_review
from tests.pipeline.harness import Pipeline, sqs_event

URL = "https://aws.example.org"
AWAY: dict[str, Exception] = {
    "unreachable": EndpointConnectionError(endpoint_url=URL),
    "slow to connect": ConnectTimeoutError(endpoint_url=URL),
    "throttled": ClientError({"Error": {"Code": "ThrottlingException", "Message": "s3cret"}}, "X"),
}


def failing(times: int, problem: Exception, verb: Callable[..., Any]) -> Callable[..., Any]:
    """Return a verb that fails so many times before it works."""
    left = [times]

    def verb_or_failure(*args: Any, **kwargs: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise problem
        return verb(*args, **kwargs)

    return verb_or_failure


def assert_all_is_well(cloud: Cloud) -> None:
    (award,) = Award.select()
    assert award.baked_key in cloud.objects()
    assert len(cloud.mails()) == 1
    assert {job.state for job in Job.select()} == {outbox.DONE}


@pytest.mark.parametrize("how", AWAY)
def test_s3_that_is_away_for_a_while_delays_only(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    an_approved_review()
    monkeypatch.setattr(storage, "put", failing(3, AWAY[how], storage.put))
    pipeline.settle()
    assert_all_is_well(cloud)


@pytest.mark.parametrize("how", AWAY)
def test_sqs_that_is_away_delays_only(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(queues, "send", failing(3, AWAY[how], queues.send))
    an_approved_review()
    assert Job.get().state == outbox.RECEIVED
    pipeline.settle()
    assert_all_is_well(cloud)


@pytest.mark.parametrize("how", AWAY)
def test_ses_that_is_away_delays_only(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    ses = session.client("sesv2")
    monkeypatch.setattr(ses, "send_email", failing(3, AWAY[how], ses.send_email))
    an_approved_review()
    pipeline.settle()
    assert_all_is_well(cloud)


def test_ses_that_breaks_off_while_taking_a_mail_is_left_to_a_person(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses, problem = session.client("sesv2"), ReadTimeoutError(endpoint_url=URL)
    monkeypatch.setattr(ses, "send_email", failing(1, problem, ses.send_email))
    an_approved_review()
    pipeline.settle()
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert failed.kind == "award-mail"
    assert "may already have been sent" in failed.reason
    assert outbox.retry(failed.id)
    pipeline.settle()
    assert_all_is_well(cloud)


@pytest.mark.parametrize(
    "problem",
    [
        ClientError(
            {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}},
            "SendEmail",
        ),
        ResponseParserError("the answer was cut off"),
        HTTPClientError(error="broken pipe"),
    ],
)
def test_whatever_ses_answers_a_mail_that_may_be_gone_is_not_sent_again(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    ses = session.client("sesv2")
    send = ses.send_email

    def send_and_break(**mail: Any) -> Any:
        send(**mail)
        raise problem

    monkeypatch.setattr(ses, "send_email", send_and_break)
    an_approved_review()
    pipeline.settle()
    assert len(cloud.mails()) == 1
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert "may already have been sent" in failed.reason


def test_a_job_that_stops_every_worker_is_given_up(
    pipeline: Pipeline, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_approved_review()
    for _ in range(kinds.DEFAULT.attempts):
        assert len(outbox.claim([Job.get().id], timedelta(minutes=1))) == 1
        clock.move(timedelta(hours=1))
    pipeline.settle()
    job = Job.get(Job.kind == "review")
    assert job.state == outbox.FAILED
    assert "stopped 10 times" in job.reason


def test_what_stays_away_ends_as_failed_with_a_reason_and_can_be_retried(
    pipeline: Pipeline,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    an_approved_review()
    with monkeypatch.context() as patch:
        patch.setattr(storage, "put", failing(1_000, AWAY["throttled"], storage.put))
        pipeline.settle()
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert failed.kind == "award"
    assert "ThrottlingException" in failed.reason
    assert "s3cret" not in failed.reason
    assert "ThrottlingException" in caplog.text
    assert "s3cret" not in caplog.text
    assert failed.attempts == kinds.DEFAULT.attempts
    assert outbox.retry(failed.id)
    pipeline.settle()
    assert_all_is_well(cloud)


def away(*_: Any, **__: Any) -> Any:
    raise peewee.OperationalError(2003, "Can't connect to s3cret")


def test_while_the_database_is_away_messages_are_sent_anew_and_come_back_soon(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    an_approved_review()
    queue = cloud.queues["ISSUING_QUEUE_URL"]
    (message,) = session.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    sent: list[tuple[Any, int]] = []
    for _ in range(20):  # more often than a message may fail
        with monkeypatch.context() as patch:
            patch.setattr(peewee.Database, "execute_sql", away)
            patch.setattr(
                queues,
                "send",
                lambda url, bodies, delays: sent.extend(zip(bodies, delays, strict=True)),
            )
            assert pipeline.work(sqs_event([message]), None) == {"batchItemFailures": []}
        body, delay = sent[-1]
        assert delay == 31
        clock.move(timedelta(seconds=delay))
        message["Body"] = json.dumps(body)
    assert len(sent) == 20
    assert pipeline.work(sqs_event([message]), None) == {"batchItemFailures": []}
    assert Job.get(Job.kind == "review").state == outbox.DONE
    pipeline.settle()
    assert_all_is_well(cloud)


def test_a_database_that_is_away_gives_the_whole_batch_back_if_sqs_is_too(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_approved_review()
    queue = cloud.queues["ISSUING_QUEUE_URL"]
    answer = session.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)
    with monkeypatch.context() as patch:
        patch.setattr(peewee.Database, "execute_sql", away)
        patch.setattr(queues, "send", away)
        names = [message["MessageId"] for message in answer["Messages"]]
        result = pipeline.work(sqs_event(answer["Messages"]), None)
        assert [one["itemIdentifier"] for one in result["batchItemFailures"]] == names
    pipeline.settle()
    assert_all_is_well(cloud)


def test_the_first_sweep_after_an_outage_wakes_all_jobs_whose_messages_are_lost(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(outbox, "overdue", functools.partial(outbox.overdue, limit=20))
    assert relay.sweep() == 0
    badge = published(chicago(), "flood")
    bulk_issue.issue(
        badge, "0123456789abcdef", [f"e{n}@example.org" for n in range(95)], "p@example.org"
    )
    assert {job.state for job in Job.select()} == {outbox.QUEUED}
    number = Job.select().count()
    assert number >= 95
    session.client("sqs").purge_queue(QueueUrl=cloud.queues["ISSUING_QUEUE_URL"])  # dead letters
    with monkeypatch.context() as patch:
        patch.setattr(peewee.Database, "execute_sql", away)
        for _ in range(3):
            clock.move(timedelta(minutes=1))
            with pytest.raises(Unavailable):
                relay.sweep()
    clock.move(timedelta(minutes=1))
    assert relay.sweep() == number
    clock.move(timedelta(minutes=1))
    assert relay.sweep() == 0  # their messages are on their way
    assert outbox.overdue() == []


def test_an_outage_is_told_in_one_line_for_each_batch_and_each_page(
    pipeline: Pipeline,
    app: Any,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    an_approved_review()
    queue = cloud.queues["ISSUING_QUEUE_URL"]
    answer = session.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)
    monkeypatch.setattr(peewee.Database, "execute_sql", away)
    caplog.clear()
    pipeline.work(sqs_event(answer["Messages"]), None)
    for accept in ("text/html", "application/json"):
        assert Client(app).send("GET", "/public/badges/x", headers={"Accept": accept}).status == 503
    lines = [logging.Formatter("%(message)s").format(one) for one in caplog.records]
    assert len(lines) == 3
    why = "The database is not responding; try again shortly. (OperationalError 2003)"
    assert lines[0] == f"1 jobs have to wait: {why}"
    for line in lines[1:]:
        assert re.fullmatch(r"error [0-9a-f]{8}: 503 for GET '/public/badges/x': (.*)", line)
        assert line.endswith(why)


@pytest.mark.parametrize("statement", range(1, 30))
def test_a_database_that_goes_away_at_any_statement_loses_nothing(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    an_approved_review()
    execute, count = peewee.Database.execute_sql, [0]

    def flaky(self: peewee.Database, *args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        if statement <= count[0] < statement + 4:
            raise peewee.OperationalError(2006, "MySQL server has gone away")
        return execute(self, *args, **kwargs)

    work = pipeline.work

    def survive(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return work(event, context)
        except Exception:  # Lambda gives the batch back to SQS
            names = [record["messageId"] for record in event["Records"]]
            return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}

    pipeline.work = survive
    with monkeypatch.context() as patch:
        patch.setattr(peewee.Database, "execute_sql", flaky)
        while count[0] < statement + 4 and pipeline.step():
            pass
    pipeline.settle()
    (award,) = Award.select()
    assert award.baked_key in cloud.objects()
    failed = [job.reason for job in Job.select().where(Job.state == outbox.FAILED)]
    assert len(cloud.mails()) == 1 or (
        not cloud.mails() and "may already have been sent" in failed[0]
    )


def test_the_sweeper_requeues_jobs_without_a_worker(
    pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    assert relay.sweep() == 0  # the first one would wake whatever is queued
    an_approved_review()
    assert relay.sweep() == 0
    clock.move(outbox.UNANSWERED_AFTER)
    clock.move(outbox.UNSENT_AFTER)
    assert relay.sweep() == 1
    assert len(cloud.messages("ISSUING_QUEUE_URL")) == 2
