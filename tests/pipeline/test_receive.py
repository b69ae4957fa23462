"""The webhook receiver: what it takes, what it refuses, and that nothing is half-stored."""

from __future__ import annotations

import json
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from chalicelib import tokens
from chalicelib.data import connection
from chalicelib.data.models import Event, Job
from tests.client import Client

AWARD = {
    "action": "award",
    "uid": "0123456789abcdef",
    "badge": {"slug": "reader", "name": "Reader", "system": {"slug": "chicago"}},
    "email": "earner@example.org",
    "issuedOn": 1795463032,
    "comment": None,
}
REVIEW = {
    "action": "review",
    "application": {
        "slug": "an-application",
        "learner": "earner@example.org",
        "badge": {"slug": "reader"},
        "processed": None,
    },
    "review": {"slug": "a-review", "author": "reviewer@example.org", "comment": "Well done"},
    "approved": True,
}


@pytest.fixture
def client(app: Any, database: peewee.Database) -> Client:
    return Client(app)


def stored() -> int:
    return Event.select().count()


def test_a_webhook_is_stored_once_with_its_job(client: Client) -> None:
    for _ in range(3):
        assert client.webhook(REVIEW).status == 200
    event = Event.get()
    assert (event.action, event.subject, event.badge_slug) == (
        "review", "earner@example.org", "reader",
    )  # fmt: skip
    assert json.loads(event.body) == REVIEW
    assert [job.kind for job in Job.select()] == ["review"]


def test_an_unknown_action_is_stored_answered_200_and_ignored(client: Client) -> None:
    assert client.webhook({"action": "dance", "tempo": 120}).status == 200
    assert stored() == 1
    assert Job.select().count() == 0


def test_several_secrets_are_valid_during_a_rotation(
    client: Client, settings: dict[str, str]
) -> None:
    settings["WEBHOOK_SECRET"] = "the-old-one-of-many-letters, the-new-one-of-many-letters"
    assert client.webhook(AWARD, "the-old-one-of-many-letters").status == 200
    assert client.webhook(REVIEW, "the-new-one-of-many-letters").status == 200
    assert client.webhook(REVIEW, "another-one-of-many-letters").status == 403


def test_without_a_secret_nothing_is_taken(client: Client, settings: dict[str, str]) -> None:
    settings["WEBHOOK_SECRET"] = ""
    answer = client.webhook(AWARD, "anything-of-many-letters-here-too")
    assert answer.status == 403
    assert "WEBHOOK_SECRET" in answer.json["message"]


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer x", 'JWT token="abc"', 'JWT token="a.b.c"', "JWT token=abc", "JWT"],
)
def test_a_missing_or_broken_signature_is_refused(
    client: Client, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.send("POST", "/webhooks/badgekit", b"{}", headers)
    assert answer.status == 403
    assert answer.json["code"] == "NotAuthorized"
    assert stored() == 0


def test_a_token_for_another_body_is_refused(client: Client, settings: dict[str, str]) -> None:
    token = tokens.sign({"body": tokens.body_claim(b"{}")}, settings["WEBHOOK_SECRET"])
    body = json.dumps(AWARD).encode()
    headers = {"Authorization": tokens.header(token)}
    assert client.send("POST", "/webhooks/badgekit", body, headers).status == 403
    token = tokens.sign({"prn": "everything"}, settings["WEBHOOK_SECRET"])
    headers = {"Authorization": tokens.header(token)}
    assert client.send("POST", "/webhooks/badgekit", body, headers).status == 403
    assert stored() == 0


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_only_hs256_is_taken(client: Client, settings: dict[str, str], algorithm: str) -> None:
    import jwt

    body = json.dumps(AWARD).encode()
    key = "" if algorithm == "none" else settings["WEBHOOK_SECRET"]
    token = jwt.encode({"body": tokens.body_claim(body)}, key, algorithm=algorithm)
    headers = {"Authorization": tokens.header(token)}
    assert client.send("POST", "/webhooks/badgekit", body, headers).status == 403
    assert stored() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b"null",
        b'"review"',
        b"{}",
        b'{"action": 5}',
        b'{"action": ""}',
        b'{"action": "review"}',
        b'{"action": "award", "uid": "x", "badge": "reader", "email": "a@b.co"}',
        b'{"action": "award", "uid": 5, "badge": {"slug": "reader"}, "email": "a@b.co"}',
        b'{"action": "revoke", "uid": "x", "email": ["a@b.co"]}',
        b"[" * 100_000,
        json.dumps({**REVIEW, "approved": "yes"}).encode(),
        json.dumps({**AWARD, "email": "\ud800@example.org"}).encode(),
        json.dumps({**AWARD, "issuedOn": "soon"}).encode(),
    ],
)
def test_a_malformed_body_is_answered_400_in_words(client: Client, body: bytes) -> None:
    answer = client.webhook(body)
    assert answer.status == 400, answer.text
    assert answer.json["code"] == "InvalidContent"
    assert answer.json["message"]
    assert stored() == 0


def test_a_body_that_is_not_utf8_is_answered_400(client: Client, settings: dict[str, str]) -> None:
    body = b'{"action": "dance", "name": "\xe9t\xe9"}'
    token = tokens.sign({"body": tokens.body_claim(body)}, settings["WEBHOOK_SECRET"])
    headers = {"Authorization": tokens.header(token)}
    answer = client.send("POST", "/webhooks/badgekit", body, headers)
    assert answer.status == 400
    assert "UTF-8" in answer.json["message"]


def test_300_kilobytes_are_too_much(client: Client) -> None:
    answer = client.webhook({"action": "dance", "floor": "x" * 300 * 1024})
    assert answer.status == 413
    assert stored() == 0
    assert client.webhook({"action": "dance", "floor": "x" * 250 * 1024}).status == 200


def test_a_database_that_is_away_is_answered_503_and_nothing_is_half_stored(
    client: Client, database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = peewee.Database.execute_sql

    def away(self: peewee.Database, sql: str, params: Any = None) -> Any:
        if "job" in sql and sql.startswith("INSERT"):
            raise peewee.OperationalError(2006, "MySQL server has gone away")
        return execute(self, sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(peewee.Database, "execute_sql", away)
        answer = client.webhook(REVIEW)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "gone away" not in answer.text
    assert stored() == 0
    assert client.webhook(REVIEW).status == 200
    assert stored() == Job.select().count() == 1


def test_an_unreachable_database_is_answered_503(client: Client) -> None:
    connection.use(connection.open_mysql("127.0.0.1:1", "nobody", "", "nothing"))
    assert client.webhook(REVIEW).status == 503


@given(body=st.binary(max_size=300))
@bounds(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_unsigned_bytes_never_get_in(client: Client, body: bytes) -> None:
    assert client.send("POST", "/webhooks/badgekit", body).status == 403
    assert stored() == 0
