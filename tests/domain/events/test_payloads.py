"""Webhooks are read once, and what is malformed is refused with the name of the member."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.data.models import Event
from chalicelib.domain.events import payloads
from chalicelib.domain.events.payloads import AwardPayload, ReviewPayload, RevocationPayload
from chalicelib.errors import InvalidContent
from tests.contract import recording

BADGE = {
    "slug": "reader",
    "name": "Reader",
    "system": {"slug": "chicago"},
    "issuer": {"slug": "library"},
    "program": {"slug": "scratch"},
}
REVIEW = {
    "action": "review",
    "application": {"slug": "a1", "learner": "Earner@example.org", "badge": BADGE},
    "review": {"slug": "r1", "author": "reviewer@example.org", "comment": "Great"},
    "approved": True,
}
AWARD = {
    "action": "award",
    "uid": "u1",
    "badge": BADGE,
    "email": "Earner@example.org",
    "issuedOn": 1893456000,
    "comment": "Well done",
}
REVOKE = {"action": "revoke", "uid": "u1", "badge": BADGE, "email": "Earner@example.org"}
ALL = {"review": REVIEW, "award": AWARD, "revoke": REVOKE}


def changed(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a webhook with one member changed, or left out when the value is ``...``."""
    content = copy.deepcopy(content)
    *places, name = path.split(".")
    within = content
    for place in places:
        within = within[place]
    if value is ...:
        del within[name]
    else:
        within[name] = value
    return content


# Well formed


def test_a_review_says_which_criteria_are_met() -> None:
    items = [
        {"criterionId": 1, "satisfied": 1, "comment": None},
        {"criterionId": 2, "satisfied": 0, "comment": "Too short"},
        {"criterionId": 3, "satisfied": False},
    ]
    criteria = [{"id": 2, "description": "Write a page"}, {"id": "x"}, None]
    content = changed(
        changed(REVIEW, "review.reviewItems", items), "application.badge.criteria", criteria
    )
    payload = payloads.parse(content)
    assert isinstance(payload, ReviewPayload)
    assert [tuple(vars(one).values()) for one in payload.criteria] == [
        (1, True, None, None),
        (2, False, "Too short", "Write a page"),
        (3, False, None, None),
    ]


@pytest.mark.parametrize(
    "items", [..., None, "x", {}, [None, {}, {"criterionId": [], "satisfied": 1}]]
)
def test_a_review_is_taken_whatever_its_items_are(items: Any) -> None:
    payload = payloads.parse(
        changed({**REVIEW, "review": {"reviewItems": 1}}, "review.reviewItems", items)
    )
    assert isinstance(payload, ReviewPayload)
    assert payload.criteria == ()


def test_a_review_says_who_applied_for_what_and_whether_it_is_approved() -> None:
    payload = payloads.parse(REVIEW)
    assert isinstance(payload, ReviewPayload)
    assert (payload.application, payload.learner) == ("a1", "Earner@example.org")
    assert (payload.approved, payload.processed) == (True, False)
    assert (payload.author, payload.comment) == ("reviewer@example.org", "Great")
    badge = payload.badge
    assert (badge.slug, badge.name, badge.content) == ("reader", "Reader", BADGE)
    assert (badge.system, badge.issuer, badge.program) == ("chicago", "library", "scratch")


def test_a_review_may_leave_out_who_said_what() -> None:
    payload = payloads.parse({**REVIEW, "review": {}, "approved": False})
    assert isinstance(payload, ReviewPayload)
    assert (payload.author, payload.comment, payload.approved) == (None, None, False)


def test_a_review_tells_whether_the_application_was_dealt_with_before() -> None:
    when = "2014-06-10T14:02:57.000Z"
    payload = payloads.parse(changed(REVIEW, "application.processed", when))
    assert isinstance(payload, ReviewPayload)
    assert payload.processed


def test_an_award_says_who_has_what_since_when() -> None:
    payload = payloads.parse(AWARD)
    assert isinstance(payload, AwardPayload)
    assert (payload.uid, payload.badge.slug, payload.email) == (
        "u1",
        "reader",
        "Earner@example.org",
    )
    assert payload.issued_on == datetime(2030, 1, 1, tzinfo=UTC)
    assert (payload.comment, payload.of_milestone) == ("Well done", False)


def test_an_award_may_not_know_its_time() -> None:
    payload = payloads.parse(changed(AWARD, "issuedOn", ...))
    assert isinstance(payload, AwardPayload)
    assert payload.issued_on is None


@pytest.mark.parametrize(("comment", "of_milestone"), [(None, False), ("", False), (..., True)])
def test_an_award_without_the_member_comment_is_a_milestone_s(
    comment: Any, of_milestone: bool
) -> None:
    payload = payloads.parse(changed(AWARD, "comment", comment))
    assert isinstance(payload, AwardPayload)
    assert payload.of_milestone is of_milestone


