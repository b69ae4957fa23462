"""Comments that the form called private leave what is public, when an older version is upgraded."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data import connection, earner_notes
from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import award_list, awards, bulk_issue
from chalicelib.domain.events import events
from chalicelib.domain.jobs import outbox
from chalicelib.domain.shared.pagination import Page
from chalicelib.openbadges.baking import unbake
from infra.local.event_sources import scheduled_event
from tests.client import Client
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline

SECRET = "Your mother’s operation went well, I hear."
BATCH = "0123456789abcdef"


@pytest.fixture
def badge(pipeline: Pipeline) -> Badge:
    return published(chicago(), "reader")


def request_as_before(badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the event and the job of "Issue by email" as earlier versions wrote them."""
    write = events._json

    def old(body: dict[str, Any]) -> str:
        body["comment"] = body.pop("note")
        del body["narrative"]
        return write(body)

    with monkeypatch.context() as patch:
        patch.setattr(events, "_json", old)
        bulk_issue.issue(badge, BATCH, ["ada@example.org"], "bob@example.org", note=SECRET)


def issue_as_before(badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Request an award as earlier versions did, and award it as their workers did."""
    request_as_before(badge, monkeypatch)
    Job.update(state=outbox.DONE, outcome="awarded", due=None).execute()
    awards.give(badge, "ada@example.org", origin=f"issue:{BATCH}:0", comment=SECRET)


def upgrade() -> None:
    migration = importlib.import_module("chalicelib.data.migrations.0010_earner_notes")
    migration.up(None, connection.database.obj)


def tidy() -> None:
    import app as front

    front.tidy(scheduled_event("tidy"), None)


def public(app: Any, cloud: Cloud) -> str:
    """Return all that strangers and other sites can read of the only award."""
    award = Award.get()
    client = Client(app)
    path = f"/public/assertions/{award.slug}"
    documents = [
        client.send("GET", path, headers={"Accept": accept}).text
        for accept in ("*/*", "application/ld+json", "text/html")
    ]
    announced = Event.get(Event.action == "award").body
    return "\n".join([*documents, announced, unbake(cloud.objects()[award.baked_key]) or ""])


def test_what_was_typed_for_the_earner_leaves_documents_pictures_and_webhooks(
    badge: Badge, app: Any, pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_as_before(badge, monkeypatch)
    pipeline.settle()
    baked = Award.get().baked_key
    assert public(app, cloud).count("mother") == 5  # wherever it was looked for
    upgrade()
    pipeline.settle()
    assert "mother" not in public(app, cloud)
    assert Award.get().baked_key == baked  # replaced, so nothing is left of the picture before
    assert [name for name in cloud.objects() if name.startswith("awards/")] == [baked]
    assert (Award.get().comment, Award.get().note) == (None, SECRET)


def test_the_mail_of_such_an_award_still_has_the_note_when_it_is_sent_again(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_as_before(badge, monkeypatch)
    pipeline.settle()
    upgrade()
    pipeline.settle()
    assert len(cloud.mails()) == 1  # baking again mails no one
    clock.move(timedelta(hours=1))
    assert award_list.send_again(Award.get()) is award_list.Resending.QUEUED
    pipeline.settle()
    body = cloud.mails()[-1].get_body(("plain",))
    assert body is not None
    assert SECRET in body.get_content()


def test_requests_that_wait_during_the_upgrade_keep_their_promise(
    badge: Badge, app: Any, pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_as_before(badge, monkeypatch)
    upgrade()
    pipeline.settle()
    assert "mother" not in public(app, cloud)
    assert Award.get().note == SECRET
    assert bulk_issue.progress(badge, BATCH, Page(1, 1)).note == SECRET


def test_upgrading_twice_is_upgrading_once(
    badge: Badge, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_as_before(badge, monkeypatch)
    pipeline.settle()
    upgrade()
    upgrade()
    assert Job.select().where(Job.kind == "rebaking").count() == 1
    pipeline.settle()
    upgrade()
    assert outbox.waiting() == 0
    assert Award.get().note == SECRET


def test_what_the_previous_version_publishes_after_the_migration_is_mended_daily(
    badge: Badge, app: Any, pipeline: Pipeline, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its functions run until the deployment has replaced them, and after a rollback."""
    upgrade()
    issue_as_before(badge, monkeypatch)
    pipeline.settle()
    assert public(app, cloud).count("mother") == 5
    for _ in range(2):
        tidy()
        pipeline.settle()
        assert "mother" not in public(app, cloud)
        assert (Award.get().comment, Award.get().note) == (None, SECRET)
    assert Job.select().where(Job.kind == "rebaking").count() == 1


@pytest.mark.parametrize("narrative", ["Typed as such", None])
def test_the_daily_mend_leaves_what_this_version_wrote(
    badge: Badge, app: Any, pipeline: Pipeline, narrative: str | None
) -> None:
    note = 'A note on the "narrative": of all'
    bulk_issue.issue(
        badge, BATCH, ["new@example.org"], "bob@example.org", note=note, narrative=narrative
    )
    pipeline.settle()
    tidy()
    assert (Award.get().comment, Award.get().note) == (narrative, note)


def test_what_is_meant_to_be_public_stays(badge: Badge, pipeline: Pipeline) -> None:
    awards.give(badge, "api@example.org", comment="By the API")
    awards.give(badge, "joe@example.org", comment="For an application", origin="application:a")
    bulk_issue.issue(
        badge, BATCH, ["new@example.org"], "bob@example.org", narrative="Typed as such"
    )
    pipeline.settle()
    upgrade()
    assert [(award.comment, award.note) for award in Award.select().order_by(Award.id)] == [
        ("By the API", None),
        ("For an application", None),
        ("Typed as such", None),
    ]
    assert Job.select().where(Job.kind == "rebaking").count() == 0


def test_awards_whose_request_is_gone_are_treated_alike(
    badge: Badge, database: peewee.Database
) -> None:
    awards.give(badge, "ada@example.org", origin="issue:x:0", comment=SECRET)
    upgrade()
    assert (Award.get().comment, Award.get().note) == (None, SECRET)


def test_many_are_changed_by_and_by(badge: Badge, database: peewee.Database) -> None:
    number = earner_notes.ROWS + 1
    for one in awards.give_all(badge, [f"e{n}@example.org" for n in range(number)], comment="Hi"):
        Award.update(origin=f"issue:x:{one.id}").where(Award.id == one.id).execute()
    upgrade()
    assert Award.select().where(Award.note == "Hi", Award.comment.is_null()).count() == number
    body = json.loads(
        Event.select().where(Event.action == "award").order_by(Event.id.desc())[0].body
    )
    assert body["comment"] is None
