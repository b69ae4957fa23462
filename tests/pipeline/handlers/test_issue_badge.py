"""Issuing by e-mail: each address goes all the way, once, whatever happens to the workers."""

from __future__ import annotations

import json
from typing import Any

import peewee
import pytest

from chalicelib.aws import storage
from chalicelib.data.models import TABLES, Award, Badge, Event, Job
from chalicelib.domain.awards import awards, bulk_issue
from chalicelib.domain.awards.bulk_issue import Step
from chalicelib.domain.badges import badges
from chalicelib.domain.events import payloads
from chalicelib.domain.images import images
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import places
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound
from chalicelib.openbadges import default_image
from chalicelib.openbadges.baking import unbake
from tests.client import Client
from tests.conftest import Cloud
from tests.domain.places import chicago, jobs_of_events, published
from tests.pipeline.harness import KilledError, Killer, Pipeline, bury, start_over

BATCH = "0123456789abcdef"
ADA = "ada@example.org"
EARNERS = ["Bob@example.org", "cyd@example.org"]


def badge(**more: Any) -> Badge:
    return published(chicago(), "reader", **more)


def steps(about: Badge, batch: str = BATCH) -> list[Step]:
    return [one.step for one in bulk_issue.progress(about, batch, Page(1, 100)).page]


def test_every_address_gets_the_badge_and_its_mail(pipeline: Pipeline, cloud: Cloud) -> None:
    about = badge()
    assert bulk_issue.issue(
        about, BATCH, EARNERS, ADA, note="Call me", narrative="Read *ten* books"
    )
    assert steps(about) == [Step.QUEUED, Step.QUEUED]
    pipeline.step(of=["ISSUING_QUEUE_URL"])
    assert steps(about) == [Step.AWARDED, Step.AWARDED]
    pipeline.settle()
    assert steps(about) == [Step.MAILED, Step.MAILED]
    assert [(award.note, award.comment) for award in Award.select()] == [
        ("Call me", "Read *ten* books")
    ] * 2
    assert sorted(str(mail["To"]) for mail in cloud.mails()) == EARNERS
    plain = cloud.mails()[0].get_body(("plain",))
    assert plain is not None
    lines = plain.get_content().splitlines()
    assert lines[lines.index("A note from C:") + 1] == "Call me"
    assert lines[lines.index("On your award’s page:") + 1] == "Read *ten* books"
    progress = bulk_issue.progress(about, BATCH, Page(2, 1))
    assert (progress.total, progress.ended, progress.author) == (2, 2, ADA)
    assert [one.email for one in progress.page] == ["cyd@example.org"]


@pytest.mark.parametrize("key", ["images/star.png", "images/gone.png"])
def test_mails_and_baked_pictures_say_what_the_picture_shows_unless_it_could_not_be_had(
    key: str, pipeline: Pipeline, cloud: Cloud
) -> None:
    storage.put("images/star.png", default_image.content(), "image/png")
    about = badge()
    badges.update(about, {}, images.Picture(key=key, alt='A "star"'))
    bulk_issue.issue(about, BATCH, [ADA], ADA)
    pipeline.settle()
    has_it = key == "images/star.png"
    (mail,) = cloud.mails()
    rich = mail.get_body(("html",))
    assert rich is not None
    assert ('alt="A &#34;star&#34;"' in rich.get_content()) == has_it
    baked = unbake(cloud.objects()[Award.get().baked_key])
    assert ("caption" in json.loads(baked or "")["image"]) == has_it


def test_a_batch_is_issued_once(pipeline: Pipeline) -> None:
    about = badge()
    assert bulk_issue.issue(about, BATCH, EARNERS, ADA)
    assert not bulk_issue.issue(about, BATCH, EARNERS, ADA)
    assert Event.select().count() == jobs_of_events() == 2


def test_the_same_form_arriving_twice_at_once_is_one_batch(
    database: peewee.Database, together: Any
) -> None:
    about = badge()

    def send() -> bool:
        return bulk_issue.issue(about, BATCH, EARNERS, ADA)

    assert sorted(together(send, send)) == [False, True]
    assert Event.select().count() == jobs_of_events() == 2


def test_who_has_the_badge_keeps_it_and_gets_no_mail(pipeline: Pipeline, cloud: Cloud) -> None:
    about = badge()
    bulk_issue.issue(about, BATCH, EARNERS[:1], ADA)
    known, _ = awards.give(about, EARNERS[0].lower(), slug="before")
    Job.delete().where(Job.award == known).execute()
    pipeline.settle()
    assert steps(about) == [Step.KNOWN]
    assert Award.select().count() == 1
    assert cloud.mails() == []


