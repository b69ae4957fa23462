"""A worker killed between any two steps: nothing is lost, and nothing is doubled.

A step is an SQL statement, a commit or a call to AWS. The worker dies at each of them in turn,
without any of its own code running afterwards; then others go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.aws import storage
from chalicelib.data.models import TABLES, Application, Award, Event, Job
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import adoption
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.images import images
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import owners, places
from chalicelib.domain.reviews import reviews
from chalicelib.openbadges import baking, default_image
from chalicelib.pipeline.handlers import baker, send_mail
from tests.conftest import Clock, Cloud
from tests.pipeline.harness import KilledError, Killer, Pipeline, bury, start_over

EARNER = "earner@example.org"


def an_approved_review() -> None:
    """Have a badge, an application for it, and a review that satisfies its one criterion."""
    where = places.Scope(
        owners.create_system({"slug": "chicago", "name": "Chicago", "url": "http://example.org"})
    )
    badge = badges.create(
        where,
        {
            "name": "Reader", "slug": "reader", "earnerDescription": "E", "unique": True,
            "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
            "criteria": [{"description": "Read a book", "required": True}],
        },
        images.Picture(key="images/reader", media_type="image/png"),
    )  # fmt: skip
    (criterion,) = catalog.details([badge.id])[badge.id].criteria
    application = applications.create(badge, {"learner": EARNER})
    items = [{"criterionId": criterion.id, "satisfied": True}]
    reviews.create(application, {"author": "reviewer@example.org", "reviewItems": items})


def deaths(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[int, list[str]]]:
    """Let a worker die at every step in turn; yield how many mails came, and why jobs failed."""
    storage.put("images/reader", default_image.content(), "image/png")
    for fatal in range(10_000):
        start_over(cloud, tuple(reversed(TABLES)))
        an_approved_review()
        killer = Killer(fatal)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                while pipeline.step():
                    pass
            except KilledError:
                bury()
        if not killer.dead:
            return
        pipeline.settle()
        (award,) = Award.select()
        assert award.revoked is None
        assert award.baked_key in cloud.objects()
        assert Application.get().processed is not None
        assert Event.select().where(Event.action == "award").count() == 1
        failed = Job.select().where(Job.state == outbox.FAILED)
        yield len(cloud.mails()), [str(job.reason) for job in failed]


def test_a_worker_killed_at_every_single_step(
    pipeline_with_ses: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = list(deaths(pipeline_with_ses, cloud, monkeypatch))
    assert len(outcomes) > 30
    assert outcomes == [(1, [])] * len(outcomes)


def test_a_worker_killed_at_every_step_of_baking_again(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put("images/reader", default_image.content(), "image/png")
    for fatal in range(1000):
        start_over(cloud, tuple(reversed(TABLES)))
        an_approved_review()
        pipeline.settle()
        award = Award.get()
        adoption.adopt(award.badge, [EARNER], comment="New words")
        killer = Killer(fatal)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                pipeline.step()
            except KilledError:
                bury()
        pipeline.settle()
        assert "New words" in (baking.unbake(cloud.objects()[baker.key_of(award)]) or "")
        assert {job.state for job in Job.select()} == {outbox.DONE}
        assert (len(cloud.mails()), Event.select().count()) == (1, 2)
        if not killer.dead:
            break
    assert fatal > 8


def test_without_a_confirmation_a_mail_is_left_to_a_person_and_never_sent_twice(
    pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = list(deaths(pipeline, cloud, monkeypatch))
    uncertain = [(sent, reasons) for sent, reasons in outcomes if reasons]
    assert all(sent <= 1 and reasons == [send_mail.UNCERTAIN] for sent, reasons in uncertain)
    assert {sent for sent, reasons in outcomes if not reasons} == {1}
    # Between the commit that says "sending" and the one that says "mailed" lie a few steps only.
    assert len(uncertain) <= 6


def test_a_message_delivered_three_times_counts_once(
    app: Any, database: peewee.Database, cloud: Cloud, clock: Clock
) -> None:
    pipeline = Pipeline(cloud, clock)
    an_approved_review()
    while pipeline.step(copies=3):
        pass
    assert Award.select().count() == 1
    assert len(cloud.mails()) == 1


def test_a_lost_queue_loses_nothing(
    app: Any, database: peewee.Database, cloud: Cloud, clock: Clock
) -> None:
    pipeline = Pipeline(cloud, clock)
    an_approved_review()
    assert cloud.messages("ISSUING_QUEUE_URL")
    pipeline.settle()
    assert Award.select().count() == 1
    assert len(cloud.mails()) == 1
