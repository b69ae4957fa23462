"""A deployment in front of another one: both record the same things, and one emails the earner.

Both are this product, one after the other in one process: what the first sends to its webhook is
received by the second, which knows the first as its API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from chalicelib import tokens
from chalicelib.data.models import TABLES, Award, Event, Job
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import award_list, awards, bulk_issue, earner_mails
from chalicelib.domain.awards.bulk_issue import Step
from chalicelib.domain.badges import badges
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners import webhooks
from chalicelib.domain.reviews import reviews
from chalicelib.domain.shared.pagination import Page
from chalicelib.registry import registry
from tests.client import Client
from tests.conftest import Cloud
from tests.contract.original import SECRET, OriginalApi
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline, start_over

EMAIL = "ada@example.org"
CRITERIA = [{"description": "Read a book", "required": 1, "note": ""}]
BATCH = "0123456789abcdef"

Work = Callable[[], object]


def award() -> None:
    awards.give(badges.by_slug("reader"), EMAIL)


def revoke() -> None:
    award()
    awards.revoke(Award.get(), "A mistake")


def review(satisfied: int) -> Work:
    def work() -> None:
        badge = badges.by_slug("reader")
        application = applications.create(badge, {"learner": EMAIL})
        items = [{"criterionId": badge.criteria[0].id, "satisfied": satisfied}]
        reviews.create(application, {"author": "bob@example.org", "reviewItems": items})

    return work


@pytest.fixture
def api(database: peewee.Database, settings: dict[str, str]) -> Iterator[OriginalApi]:
    """An API that the second deployment is in front of, once `stand_in_front` says so."""
    with OriginalApi({"reader": {"slug": "reader"}}) as api:
        yield api


def stand_in_front(api: OriginalApi, settings: dict[str, str], *, mails: bool) -> None:
    settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
    api.extra = {"mailsEarner": True} if mails else {}


def sent_by_the_first(
    work: Work, pipeline: Pipeline, policy: MailPolicy = MailPolicy.ALWAYS
) -> list[bytes]:
    """Do something in the first deployment; return the bodies of the webhooks that it sends."""
    system = chicago()
    mail_policy.change(system, policy)
    published(system, "reader", criteria=CRITERIA)
    webhooks.put(system, {"url": "https://front.example.org/webhooks/badgekit", "secret": "s" * 32})
    work()
    for _ in range(5):
        pipeline.step(of=["ISSUING_QUEUE_URL", "AWARD_QUEUE_URL", "MAIL_QUEUE_URL"])
    delivered: Any = Job.select(Event.body).join(Event).where(Job.kind == kinds.DELIVERY)
    return [body.encode() for (body,) in delivered.order_by(Job.id).tuples()]


def receive(app: Any, settings: dict[str, str], bodies: list[bytes]) -> None:
    for body in bodies:
        token = tokens.sign({"body": tokens.body_claim(body)}, settings["WEBHOOK_SECRET"])
        headers = {"Authorization": tokens.header(token), "Content-Type": "application/json"}
        assert Client(app).send("POST", "/webhooks/badgekit", body, headers).status == 200


@pytest.mark.parametrize(
    ("work", "mails", "recorded"),
    [(award, 1, 1), (revoke, 1, 1), (review(1), 1, 1), (review(0), 1, 0)],
    ids=["award", "revocation", "approved", "feedback"],
)
def test_what_happens_at_the_api_is_mailed_there_and_recorded_here(
    pipeline: Pipeline,
    cloud: Cloud,
    app: Any,
    api: OriginalApi,
    settings: dict[str, str],
    work: Work,
    mails: int,
    recorded: int,
) -> None:
    bodies = sent_by_the_first(work, pipeline)
    assert len(cloud.mails()) == mails
    start_over(cloud, TABLES[::-1])
    stand_in_front(api, settings, mails=True)
    receive(app, settings, bodies)
    pipeline.settle()
    assert cloud.mails() == []
    assert Award.select().count() == recorded
    assert not Job.select().where(Job.state == outbox.FAILED, Job.image.is_null()).exists()
    assert all(earner_mails.NOTE in job.reason for job in Job.select() if "mail" in job.kind)


def issue() -> None:
    bulk_issue.issue(badges.by_slug("reader"), BATCH, [EMAIL], "bob@example.org")


@pytest.mark.parametrize(
    ("work", "policy", "there", "here"),
    [
        (award, MailPolicy.ISSUED, 0, 1),
        (award, MailPolicy.NEVER, 0, 1),
        (issue, MailPolicy.ISSUED, 1, 0),
        (issue, MailPolicy.NEVER, 0, 1),
        (revoke, MailPolicy.NEVER, 0, 1),
        (review(0), MailPolicy.ISSUED, 0, 1),
        (review(1), MailPolicy.ISSUED, 0, 1),
    ],
    ids=[
        "award, issued ones", "award, never", "issued, issued ones", "issued, never",
        "revoked, never", "feedback, issued ones", "approved, issued ones",
    ],
)  # fmt: skip
def test_what_the_api_was_told_not_to_mail_is_mailed_here(
    pipeline: Pipeline,
    cloud: Cloud,
    app: Any,
    api: OriginalApi,
    settings: dict[str, str],
    work: Work,
    policy: MailPolicy,
    there: int,
    here: int,
) -> None:
    bodies = sent_by_the_first(work, pipeline, policy)
    assert len(cloud.mails()) == there
    start_over(cloud, TABLES[::-1])
    stand_in_front(api, settings, mails=bool(there))
    receive(app, settings, bodies)
    pipeline.settle()
    assert len(cloud.mails()) == here


def test_what_badgekit_api_does_is_mailed_here(
    pipeline: Pipeline, cloud: Cloud, app: Any, api: OriginalApi, settings: dict[str, str]
) -> None:
    bodies = sent_by_the_first(award, pipeline)
    start_over(cloud, TABLES[::-1])
    stand_in_front(api, settings, mails=False)
    # The original has no such member, and only `true` counts.
    receive(app, settings, [body.replace(b',"mailsEarner":true', b"") for body in bodies])
    receive(app, settings, [body.replace(b":true", b':"yes"') for body in bodies])
    pipeline.settle()
    assert [str(mail["To"]) for mail in cloud.mails()] == [EMAIL]


@pytest.mark.parametrize("mails", [True, False], ids=["api", "here"])
def test_what_is_issued_and_revoked_here_is_mailed_once(
    pipeline: Pipeline, cloud: Cloud, api: OriginalApi, settings: dict[str, str], mails: bool
) -> None:
    stand_in_front(api, settings, mails=mails)
    badge = published(chicago(), "reader")
    bulk_issue.issue(badge, BATCH, [EMAIL], "bob@example.org")
    pipeline.settle()
    assert len(cloud.mails()) == (not mails)
    (one,) = bulk_issue.progress(badge, BATCH, Page(1, 1)).page
    assert one.step is Step.MAILED
    registry().revoke(Award.get(), "A mistake")
    pipeline.settle()
    assert len(cloud.mails()) == 2 * (not mails)
    assert api.reasons == (["A mistake"] if mails else [None])  # the original takes none
    outcomes = {job.outcome for job in Job.select() if job.kind.endswith("-mail")}
    assert outcomes == {earner_mails.BY_API if mails else "mailed"}


def test_an_award_that_the_api_had_already_is_not_mailed_again(
    pipeline: Pipeline, cloud: Cloud, api: OriginalApi, settings: dict[str, str]
) -> None:
    stand_in_front(api, settings, mails=True)
    api.instances["reader", EMAIL] = "made-long-ago"
    bulk_issue.issue(published(chicago(), "reader"), BATCH, [EMAIL], "bob@example.org")
    pipeline.settle()
    assert Award.get().slug == "made-long-ago"
    assert cloud.mails() == []


def test_an_email_that_the_api_sent_can_be_sent_from_here_on_request(
    pipeline: Pipeline, cloud: Cloud, api: OriginalApi, settings: dict[str, str]
) -> None:
    stand_in_front(api, settings, mails=True)
    bulk_issue.issue(published(chicago(), "reader"), BATCH, [EMAIL], "bob@example.org")
    pipeline.settle()
    pipeline._clock.move(award_list.PAUSE * 2)
    assert award_list.send_again(Award.get()) is award_list.Resending.QUEUED
    pipeline.settle()
    assert len(cloud.mails()) == 1