def test_what_does_not_fit_any_more_fails_with_its_reason(pipeline: Pipeline) -> None:
    about = badge(limit=1)
    bulk_issue.issue(about, BATCH, EARNERS, ADA)
    pipeline.settle()
    progress = bulk_issue.progress(about, BATCH, Page(1, 100))
    assert [one.step for one in progress.page] == [Step.MAILED, Step.FAILED]
    assert "can be awarded 1 times" in str(progress.page[1].reason)


def test_a_badge_that_is_renamed_before_a_worker_comes_is_awarded(pipeline: Pipeline) -> None:
    about = badge()
    bulk_issue.issue(about, BATCH, EARNERS, ADA)
    badges.update(about, {"slug": "bookworm"})
    pipeline.settle()
    assert steps(badges.by_id(about.id)) == [Step.MAILED, Step.MAILED]


def test_a_revoked_award_and_a_mail_that_failed_are_told(pipeline: Pipeline) -> None:
    about = badge()
    bulk_issue.issue(about, BATCH, EARNERS, ADA)
    pipeline.settle()
    first, second = Award.select().order_by(Award.id)
    awards.revoke(first)
    Job.update(state=outbox.FAILED, reason="SES said no").where(
        Job.award == second, Job.kind == "award-mail"
    ).execute()
    progress = bulk_issue.progress(about, BATCH, Page(1, 100))
    assert [(one.step, one.reason) for one in progress.page] == [
        (Step.REVOKED, None),
        (Step.MAIL_FAILED, "SES said no"),
    ]


def test_another_badge_has_no_such_batch(pipeline: Pipeline) -> None:
    system = chicago()
    about, other = published(system, "reader"), published(system, "writer")
    bulk_issue.issue(about, BATCH, EARNERS, ADA)
    for at, name in ((other, BATCH), (about, "f" * 16), (about, "%"), (about, BATCH.upper())):
        with pytest.raises(NotFound):
            bulk_issue.progress(at, name, Page(1, 100))


def test_many_are_written_down_and_told_in_few_statements(
    database: peewee.Database, statements: list[str]
) -> None:
    about = badge()
    emails = [f"earner{number}@example.org" for number in range(1000)]
    statements.clear()
    bulk_issue.issue(about, BATCH, emails, ADA)
    assert len(statements) <= 12
    statements.clear()
    progress = bulk_issue.progress(about, BATCH, Page(10, 100))
    assert [one.email for one in progress.page] == emails[900:]
    assert len(statements) <= 4


def test_a_webhook_cannot_issue_badges(pipeline: Pipeline, app: Any) -> None:
    about = badge()
    bulk_issue.issue(about, BATCH, EARNERS[:1], ADA)
    body = json.loads(Event.get().body)
    assert Client(app).webhook({**body, "email": "mallory@example.org"}).status == 200
    pipeline.settle()
    assert [award.email for award in Award.select()] == EARNERS[:1]
    (heard,) = Event.select().where(Event.source == "webhook")
    assert Job.select().where(Job.event == heard).count() == 0
    assert payloads.parse(body) is None


@pytest.mark.slow
def test_a_worker_killed_at_every_single_step_awards_and_mails_once(
    pipeline_with_ses: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipeline_with_ses
    storage.put("images/reader", default_image.content(), "image/png")
    deaths = 0
    for fatal in range(10_000):
        start_over(cloud, tuple(reversed(TABLES)))
        where = places.Scope(chicago())
        data = {
            "name": "Reader", "slug": "reader", "earnerDescription": "E", "unique": 1,
            "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
        }  # fmt: skip
        picture = images.Picture(key="images/reader", media_type="image/png")
        about = badges.by_id(badges.create(where, data, picture).id)
        bulk_issue.issue(about, BATCH, EARNERS[:1], ADA)
        killer = Killer(fatal)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                while pipeline.step(copies=2):  # each message twice
                    pass
            except KilledError:
                bury()
        if not killer.dead:
            break
        deaths += 1
        pipeline.settle()
        (award,) = Award.select()
        assert award.origin == f"issue:{BATCH}:0"
        assert steps(about) == [Step.MAILED]
        assert len(cloud.mails()) == 1
        assert Badge.get_by_id(about.id).awarded == 1
        assert Job.select().where(Job.state == outbox.FAILED).count() == 0
    assert deaths > 30
