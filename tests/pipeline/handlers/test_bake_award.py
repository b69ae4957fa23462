"""Baking an award again: after the first time, with what it says then, and without a mail."""

from __future__ import annotations

import json
from datetime import timedelta

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Job
from chalicelib.domain.awards import adoption, awards
from chalicelib.domain.jobs import kinds, messages, outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.openbadges import baking
from chalicelib.pipeline import worker
from chalicelib.pipeline.handlers import baker
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline

EARNER = "earner@example.org"
BAKER = kinds.of(kinds.REBAKING).queue.setting


@pytest.fixture
def badge(database: peewee.Database, pipeline: Pipeline) -> Badge:
    badge = published(chicago(), "reader")
    Badge.update(image=None).execute()
    return badge


@pytest.fixture
def award(badge: Badge) -> Award:
    return awards.give(badge, EARNER, adoptable=True)[0]


def baked(cloud: Cloud, award: Award) -> str:
    return baking.unbake(cloud.objects()[baker.key_of(award)]) or ""


def outcomes() -> dict[str, str | None]:
    return {job.kind: job.outcome for job in Job.select().where(Job.event.is_null(False))}


def test_an_award_that_was_baked_is_baked_again_and_not_mailed_again(
    badge: Badge, award: Award, pipeline: Pipeline, cloud: Cloud
) -> None:
    pipeline.settle()
    assert "New words" not in baked(cloud, award)
    adoption.adopt(badge, [EARNER], comment="New words")
    pipeline.settle()
    assert "New words" in baked(cloud, award)
    assert len(cloud.mails()) == 1
    assert outcomes() == {"award": "baked", "award-mail": "mailed", "rebaking": "baked"}


def test_an_award_that_is_yet_to_be_baked_is_baked_once(
    badge: Badge, award: Award, pipeline: Pipeline, cloud: Cloud
) -> None:
    adoption.adopt(badge, [EARNER], comment="New words")
    Job.update(state=outbox.WAITING).where(Job.kind == "award").execute()
    pipeline.step(of=[BAKER])
    assert outcomes() == {"award": None, "rebaking": "not needed"}
    Job.update(state=outbox.RECEIVED, due=None).where(Job.kind == "award").execute()
    Job.update(due=award.issued_on).where(Job.kind == "award").execute()
    pipeline.settle()
    assert "New words" in baked(cloud, award)
    assert len(cloud.mails()) == 1


def test_while_it_is_baked_for_the_first_time_the_second_waits_for_the_end(
    badge: Badge, award: Award, pipeline: Pipeline, cloud: Cloud, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    put = baker.storage.put

    def adopt_meanwhile(key: str, content: bytes, media_type: str) -> None:
        monkeypatch.setattr(baker.storage, "put", put)
        adoption.adopt(badge, [EARNER], comment="New words")
        message = JobMessage(Job.get(Job.kind == "rebaking").id, "rebaking")
        record = {"messageId": "m", "body": json.dumps(messages.serialize(message))}
        assert worker.work({"Records": [record]}, None) == {"batchItemFailures": []}
        put(key, content, media_type)

    monkeypatch.setattr(baker.storage, "put", adopt_meanwhile)
    pipeline.step(of=[BAKER])
    waiting = Job.get(Job.kind == "rebaking")
    assert (waiting.state, waiting.due - clock.now) == (outbox.WAITING, timedelta(seconds=15))
    assert "New words" not in baked(cloud, award)
    pipeline.settle()
    assert "New words" in baked(cloud, award)
    assert len(cloud.mails()) == 1
