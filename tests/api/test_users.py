"""The user API, as BadgeKit's web app answered it."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import tokens
from chalicelib.data.models import Account
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.client import Answer, Client
from tests.conftest import SETTINGS, Cloud
from tests.contract import recording

RECORDED = recording.FOLDER / "badgekit-web" / "user_api.jsonl"
CHICAGO: dict[str, Any] = {
    "email": "Pub@example.org", "context": {"system": "chicago", "issuer": "library"},
    "permissions": {"canDraft": True},
}  # fmt: skip


@pytest.fixture
def client(app: Any, database: Any) -> Client:
    return Client(app)


def send(
    client: Client, method: str, body: Any, claims: Any = None, secret: str | None = None
) -> Answer:
    if claims is not None:
        body = {**body, "auth": tokens.sign(claims, secret or SETTINGS["API_SECRET"])}
    headers = {"Content-Type": "application/json"}
    return client.send(method, "/api/user", json.dumps(body).encode(), headers)


def claims(method: str = "POST", **more: Any) -> dict[str, Any]:
    return {"prn": CHICAGO, "method": method, "exp": int(time.time()) + 60, **more}


def calls() -> list[dict[str, Any]]:
    if not RECORDED.exists():
        return []
    return [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines() if line.strip()]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recording of the web app is not here")
def test_each_recorded_call_is_answered_as_it_was(client: Client) -> None:
    for call in calls():
        sent = call.get("auth_claims")
        if sent and sent["exp"] and sent["exp"] > 1:
            sent = {**sent, "exp": int(time.time()) + 60}
        secret = "another secret" * 3 if "bad-secret" in call["step"] else None
        answer = send(client, call["method"], call["json"], sent, secret)
        assert (answer.status, answer.headers["Content-Type"]) == (
            call["status"], call["content_type"],
        ), call["step"]  # fmt: skip
        if "response_json" in call:
            wanted = call["response_json"]["user"]
            wanted["accountId"] = Account.get().id
            assert answer.json == {"user": wanted}
        elif "response_text" in call:
            assert answer.text == call["response_text"], call["step"]


def test_a_user_is_added_changed_and_removed(client: Client) -> None:
    answer = send(client, "POST", CHICAGO, claims())
    account = Account.get()
    assert answer.json == {
        "user": {
            "accountId": account.id, "system": "chicago", "issuer": "library", "program": None,
            "canDraft": True, "canPublish": False, "canReview": False, "email": "Pub@example.org",
        }
    }  # fmt: skip
    review = {**CHICAGO, "permissions": {"canReview": 1}}
    assert send(client, "POST", review, claims(prn=review)).status == 200
    (grant,) = accounts.grants_of(account)
    assert accounts.rights_of(grant) == Rights(review=True)
    assert send(client, "DELETE", CHICAGO, claims("DELETE")).text == "OK"
    assert accounts.grants_of(account) == []
    assert send(client, "DELETE", CHICAGO, claims("DELETE")).status == 200  # sent twice, perhaps


def test_sites_that_add_users_tell_them_themselves(client: Client, cloud: Cloud) -> None:
    send(client, "POST", CHICAGO, claims())
    assert (cloud.mails(), Account.get().invited) == ([], None)


def test_the_right_to_award_is_neither_told_nor_taken(client: Client) -> None:
    """Sites that know three flags change these; only removing the user ends the fourth."""
    place = Place("chicago", "library")
    accounts.allow("pub@example.org", place, Rights(award=True))
    nothing = {**CHICAGO, "permissions": {"canReview": False}}
    told = send(client, "POST", nothing, claims(prn=nothing)).json["user"]
    assert {name: told[name] for name in told if name.startswith("can")} == {
        "canDraft": False, "canPublish": False, "canReview": False,
    }  # fmt: skip
    assert send(client, "POST", CHICAGO, claims()).status == 200
    (grant,) = accounts.grants_at(place)
    assert accounts.rights_of(grant) == Rights(draft=True, award=True)
    assert send(client, "DELETE", CHICAGO, claims("DELETE")).status == 200
    assert accounts.grants_at(place) == []


@pytest.mark.parametrize(
    ("body", "change", "said"),
    [
        ({"email": "x@example.org"}, {}, "`prn.email` mismatch: given Pub@example.org, expected x@example.org"),
        ({"context": {"system": "b"}}, {}, '`prn.context` mismatch: given {"system":"chicago","issuer":"library"}, expected {"system":"b"}'),
        ({"permissions": {"canDraft": 1}}, {}, '`prn.permissions` mismatch: given {"canDraft":true}, expected {"canDraft":1}'),
        ({}, {"prn": None}, "`prn.email` mismatch: given undefined, expected Pub@example.org"),
        ({}, {"method": "<b>"}, "`method` mismatch: given &lt;b&gt;, expected POST"),
        ({}, {"exp": "soon"}, "Token must have exp (expiration) set"),
        ({}, {"exp": 5}, "Token has expired"),
        ({}, {"exp": float("nan")}, "Token has expired"),
    ],
)  # fmt: skip
def test_every_mismatch_is_refused_in_words(
    client: Client, body: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    answer = send(client, "POST", {**CHICAGO, **body}, claims(**change))
    assert (answer.status, answer.text) == (403, said)
    assert Account.select().count() == 0


def test_a_token_is_still_good_at_the_moment_it_expires(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    assert send(client, "POST", CHICAGO, claims(exp=now)).status == 200
    assert send(client, "POST", CHICAGO, claims(exp=now - 1)).status == 403


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"}, {"email": 7}, {"context": {}}, {"context": {"system": ["a"]}},
        {"context": {"system": "a", "program": "p"}}, {"context": {"system": "x" * 256}},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(client: Client, change: dict[str, Any]) -> None:
    body = {**CHICAGO, **change}
    assert send(client, "POST", body, claims(prn=body)).status == 400


def test_other_tokens_are_refused(client: Client) -> None:
    for auth in ("x", "a.b.c", 7, {"a": 1}, tokens.sign(claims(), "the wrong secret" * 3)):
        answer = send(client, "POST", {**CHICAGO, "auth": auth})
        assert answer.status == 403
        assert answer.text.startswith("error decoding JWT: ")


def test_forms_are_read_too(client: Client) -> None:
    body = {"email": "a@example.org", "context": {"system": "s"}, "permissions": {"canDraft": "1"}}
    auth = tokens.sign(claims(prn=body), SETTINGS["API_SECRET"])
    form = {
        "email": "a@example.org", "context[system]": "s", "permissions[canDraft]": "1",
        "auth": auth,
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.send("POST", "/api/user", urlencode(form).encode(), headers).status == 200


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)  # fmt: skip


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.dictionaries(st.sampled_from(["email", "context", "permissions", "auth"]), WILD), WILD)
def test_whatever_is_sent_is_answered(client: Client, body: dict[str, Any], exp: Any) -> None:
    prn = {name: body.get(name) for name in ("email", "context", "permissions")}
    assert send(client, "POST", body).status in (200, 400, 403)
    assert send(client, "POST", body, claims(prn=prn, exp=exp)).status in (200, 400, 403)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(WILD, st.dictionaries(st.sampled_from(["system", "issuer", "program"]), WILD), WILD)
def test_any_body_gets_a_response(
    client: Client, anything: Any, context: dict[str, Any], right: Any
) -> None:
    for place in (anything, context, {"system": "s", **context}):
        for permissions in (anything, {"canDraft": right, "canPublish": anything}):
            body = {"email": "a@example.org", "context": place, "permissions": permissions}
            assert send(client, "POST", body, claims(prn=body)).status in (200, 400)
            assert send(client, "DELETE", body, claims("DELETE", prn=body)).status in (
                200,
                400,
                404,
            )


def test_bodies_are_bounded(client: Client) -> None:
    answer = client.send("POST", "/api/user", b" " * 17_000)
    assert (answer.status, answer.text) == (413, "The body must not be larger than 16384 bytes")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
