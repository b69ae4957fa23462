"""A worker killed between any two steps: nothing is lost, and nothing is doubled.

A step is an SQL statement, a commit or a call to AWS. The worker dies at each of them in turn,
without any of its own code running afterwards; then others go on.
"""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from chalicelib.badges import applications, images, outbox, owners, publishing, reviews
from chalicelib.data.models import TABLES, Application, Award, Event, Job
from chalicelib.issuing import mails
from tests.conftest import Clock, Cloud
from tests.pipeline import KilledError, Killer, Pipeline, bury, start_over

EARNER = "earner@example.org"


def an_approved_review() -> None:
    """Have a badge, an application for it, and a review that satisfies its one criterion."""
    where = owners.Scope(
        owners.create_system({"slug": "chicago", "name": "Chicago", "url": "http://example.org"})
    )
    badge = publishing.create(
        where,
        {
            "name": "Reader", "slug": "reader", "earnerDescription": "E", "unique": True,
            "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
            "criteria": [{"description": "Read a book", "required": True}],
        },
        images.Picture(key="images/reader", media_type="image/png"),
    )  # fmt: skip
    (criterion,) = publishing.details([badge.id])[badge.id].criteria
    application = applications.create(badge, {"learner": EARNER})
    items = [{"criterionId": criterion.id, "satisfied": True}]
    reviews.create(application, {"author": "reviewer@example.org", "reviewItems": items})


def test_a_worker_killed_at_every_single_step(
    app: Any,
    database: peewee.Database,
    cloud: Cloud,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from chalicelib.aws import storage
    from chalicelib.openbadges import default_image

    storage.put("images/reader", default_image.content(), "image/png")
    pipeline = Pipeline(cloud, clock)
    survived = uncertain = 0
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
            break
        pipeline.settle()
        survived += 1

        (award,) = Award.select()
        assert award.revoked is None
        assert award.baked_key in cloud.objects()
        assert Application.get().processed is not None
        assert Event.select().where(Event.action == "award").count() == 1
        failed = list(Job.select().where(Job.state == outbox.FAILED))
        sent = len(cloud.mails())
        if failed:  # only while a mail was being sent, and then a person is asked
            assert [job.reason for job in failed] == [mails.UNCERTAIN]
            assert sent <= 1
            uncertain += 1
        else:
            assert sent == 1
    assert survived > 30
    # Between the commit that says "sending" and the one that says "mailed" lie a few steps only.
    assert uncertain <= 6


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
