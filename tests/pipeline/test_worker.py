"""The record loop: partial answers, bad messages, and what each bad webhook ends as."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.data.models import Application, Award, Badge, Event, Job, Review
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.jobs import outbox
from chalicelib.domain.reviews import reviews
from chalicelib.errors import BadgeKitError, Unavailable
from chalicelib.pipeline import relay, worker
from chalicelib.pipeline.handlers import award_badge
from tests.client import Client
from tests.conftest import Cloud
from tests.faults.test_killed_anywhere import an_approved_review
from tests.pipeline.harness import Pipeline
from tests.pipeline.test_receive import AWARD, REVIEW


def record(body: str, name: str = "a-message") -> dict[str, Any]:
    return {"messageId": name, "receiptHandle": "x", "body": body, "eventSource": "aws:sqs"}


@pytest.mark.parametrize(
    "body",
    [
        '{"version": 1, "kind": "review", "id": 1e999}',
        '{"version": 1, "kind": "review", "id": 99999999999999999999999}',
        '{"version": 1, "kind": "review", "id": "' + "x" * 9 + '"}',
        pytest.param("[" * 100_000, id="nested too deeply"),
        "",
        "not JSON",
        "[]",
        "null",
        '{"version": 2, "kind": "review", "id": 1}',
        '{"version": 1, "kind": "dance", "id": 1}',
        '{"version": 1, "kind": "review", "id": "one"}',
        '{"version": 1, "kind": "review"}',
        '{"version": 1, "kind": ["review"], "id": 1}',
    ],
)
def test_a_message_that_is_not_ours_is_given_back_for_the_dead_letter_queue(
    pipeline: Pipeline, body: str
) -> None:
    result = worker.work({"Records": [record(body)]}, None)
    assert result == {"batchItemFailures": [{"itemIdentifier": "a-message"}]}


def test_a_message_for_a_job_that_is_done_or_gone_is_dropped(pipeline: Pipeline) -> None:
    body = json.dumps({"version": 1, "kind": "review", "id": 4711})
    assert worker.work({"Records": [record(body)]}, None) == {"batchItemFailures": []}


def test_one_bad_job_does_not_hold_up_the_others(pipeline: Pipeline, app: Any) -> None:
    an_approved_review()
    client = Client(app)
    lost = {**REVIEW, "application": {**REVIEW["application"], "slug": "nobody-knows-it"}}  # type: ignore[dict-item]
    assert client.webhook(lost).status == 200
    records = [
        record(json.dumps({"version": 1, "kind": job.kind, "id": job.id}), f"message {job.id}")
        for job in Job.select()
    ]
    assert worker.work({"Records": records}, None) == {"batchItemFailures": []}
    assert Award.select().count() == 1
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert "nobody-knows-it" in failed.reason


def test_a_job_that_there_is_no_time_for_is_given_back(pipeline: Pipeline) -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 1_000

    an_approved_review()
    body = json.dumps({"version": 1, "kind": "review", "id": Job.get().id})
    result = worker.work({"Records": [record(body)]}, Context())
    assert result == {"batchItemFailures": [{"itemIdentifier": "a-message"}]}
    assert Award.select().count() == 0


def two_jobs(app: Any) -> list[dict[str, Any]]:
    """Return messages for an approved review, and for one of an application that does not exist."""
    an_approved_review()
    lost = {**REVIEW, "application": {**REVIEW["application"], "slug": "unknown"}}  # type: ignore[dict-item]
    assert Client(app).webhook(lost).status == 200
    return [
        record(json.dumps({"version": 1, "kind": job.kind, "id": job.id}), name)
        for job, name in zip(Job.select().order_by(Job.id), ("approved", "unknown"), strict=True)
    ]


def test_calls_are_sent_before_the_time_of_a_batch_is_up(
    pipeline: Pipeline, cloud: Cloud, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 1_000 if Award.select().exists() else 60_000

    sent: list[bool] = []

    def is_answered(job: Job) -> bool:
        sent.append(cloud.has_messages("AWARD_QUEUE_URL"))
        return False

    records = two_jobs(app)
    monkeypatch.setattr(worker, "_is_answered", is_answered)
    answer = worker.work({"Records": records}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "unknown"}]}
    assert sent == [True]


def test_a_job_whose_end_cannot_be_written_is_given_back_and_the_others_go_on(
    pipeline: Pipeline, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: Job, reason: str) -> None:
        raise Unavailable("The database does not answer")

    records = two_jobs(app)
    monkeypatch.setattr(outbox, "fail", fail)
    answer = worker.work({"Records": records[::-1]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "unknown"}]}
    assert Award.select().count() == 1


@pytest.mark.parametrize(("status", "state"), [(499, outbox.FAILED), (500, outbox.WAITING)])
def test_errors_of_servers_may_pass_and_those_of_requests_do_not(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, status: int, state: str
) -> None:
    def act(job: Job) -> None:
        problem = BadgeKitError("Trouble")
        problem.status = status
        raise problem

    an_approved_review()
    job = Job.get()
    monkeypatch.setattr(award_badge, "award_badge", act)
    worker.work(
        {"Records": [record(json.dumps({"version": 1, "kind": "review", "id": job.id}))]}, None
    )
    assert Job.get_by_id(job.id).state == state


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (RuntimeError("a secret"), "Unexpected error: RuntimeError"),
        (ClientError({"Error": {"Code": "Throttling"}}, "SendEmail"), "AWS returned Throttling"),
    ],
    ids=["unexpected", "AWS"],
)
def test_any_other_trouble_puts_a_job_back_and_says_what_kind_it_was(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, problem: Exception, reason: str
) -> None:
    def act(job: Job) -> None:
        raise problem

    an_approved_review()
    monkeypatch.setattr(award_badge, "award_badge", act)
    body = json.dumps({"version": 1, "kind": "review", "id": Job.get().id})
    assert worker.work({"Records": [record(body)]}, None) == {"batchItemFailures": []}
    assert (Job.get().state, Job.get().reason) == (outbox.WAITING, reason)


def test_without_a_database_all_messages_are_sent_anew(
    pipeline: Pipeline, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim(ids: Any, lease: Any) -> list[Job]:
        raise Unavailable("The database does not answer")

    records = two_jobs(app)
    monkeypatch.setattr(outbox, "claim", claim)
    sent: list[Any] = []
    monkeypatch.setattr(relay, "put_off", lambda jobs: sent.extend(jobs) or True)
    assert worker.work({"Records": records}, None) == {"batchItemFailures": []}
    assert len(sent) == 2
    monkeypatch.setattr(relay, "put_off", lambda jobs: False)
    answer = worker.work({"Records": records}, None)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["approved", "unknown"]


BADGE = {"slug": "reader", "name": "Reader", "system": {"slug": "chicago"}}


@pytest.mark.parametrize(
    ("webhook", "reason"),
    [
        ({**REVIEW, "application": {**REVIEW["application"], "slug": "gone"}}, "application"),  # type: ignore[dict-item]
        ({**AWARD, "badge": {**BADGE, "slug": "no-such-badge"}}, "no-such-badge"),
        ({**AWARD, "badge": {**BADGE, "system": {"slug": "atlantis"}}}, "atlantis"),
        ({**AWARD, "email": "nobody"}, "not a valid email address"),
        ({**AWARD, "email": "a@b.co, c@d.co"}, "not a valid email address"),
        ({**AWARD, "email": "a@b.co\r\nBcc: everybody@example.org"}, "not a valid email address"),
        (
            {"action": "revoke", "uid": "x", "badge": {"slug": "no-such-badge"}, "email": "a@b.co"},
            "no-such-badge",
        ),
        (
            {"action": "revoke", "uid": "x", "badge": BADGE, "email": "nobody"},
            "not a valid email address",
        ),
    ],
)
def test_a_webhook_about_what_does_not_exist_is_kept_and_fails_with_a_reason(
    pipeline: Pipeline, cloud: Cloud, app: Any, webhook: dict[str, Any], reason: str
) -> None:
    an_approved_review()
    pipeline.settle()
    known, mails = Award.select().count(), len(cloud.mails())
    assert Client(app).webhook(webhook).status == 200
    pipeline.settle()
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert reason in failed.reason
    assert json.loads(Event.get_by_id(failed.event_id).body) == webhook
    assert Award.select().count() == known
    assert len(cloud.mails()) == mails


def test_feedback_to_an_address_that_is_none_fails_with_a_reason(
    pipeline: Pipeline, cloud: Cloud, app: Any
) -> None:
    webhook = {
        **REVIEW,
        "application": {**REVIEW["application"], "learner": "nobody"},  # type: ignore[dict-item]
        "approved": False,
    }
    assert Client(app).webhook(webhook).status == 200
    pipeline.settle()
    (failed,) = Job.select().where(Job.state == outbox.FAILED)
    assert failed.kind == "feedback-mail"
    assert "not a valid email address" in failed.reason
    assert cloud.mails() == []


def test_a_revocation_that_comes_before_its_award_keeps_the_award_revoked(
    pipeline: Pipeline, cloud: Cloud, app: Any
) -> None:
    an_approved_review()
    pipeline.settle()
    client = Client(app)
    revoke = {"action": "revoke", "uid": AWARD["uid"], "badge": BADGE, "email": AWARD["email"]}
    assert client.webhook({**revoke, "email": "late@example.org"}).status == 200
    pipeline.settle()
    assert client.webhook({**AWARD, "email": "late@example.org"}).status == 200
    pipeline.settle()
    award = Award.get(Award.slug == AWARD["uid"])
    assert award.revoked is not None
    assert award.baked_key in cloud.objects()
    subjects = [str(m["Subject"]) for m in cloud.mails() if str(m["To"]) == "late@example.org"]
    assert subjects == ["Your badge “Reader” was revoked"]


def test_a_mail_whose_award_was_revoked_meanwhile_is_not_sent(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    an_approved_review()
    while pipeline.step(of=["ISSUING_QUEUE_URL", "AWARD_QUEUE_URL"]):
        pass
    awards.revoke(Award.get())
    pipeline.settle()
    subjects = [str(mail["Subject"]) for mail in cloud.mails()]
    assert "Your badge “Reader” was revoked" in subjects
    assert "You earned the badge “Reader”" not in subjects


def test_an_award_that_is_heard_before_its_predecessor_s_revocation_is_not_lost(
    pipeline: Pipeline, cloud: Cloud, app: Any
) -> None:
    an_approved_review()
    pipeline.settle()
    first, client = Award.get(), Client(app)
    revoke = {"action": "revoke", "uid": first.slug, "badge": BADGE, "email": first.email}
    assert client.webhook(revoke).status == 200
    assert client.webhook({**AWARD, "email": first.email}).status == 200
    pipeline.step(of=["AWARD_QUEUE_URL"])  # the queue of awards is the faster one
    pipeline.settle()
    assert Award.get_by_id(first.id).revoked is not None
    second = Award.get(Award.slug == AWARD["uid"])
    assert (second.revoked, second.active_key is None) == (None, False)
    subjects = [str(mail["Subject"]) for mail in cloud.mails()]
    assert subjects.count("You earned the badge “Reader”") == 2


def test_an_edited_review_does_not_bring_a_revoked_award_back(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    an_approved_review()
    pipeline.settle()
    Award.update(origin=None).execute()  # as if the earner had had the badge before
    awards.revoke(Award.get())
    application = Application.get()
    review = Review.get()
    items = [{"criterionId": item.criterion_id, "satisfied": True} for item in review.items]
    reviews.update(application, review, {"comment": "A typo less", "reviewItems": items})
    pipeline.settle()
    assert Award.select().count() == 1
    assert Award.get().revoked is not None


def test_a_badge_archived_between_award_and_note_is_no_failure(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    an_approved_review()
    pipeline.settle()
    Badge.update(archived=True).execute()
    Application.update(processed=None).execute()
    Job.update(state=outbox.RECEIVED).where(Job.kind == "review").execute()
    job = Job.select().where(Job.kind == "review").get()
    pipeline.work(
        {"Records": [record(json.dumps({"version": 1, "kind": "review", "id": job.id}))]}, None
    )
    assert Job.get_by_id(job.id).outcome == "already awarded"


def test_a_badge_that_is_renamed_before_its_review_is_acted_on_is_awarded(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    an_approved_review()
    badges.update(badges.by_slug("reader"), {"slug": "bookworm", "name": "Bookworm"})
    pipeline.settle()
    assert [job.reason for job in Job.select().where(Job.state == outbox.FAILED)] == []
    assert [str(mail["Subject"]) for mail in cloud.mails()] == ["You earned the badge “Bookworm”"]


def test_a_revocation_is_told_of_after_its_badge_was_deleted(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    an_approved_review()
    pipeline.settle()
    award = Award.get()
    awards.revoke(award)
    badges.delete(badges.by_slug("reader"))
    pipeline.settle()
    assert [job.reason for job in Job.select().where(Job.state == outbox.FAILED)] == []
    assert str(cloud.mails()[-1]["Subject"]) == "Your badge “Reader” was revoked"
