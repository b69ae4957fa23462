"""The registry in another BadgeKit API: asked once, understood in all it may answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Event
from chalicelib.domain.awards import earner_mails
from chalicelib.domain.events import payloads
from chalicelib.errors import NotAuthorized, NotFound, Unavailable
from chalicelib.registry import registry
from chalicelib.registry.remote import RemoteRegistry
from tests.contract.original import SECRET, OriginalApi
from tests.lambdas import Lambda

BADGE = {
    "slug": "reader",
    "name": "Reader",
    "earnerDescription": "E",
    "consumerDescription": "C",
    "criteriaUrl": "http://example.org/c",
    "imageUrl": "http://example.org/reader.png",
    "system": {"slug": "chicago", "name": "Chicago", "url": "http://chicago.example.org"},
    "issuer": {"slug": "library", "name": "Library", "url": "http://library.example.org"},
    "criteria": [{"description": "Read a book", "required": 1, "note": "really"}],
    "tags": [{"id": 1, "value": "books"}],
}
REVIEW = {
    "action": "review",
    "application": {"slug": "an-application", "learner": "Earner@example.org", "badge": BADGE},
    "review": {"slug": "a-review", "author": "reviewer@example.org", "comment": None},
    "approved": True,
}


@pytest.fixture
def api(database: peewee.Database, settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({"reader": BADGE}, {}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


@pytest.fixture
def payload() -> payloads.ReviewPayload:
    payload = payloads.parse(REVIEW)
    assert isinstance(payload, payloads.ReviewPayload)
    return payload


def test_an_approved_application_is_awarded_there_and_written_down_here(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    award, new = registry().award(payload)
    assert new
    assert award.slug == api.instances["reader", "earner@example.org"]
    assert award.email == "Earner@example.org"
    assert award.badge.issuer.slug == "library"
    assert api.processed == {"an-application"}
    assert [event.action for event in Event.select()] == ["award"]
    path = "/systems/chicago/issuers/library/badges/reader"
    assert api.calls == [f"POST {path}/instances", f"PUT {path}/applications/an-application"]


@pytest.mark.parametrize("automatic", [True, False])
def test_an_automatic_award_is_told_apart_and_cannot_be_taken_over_here(
    api: OriginalApi, payload: payloads.ReviewPayload, automatic: bool
) -> None:
    award, _ = registry().award(payload, automatic=automatic)
    assert award.adoptable is (False if automatic else None)
    Award.update(origin=None, adoptable=None).execute()  # as if its webhook had come first
    again, _ = registry().award(payload, automatic=automatic)
    assert (again.id, again.adoptable) == (award.id, False if automatic else None)


def test_asking_again_awards_nothing_more(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    first, _ = registry().award(payload)
    second, new = registry().award(payload)
    assert (second.id, new) == (first.id, False)
    assert len(api.instances) == 1
    assert Event.select().count() == 1


def test_an_award_that_was_made_but_not_written_down_is_found_again(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    api.failures = []
    api.instances["reader", "earner@example.org"] = "made-before-the-crash"
    award, new = registry().award(payload)
    assert new
    assert award.slug == "made-before-the-crash"


def test_a_server_error_there_can_be_retried(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    api.failures = [500]
    with pytest.raises(Unavailable):
        registry().award(payload)
    assert Award.select().count() == 0
    assert registry().award(payload)[1]


def test_an_unreachable_api_can_be_retried(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    with pytest.raises(Unavailable):
        RemoteRegistry("http://127.0.0.1:1").award(payload)


def test_the_courier_asks_where_functions_are_not_let_out(
    courier: Lambda, api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    award, new = registry().award(payload)
    assert new
    assert award.slug == api.instances["reader", "earner@example.org"]
    assert len(courier.calls) == len(api.calls) == 2


def test_a_server_error_behind_the_courier_can_be_retried(
    courier: Lambda, api: OriginalApi, payload: payloads.ReviewPayload, settings: dict[str, str]
) -> None:
    api.failures = [500]
    with pytest.raises(Unavailable, match="returned 500"):
        registry().award(payload)
    with pytest.raises(Unavailable, match="does not accept connections"):
        RemoteRegistry("http://127.0.0.1:1").award(payload)
    settings["ALLOW_PRIVATE_ADDRESSES"] = "false"
    with pytest.raises(Unavailable, match=r"cannot be reached: .* not on the public internet"):
        registry().award(payload)


def test_a_secret_that_does_not_fit_is_told(
    api: OriginalApi, payload: payloads.ReviewPayload, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_SECRET"] = "another-secret-of-more-than-enough-letters"
    with pytest.raises(NotAuthorized, match="OPENBADGER_SECRET"):
        registry().award(payload)


def test_a_badge_that_is_not_there_is_told(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    api.badges.clear()
    with pytest.raises(NotFound, match="reader"):
        registry().award(payload)


def test_an_award_is_written_down_before_the_application_is_marked(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    answer = api.answer

    def refusing(method: str, *rest: Any) -> Any:
        return (403, {"message": "no"}) if method == "PUT" else answer(method, *rest)

    api.answer = refusing  # type: ignore[method-assign]
    with pytest.raises(NotAuthorized):
        registry().award(payload)
    assert Award.get().slug == api.instances["reader", "earner@example.org"]
    api.answer = answer  # type: ignore[method-assign]
    assert registry().award(payload)[1] is False
    assert api.processed == {"an-application"}


def test_an_application_that_was_deleted_there_is_dealt_with(
    api: OriginalApi, payload: payloads.ReviewPayload
) -> None:
    answer = api.answer

    def forgetful(method: str, *rest: Any) -> Any:
        return (404, {"message": "gone"}) if method == "PUT" else answer(method, *rest)

    api.answer = forgetful  # type: ignore[method-assign]
    assert registry().award(payload)[1]


def test_the_webhook_of_a_milestone_is_put_right(api: OriginalApi) -> None:
    master = {**BADGE, "slug": "master", "name": "Master reader"}
    api.badges["master"] = master
    api.assertions["milestone-uid"] = "master"
    body = {
        "action": "award", "uid": "milestone-uid", "badge": BADGE, "email": "earner@example.org",
        "issuedOn": 1795463032,
    }  # fmt: skip
    payload = payloads.parse(body)
    assert isinstance(payload, payloads.AwardPayload)
    assert registry().record_award(payload).badge.slug == "master"


def test_what_was_sent_later_completes_what_was_sent_earlier(api: OriginalApi) -> None:
    bare: dict[str, Any] = {"slug": "reader", "name": "Reader"}
    revoke = {"action": "revoke", "uid": "u", "badge": bare, "email": "earner@example.org"}
    award = {**revoke, "action": "award", "badge": BADGE, "comment": None}
    for body in (revoke, award):
        payload = payloads.parse(body)
        if isinstance(payload, payloads.RevocationPayload):
            registry().record_revocation(payload)
        elif isinstance(payload, payloads.AwardPayload):
            registry().record_award(payload)
    badge = Badge.get()
    assert badge.system.name == "Chicago"
    assert badge.image.url == "http://example.org/reader.png"
    assert [criterion.description for criterion in badge.criteria] == ["Read a book"]
    assert Award.get().revoked is not None


@pytest.fixture
def issue_payload() -> payloads.IssuePayload:
    content = {"action": "issue", "badge": {**BADGE, "id": 1}, "email": "Ada@example.org",
               "note": "Call me", "narrative": "Well done", "author": "bob@example.org"}  # fmt: skip
    payload = payloads.parse(content, local=True)
    assert isinstance(payload, payloads.IssuePayload)
    return payload


def test_a_badge_is_issued_there_and_written_down_here_once(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    for _ in range(2):
        award, answered = registry().issue(issue_payload, "issue:a:0")
        assert answered
    assert (award.slug, award.comment) == (api.instances["reader", "ada@example.org"], "Well done")
    assert (award.origin, award.note) == ("issue:a:0", "Call me")
    assert [event.action for event in Event.select()] == ["award"]
    assert "Call me" not in Event.get().body
    assert [body.get("comment") for body in api.bodies] == ["Well done"]
    assert "Call me" not in str(api.bodies)
    assert api.calls == ["POST /systems/chicago/issuers/library/badges/reader/instances"]


def test_what_was_issued_but_not_written_down_is_found_again(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    api.instances["reader", "ada@example.org"] = "made-before-the-crash"
    award, answered = registry().issue(issue_payload, "issue:a:0")
    assert (award.slug, answered) == ("made-before-the-crash", True)
    assert Event.select().count() == 1


def test_a_webhook_that_comes_before_the_answer_takes_nothing_from_the_request(
    api: OriginalApi,
    payload: payloads.ReviewPayload,
    issue_payload: payloads.IssuePayload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = api._award

    def telling_first(badge: str, email: str) -> Any:
        found = answer(badge, email)
        told.append(payloads.parse(json.loads(api.webhooks[-1])))
        return found

    def record_told(*_: Any) -> None:
        for award in told:
            assert isinstance(award, payloads.AwardPayload)
            registry().record_award(award)
        told.clear()

    told: list[Any] = []
    monkeypatch.setattr(api, "_award", telling_first)
    monkeypatch.setattr(earner_mails, "answered", record_told)  # between answer and record
    assert registry().issue(issue_payload, "issue:a:0")[1]
    assert registry().award(payload)[1]
    assert Award.select().count() == 2
    # Who had it for another reason still had it.
    assert not registry().issue(issue_payload, "issue:b:0")[1]


def test_who_has_the_badge_is_not_issued_it_again(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    first, _ = registry().issue(issue_payload, "issue:a:0")
    second, answered = registry().issue(issue_payload, "issue:b:0")
    assert (second.id, answered) == (first.id, False)
    assert Event.select().count() == 1


def test_an_award_is_taken_back_there_and_here(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    award, _ = registry().issue(issue_payload, "issue:a:0")
    assert registry().revoke(award, "A mistake")
    assert api.instances == {}
    again = Award.get_by_id(award.id)
    assert again.revocation_reason == "A mistake"
    assert not registry().revoke(again, None)
    assert [event.action for event in Event.select().order_by(Event.id)] == ["award", "revoke"]


def test_an_award_that_is_gone_there_is_taken_back_here(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    award, _ = registry().issue(issue_payload, "issue:a:0")
    api.instances.clear()
    assert registry().revoke(award, None)


def test_a_newer_award_of_the_address_is_left_alone(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    award, _ = registry().issue(issue_payload, "issue:a:0")
    api.instances["reader", "ada@example.org"] = "a-newer-one"
    assert registry().revoke(award, None)
    assert api.instances == {("reader", "ada@example.org"): "a-newer-one"}


def test_an_award_that_cannot_be_taken_back_there_stays(
    api: OriginalApi, issue_payload: payloads.IssuePayload
) -> None:
    award, _ = registry().issue(issue_payload, "issue:a:0")
    api.failures = [503]
    with pytest.raises(Unavailable):
        registry().revoke(award, None)
    assert Award.get_by_id(award.id).revoked is None