@pytest.mark.parametrize("badge", [..., None, {}])
def test_a_revocation_need_not_name_the_badge(badge: Any) -> None:
    payload = payloads.parse(changed(REVOKE, "badge", badge))
    assert payload == RevocationPayload("u1", None, "Earner@example.org", None)


def test_a_revocation_may_have_a_reason() -> None:
    payload = payloads.parse({**REVOKE, "reason": "By mistake"})
    assert isinstance(payload, RevocationPayload)
    assert (payload.badge and payload.badge.slug, payload.reason) == ("reader", "By mistake")


@pytest.mark.parametrize("level", ["system", "issuer", "program"])
@pytest.mark.parametrize("value", [..., None])
def test_a_badge_may_have_any_owners(level: str, value: Any) -> None:
    payload = payloads.parse(changed(AWARD, f"badge.{level}", value))
    assert isinstance(payload, AwardPayload)
    assert getattr(payload.badge, level) is None


@pytest.mark.parametrize("name", [..., None, ""])
def test_a_badge_without_a_name_is_called_by_its_slug(name: Any) -> None:
    payload = payloads.parse(changed(AWARD, "badge.name", name))
    assert isinstance(payload, AwardPayload)
    assert payload.badge.name == "reader"


@pytest.mark.parametrize("action", ["claim", "Review", "a" * 255])
def test_an_unknown_action_says_nothing_to_us(action: str) -> None:
    assert payloads.parse(payloads.load(json.dumps({"action": action}))) is None


@pytest.mark.parametrize("kind", ALL)
def test_texts_may_be_as_long_as_their_columns(kind: str) -> None:
    longest = {
        "review": {"application.slug": "a" * 64, "review.comment": "a" * 65_535},
        "award": {"uid": "a" * 255, "comment": "ä" * 32_767, "badge.slug": "ä" * 255},
        "revoke": {"email": "a" * 255, "reason": "a" * 65_535},
    }[kind]
    for path, value in longest.items():
        assert payloads.parse(changed(ALL[kind], path, value)) is not None


# Malformed

NO_TEXTS: list[Any] = [..., None, "", 5, True, ["a"], {"a": 1}, "a" * 256, "\ud800", "a\udfff"]
NO_OPTIONAL_TEXTS: list[Any] = [5, 0, False, True, [], ["a"], {}, "a" * 65_536, "\ud800"]
NO_OBJECTS: list[Any] = [..., None, "", "reader", 5, True, [], [BADGE]]
NO_OPTIONAL_OBJECTS: list[Any] = ["", "reader", 0, 5, False, True, [], [{"slug": "a"}]]
NO_FLAGS: list[Any] = [..., None, 0, 1, "true", "", [], {}]
NO_TIMES: list[Any] = [
    "",
    "soon",
    True,
    False,
    [],
    {},
    1e300,
    float("nan"),
    "9999-12-31T23:59-14:00",
]

