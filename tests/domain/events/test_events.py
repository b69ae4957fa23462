"""Events: whatever happens is written down once, with the job of acting on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.connection import transact
from chalicelib.data.models import Application, Award, Badge, Event, Job, Review
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.events import events, payloads, serializers
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import Unavailable
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")

EARNER = "Earner@example.org"
Together = Callable[..., list[Any]]


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    """A program's badge."""
    chicago = stored(examples.system())
    library = stored(examples.issuer(chicago))
    scratch = stored(examples.program(library))
    return stored(examples.badge(Scope(chicago, library, scratch)))


@pytest.fixture
def award(badge: Badge) -> Award:
    return stored(examples.award(badge, slug="uid", email=EARNER))


@pytest.fixture
def application(badge: Badge) -> Application:
    return stored(Application(slug="a1", badge=badge, learner=EARNER, learner_key=EARNER.lower()))


@pytest.fixture
def review(application: Application) -> Review:
    author = "reviewer@example.org"
    return stored(Review(slug="r1", application=application, author=author, comment="☃ 😀"))


def recorded(body: bytes, action: str = "award") -> bool:
    return transact(lambda: events.record_webhook(body, action, EARNER, "reader"))


# Heard


def test_a_webhook_is_written_down_as_it_was_signed() -> None:
    body = '{"action" : "award","comment":"☃ 😀 \\ud83d\\ude00 \\u0000"}\n'
    assert recorded(body.encode())
    row = Event.get()
    assert (row.source, row.action, row.subject) == ("webhook", "award", EARNER)
    assert (row.badge_slug, row.body) == ("reader", body)


@pytest.mark.parametrize(
    ("action", "kind"), [("review", "review"), ("award", "award"), ("revoke", "revocation")]
)
def test_a_webhook_comes_with_the_job_of_acting_on_it(action: str, kind: str) -> None:
    assert recorded(b"{}", action)
    job = Job.get()
    assert (job.kind, job.event, job.award) == (kind, Event.get(), None)


def test_an_unknown_action_is_kept_and_nothing_is_done_about_it() -> None:
    assert transact(lambda: events.record_webhook(b"{}", "claim", None, None))
    row = Event.get()
    assert (row.action, row.subject, row.badge_slug) == ("claim", None, None)
    assert Job.select().count() == 0


def test_the_same_bytes_are_recorded_once() -> None:
    assert [recorded(b'{"a":1}'), recorded(b'{"a":1}'), recorded(b'{"a": 1}')] == [
        True,
        False,
        True,
    ]
    assert (Event.select().count(), Job.select().count()) == (2, 2)


def test_the_same_bytes_at_the_same_moment_are_recorded_once(together: Together) -> None:
    answers = together(*[lambda: recorded(b'{"a":1}')] * 6)
    assert sorted(answers) == [False] * 5 + [True]
    assert (Event.select().count(), Job.select().count()) == (1, 1)


def test_bytes_that_another_request_recorded_meanwhile_are_not_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add = events._add

    def late(*args: Any, **more: Any) -> Event:
        add(*args, **more)
        return add(*args, **more)

    monkeypatch.setattr(events, "_add", late)
    assert not recorded(b'{"a":1}')
    assert (Event.select().count(), Job.select().count()) == (1, 1)


def test_the_wake_up_call_follows_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(outbox, "publish", calls.extend)
    recorded(b"{}")
    recorded(b"{}")
    assert calls == [JobMessage(Job.get().id, "award")]


def test_long_texts_are_cut_for_the_activity_page_and_kept_in_the_body() -> None:
    body = json.dumps({"action": "a" * 255, "comment": "x" * 100_000}).encode()
    assert transact(lambda: events.record_webhook(body, "a" * 255, "ä" * 300, "☃" * 300))
    row = Event.get()
    assert (row.action, row.subject, row.badge_slug) == ("a" * 64, "ä" * 255, "☃" * 255)
    assert row.body == body.decode()


# Our own


def read(event: Event) -> Any:
    return payloads.parse(payloads.load(event.body))