MALFORMED = [
    *(("review", f"application.{name}", NO_TEXTS) for name in ("slug", "learner", "badge.slug")),
    ("review", "application.slug", ["a" * 65]),
    *(("review", path, NO_OBJECTS) for path in ("application", "review", "application.badge")),
    *(("review", f"review.{name}", NO_OPTIONAL_TEXTS) for name in ("author", "comment")),
    ("review", "approved", NO_FLAGS),
    *(("award", name, NO_TEXTS) for name in ("uid", "email", "badge.slug")),
    ("award", "badge", NO_OBJECTS),
    ("award", "badge.name", NO_OPTIONAL_TEXTS),
    *(("award", f"badge.{level}", NO_OPTIONAL_OBJECTS) for level in ("system", "issuer", "program")),
    *(("award", f"badge.{level}.slug", NO_TEXTS) for level in ("system", "issuer", "program")),
    ("award", "comment", NO_OPTIONAL_TEXTS),
    ("award", "issuedOn", NO_TIMES),
    *(("revoke", name, NO_TEXTS) for name in ("uid", "email", "badge.slug")),
    ("revoke", "badge", NO_OPTIONAL_OBJECTS),
    ("revoke", "reason", NO_OPTIONAL_TEXTS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [(kind, path, value) for kind, path, values in MALFORMED for value in values],
    ids=lambda value: ascii(value)[:20],
)
def test_a_malformed_member_is_refused_by_its_name(kind: str, path: str, value: Any) -> None:
    with pytest.raises(InvalidContent) as problem:
        payloads.parse(changed(ALL[kind], path, value))
    name = path.rpartition(".")[2]
    assert problem.value.message.startswith(f"`{name}` must be ")
    assert problem.value.status == 400


@pytest.mark.parametrize("path", ["badge", "badge.system", "badge.issuer", "badge.program"])
def test_what_an_award_is_about_has_a_slug(path: str) -> None:
    with pytest.raises(InvalidContent) as problem:
        payloads.parse(changed(AWARD, path, {}))
    assert problem.value.message == "`slug` must be text of 1 to 255 characters"


@pytest.mark.parametrize("content", ALL.values(), ids=ALL)
def test_nothing_is_read_of_an_action_without_content(content: dict[str, Any]) -> None:
    with pytest.raises(InvalidContent):
        payloads.parse({"action": content["action"]})


# Bodies


def test_a_body_is_loaded_as_bytes_or_as_the_text_it_was_kept_as() -> None:
    content = {"action": "review", "comment": "☃ 😀"}
    text = json.dumps(content, ensure_ascii=False)
    assert payloads.load(text) == payloads.load(text.encode()) == content


UNREADABLE = {
    "empty": b"",
    "no JSON": b"{",
    "two": b"{}{}",
    "not UTF-8": b'{"action":"\xff"}',
    "UTF-16": '{"action":"review"}'.encode("utf-16"),
    "UTF-32": '{"action":"review"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"action":"review"}',
    "half a character in bytes": b'{"action":"review","comment":"\xed\xa0\x80"}',
    "too many brackets": b"[" * 100_000,
    "too deep in an object": b'{"action":"review","a":' + b"[" * 900 + b"]" * 900 + b"}",
    "a number without end": b'{"action":"review","a":' + b"9" * 5000 + b"}",
    "an array": b'[{"action":"review"}]',
    "a text": b'"review"',
    "a number": b"5",
    "null": b"null",
    "no action": b'{"a":"review"}',
    "an action that is no text": b'{"action":["review"]}',
    "an empty action": b'{"action":""}',
    "a long action": b'{"action":"' + b"a" * 256 + b'"}',
    "half a character": b'{"action":"\\ud800"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_body_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidContent):
        payloads.load(body)


def test_what_is_loaded_once_is_loaded_again_from_wherever_it_is_called() -> None:
    deepest = 31
    body = b'{"action":"review","a":' + b"[" * deepest + b"]" * deepest + b"}"

    def from_below(frames: int) -> dict[str, Any]:
        return from_below(frames - 1) if frames else payloads.load(body)

    assert from_below(500) == payloads.load(body)


@profile(deadline=None)
@given(body=st.binary() | st.text(st.characters()))
def test_no_body_upsets_the_reader(body: bytes | str) -> None:
    try:
        payloads.parse(payloads.load(body))
    except InvalidContent:
        return


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["award", "review", "revoke"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["slug", "name", "system", "badge", "learner"]), inner)
    ),
)
PATHS = {
    "review": [
        "action",
        "application",
        "review",
        "approved",
        "application.badge",
        "review.comment",
    ],
    "award": ["action", "uid", "badge", "email", "issuedOn", "comment", "badge.issuer.slug"],
    "revoke": ["action", "uid", "badge", "email", "badge.program"],
}


@profile(deadline=None)
@given(data=st.data(), kind=st.sampled_from(list(ALL)))
def test_no_member_upsets_the_reader(data: st.DataObject, kind: str) -> None:
    content = ALL[kind]
    for path in data.draw(st.sets(st.sampled_from(PATHS[kind]), max_size=2)):
        value = data.draw(VALUES | st.just(...))
        try:
            content = changed(content, path, value)
        except (KeyError, TypeError):  # its place was changed away before
            continue
    try:
        payload = payloads.parse(content)
    except InvalidContent:
        return
    for name in ("uid", "email", "application", "learner", "comment", "reason", "author"):
        assert len((getattr(payload, name, None) or "").encode()) <= 65_535


# Events


def test_the_payload_of_a_recorded_event() -> None:
    payload = payloads.of_event(Event(body=json.dumps(AWARD)), AwardPayload)
    assert payload == payloads.parse(AWARD)


@pytest.mark.parametrize(
    "event",
    [None, Event(body=json.dumps(REVIEW)), Event(body='{"action":"claim"}')],
    ids=["none", "a review", "unknown"],
)
def test_a_job_of_the_wrong_kind_is_an_error(event: Event | None) -> None:
    with pytest.raises(TypeError, match="AwardPayload"):
        payloads.of_event(event, AwardPayload)


# What the original was recorded to send


@recording.needed
def test_every_recorded_webhook_is_read() -> None:
    kinds = {"review": ReviewPayload, "award": AwardPayload, "revoke": RevocationPayload}
    assert len(recording.webhooks()) == 59
    for webhook in recording.webhooks():
        payload = payloads.parse(payloads.load(webhook.body))
        content = webhook.content
        assert isinstance(payload, kinds[content["action"]])
        if isinstance(payload, ReviewPayload):
            assert payload.approved is content["approved"]
            assert payload.badge.slug == content["application"]["badge"]["slug"]
        else:
            assert (payload.uid, payload.email) == (content["uid"], content["email"])
            assert payload.badge is not None
            assert payload.badge.slug == content["badge"]["slug"]


@recording.needed
def test_awards_for_milestones_are_recognised_among_the_recorded_ones() -> None:
    steps = {
        webhook.step
        for webhook in recording.webhooks()
        if isinstance(payload := payloads.parse(webhook.content), AwardPayload)
        and payload.of_milestone
    }
    assert steps
    assert all(step.startswith("ms-") for step in steps)