def test_an_award_reads_like_the_original_s_webhook(award: Award, badge: Badge) -> None:
    transact(lambda: events.record_awards([award], badge))
    row = Event.get()
    assert (row.source, row.action, row.subject, row.badge_slug) == (
        "own", "award", EARNER, "explorer",
    )  # fmt: skip
    assert json.loads(row.body) == {
        "action": "award",
        "uid": "uid",
        "badge": serializers.badge(catalog.view(badges.by_id(badge.id))),
        "email": EARNER,
        "assertionUrl": "http://localhost:3000/public/assertions/uid",
        "issuedOn": 1402408977,
        "comment": None,
        "mailsEarner": True,  # not of the original
    }
    payload = read(row)
    assert isinstance(payload, payloads.AwardPayload)
    assert payload.issued_on == award.issued_on
    assert not payload.of_milestone
    assert (Job.get().kind, Job.get().award) == ("award", award)


@pytest.mark.parametrize("comment", [None, "", "Well done", '☃ 😀 \0 " \\ </script>', "ä" * 32_767])
def test_any_comment_survives(award: Award, badge: Badge, comment: str | None) -> None:
    award.comment = comment
    transact(lambda: events.record_awards([award], badge))
    assert read(Event.get()).comment == comment


def test_a_revocation_reads_like_the_original_s_webhook(award: Award, badge: Badge) -> None:
    transact(lambda: events.record_revocation(award, badge))
    payload = read(Event.get())
    assert isinstance(payload, payloads.RevocationPayload)
    assert (payload.uid, payload.email, payload.badge and payload.badge.slug) == (
        "uid", EARNER, "explorer",
    )  # fmt: skip
    assert payload.mails_earner
    assert (Job.get().kind, Job.get().award) == ("revocation", award)


def test_a_revocation_may_be_of_an_unknown_badge() -> None:
    award = stored(examples.award(None))
    transact(lambda: events.record_revocation(award, None))
    row = Event.get()
    assert (read(row).badge, row.badge_slug) == (None, None)


@pytest.mark.parametrize("approved", [True, False])
def test_a_review_reads_like_the_original_s_webhook(
    application: Application, review: Review, approved: bool
) -> None:
    transact(lambda: events.record_review(application, review, [], approved=approved))
    payload = read(Event.get())
    assert isinstance(payload, payloads.ReviewPayload)
    assert (payload.application, payload.learner, payload.approved) == ("a1", EARNER, approved)
    assert (payload.author, payload.comment) == ("reviewer@example.org", "☃ 😀")
    assert payload.mails_earner
    assert (payload.badge.system, payload.badge.issuer, payload.badge.program) == (
        "chicago", "library", "scratch",
    )  # fmt: skip
    assert (Job.get().kind, Job.get().award) == ("review", None)


def test_every_review_is_an_event_of_its_own(application: Application, review: Review) -> None:
    for _ in range(2):
        transact(lambda: events.record_review(application, review, [], approved=True))
    assert (Event.select().count(), Job.select().count()) == (2, 2)


def test_an_award_is_given_and_revoked_once(award: Award, badge: Badge) -> None:
    transact(lambda: events.record_awards([award], badge))
    transact(lambda: events.record_revocation(award, badge))
    for tell in (lambda a, b: events.record_awards([a], b), events.record_revocation):
        with pytest.raises(Unavailable):
            transact(lambda tell=tell: tell(award, badge))
    assert (Event.select().count(), Job.select().count()) == (2, 2)


def test_a_badge_without_owners_and_with_the_longest_slugs_is_named_all_the_same() -> None:
    badge = stored(examples.badge(None, slug="b" * 255, name="n" * 255))
    award = stored(examples.award(badge, slug="u" * 255, email=EARNER))
    transact(lambda: events.record_awards([award], badge))
    transact(lambda: events.record_revocation(award, badge))
    for payload in map(read, Event.select()):
        about = payload.badge
        assert (payload.uid, about.slug, about.name) == ("u" * 255, "b" * 255, "n" * 255)
        assert (about.system, about.issuer, about.program) == (None, None, None)


def test_that_a_milestone_was_reached_is_news_once(badge: Badge) -> None:
    assert events.record_milestones(badge, {"a@b.co": "milestone:1:a"}) == ["a@b.co"]
    both = {"a@b.co": "milestone:1:a", EARNER: "milestone:1:b"}
    assert events.record_milestones(badge, both) == [EARNER]
    assert [(event.key, event.action, event.subject) for event in Event.select()] == [
        ("milestone:1:a", "milestone", "a@b.co"), ("milestone:1:b", "milestone", EARNER),
    ]  # fmt: skip
