"""A system's webhook and consumers, whose secrets are write-only."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib import tokens
from chalicelib.data.models import Consumer
from chalicelib.domain.owners import owners
from tests.client import Answer, Client
from tests.domain import places

SYSTEM = "/systems/chicago"
SECRET = "the-consumer-s-secret"


@pytest.fixture
def api(app: Any, database: Any) -> Client:
    client = Client(app)
    for slug in ("chicago", "boston"):
        owner = {"slug": slug, "name": slug, "url": "http://example.org"}
        assert client.api("POST", "/systems", owner).status == 201
    consumer = {"apiKey": "radical", "apiSecret": SECRET, "description": "Our site"}
    assert client.api("POST", f"{SYSTEM}/consumers", consumer).status == 201
    return client


def consumed(api: Client, method: str, path: str, data: Any = None, **changes: Any) -> Answer:
    """Send a request as the consumer."""
    body = b"" if data is None else json.dumps(data).encode()
    claims = {
        "key": "radical", "method": method, "path": path, "exp": int(time.time()) + 60,
        "body": tokens.body_claim(body), **changes,
    }  # fmt: skip
    secret = claims.pop("secret", SECRET)
    header = tokens.header(tokens.sign(claims, secret))
    return api.send(method, path, body, {"Authorization": header})


@pytest.mark.parametrize("path", [SYSTEM, f"{SYSTEM}/badges"])
def test_a_consumer_may_use_its_own_system(api: Client, path: str) -> None:
    assert consumed(api, "GET", path).status == 200


@pytest.mark.parametrize(
    ("method", "path", "changes"),
    [
        ("GET", "/systems", {}),
        ("GET", "/systems/boston", {}),
        ("GET", "/systems/CHICAGO", {}),  # databases and Python differ on what spells alike
        ("GET", SYSTEM, {"secret": "another-secret"}),
        ("GET", SYSTEM, {"key": "unknown"}),
        ("GET", SYSTEM, {"key": "Radical"}),
        ("GET", SYSTEM, {"key": "master"}),
        ("GET", SYSTEM, {"key": 7}),
        ("GET", SYSTEM, {"key": "k" * 300}),
        ("GET", SYSTEM, {"key": ""}),
        ("GET", SYSTEM, {"key": "radical "}),
        ("GET", SYSTEM, {"key": "\ud800"}),
        ("GET", SYSTEM, {"exp": 1}),
        ("GET", f"{SYSTEM}/consumers", {}),
        ("POST", f"{SYSTEM}/consumers", {}),
        ("DELETE", f"{SYSTEM}/consumers/radical", {}),
        ("GET", f"{SYSTEM}/webhook", {}),
        ("PUT", f"{SYSTEM}/webhook", {}),
        ("DELETE", f"{SYSTEM}/webhook", {}),
    ],
)
def test_and_nothing_else(api: Client, method: str, path: str, changes: dict[str, Any]) -> None:
    answer = consumed(api, method, path, {} if method in ("POST", "PUT") else None, **changes)
    assert (answer.status, answer.json["code"]) == (403, "NotAuthorized")


@pytest.mark.parametrize(
    ("method", "data", "status"),
    [
        ("DELETE", None, 403),
        ("PUT", {"slug": "elsewhere"}, 403),
        ("PUT", {"slug": "Chicago"}, 403),
        ("PUT", {"slug": ["chicago"]}, 403),
        ("PUT", {"name": "Chicago", "slug": "chicago"}, 200),  # as clients send it back
        ("PUT", {"name": "Chicago"}, 200),
    ],
)
def test_a_consumer_neither_deletes_nor_renames_its_system(
    api: Client, method: str, data: Any, status: int
) -> None:
    """The person who made its key may not either; see `tests/admin/auth/test_permissions.py`."""
    assert consumed(api, method, SYSTEM, data).status == status
    assert owners.system("chicago").slug == "chicago"
    if status == 403:
        assert api.api(method, SYSTEM, data if data != {"slug": ["chicago"]} else {}).status == 200


def test_but_what_is_in_it(api: Client) -> None:
    issuer = {"slug": "library", "name": "Library", "url": "http://example.org"}
    assert consumed(api, "POST", f"{SYSTEM}/issuers", issuer).status == 201
    assert consumed(api, "PUT", f"{SYSTEM}/issuers/library", {"slug": "branch"}).status == 200
    assert consumed(api, "DELETE", f"{SYSTEM}/issuers/branch").status == 200


def test_a_key_that_was_taken_away_is_good_for_nothing(api: Client) -> None:
    answer = api.api("DELETE", f"{SYSTEM}/consumers/radical")
    assert (answer.status, answer.json["status"]) == (200, "deleted")
    assert consumed(api, "GET", SYSTEM).status == 403
    assert api.api("DELETE", f"{SYSTEM}/consumers/radical").status == 404


def test_keys_are_unique_and_not_the_master_s(api: Client) -> None:
    again = {"apiKey": "radical", "apiSecret": "123456789012"}
    assert api.api("POST", "/systems/boston/consumers", again).status == 409
    answer = api.api("POST", f"{SYSTEM}/consumers", {**again, "apiKey": "master"})
    assert answer.json["details"][0]["field"] == "apiKey"
    assert api.api("DELETE", "/systems/boston/consumers/radical").status == 404


def test_a_webhook_is_set_changed_and_taken_away(api: Client) -> None:
    sent = {"url": "https://example.org/hook", "secret": "hook-secret"}
    assert api.api("GET", f"{SYSTEM}/webhook").status == 404
    assert api.api("PUT", f"{SYSTEM}/webhook", sent).status == 201
    changed = {**sent, "url": "https://example.org/other"}
    assert api.api("PUT", f"{SYSTEM}/webhook", changed).status == 200
    shown = api.api("GET", f"{SYSTEM}/webhook").json["webhook"]
    assert shown == {"url": "https://example.org/other"}
    assert api.api("DELETE", f"{SYSTEM}/webhook").status == 200
    assert api.api("GET", f"{SYSTEM}/webhook").status == 404


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "nope",
        "javascript:x",
        7,
        None,
        "http://user:pass@example.org/",
        "http://example.org:99999/",
        "http://[::1",
    ],
)
def test_a_webhook_needs_a_web_address(api: Client, url: Any) -> None:
    answer = api.api("PUT", f"{SYSTEM}/webhook", {"url": url, "secret": "hook-secret"})
    assert [detail["field"] for detail in answer.json["details"]] == ["url"]


KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7"
PEM = "-----BEGIN PUBLIC KEY-----\nQUJD\n-----END PUBLIC KEY-----\n"
UNUSABLE_SECRETS = ["", " ", " " * 12, KEY, PEM, "x" * 1001, ["a secret in a list"]]


@pytest.mark.parametrize("secret", [*UNUSABLE_SECRETS, "elevenchars", 12345678901])
def test_a_consumer_s_bad_secret_is_refused_and_not_repeated(api: Client, secret: Any) -> None:
    answer = api.api("POST", f"{SYSTEM}/consumers", {"apiKey": "two", "apiSecret": secret})
    (detail,) = answer.json["details"]
    assert (answer.status, detail["field"], detail["value"]) == (400, "apiSecret", "")


@pytest.mark.parametrize("secret", UNUSABLE_SECRETS)
def test_a_webhook_s_bad_secret_is_refused_and_not_repeated(api: Client, secret: Any) -> None:
    hook = {"url": "https://example.org/hook", "secret": secret}
    answer = api.api("PUT", f"{SYSTEM}/webhook", hook)
    (detail,) = answer.json["details"]
    assert (answer.status, detail["field"], detail["value"]) == (400, "secret", "")


def test_a_new_consumer_s_secret_has_twelve_characters(api: Client) -> None:
    consumer = {"apiKey": "two", "apiSecret": "twelve chars"}
    assert api.api("POST", f"{SYSTEM}/consumers", consumer).status == 201


def test_an_older_consumer_s_short_secret_still_verifies(api: Client) -> None:
    Consumer.update(api_secret="short").where(Consumer.api_key == "radical").execute()
    assert consumed(api, "GET", SYSTEM, secret="short").status == 200


def test_the_secret_of_a_receiver_may_be_short(api: Client) -> None:
    hook = {"url": "https://example.org/hook", "secret": "x"}
    assert api.api("PUT", f"{SYSTEM}/webhook", hook).status == 201


@pytest.mark.parametrize(
    ("mine", "theirs"), [("kelvin", "\u212aelvin"), ("stra\u00dfe", "stra\u1e9ee")]
)
def test_a_key_is_not_good_for_a_system_that_only_python_spells_alike(
    api: Client, mine: str, theirs: str
) -> None:
    made = [
        api.api("POST", "/systems", {"slug": slug, "name": slug, "url": "http://example.org"})
        for slug in (mine, theirs)
    ]
    if made[1].status == 409:  # the database spells them alike, too: there is only one
        assert owners.system(theirs) == owners.system(mine)
        return
    secret = {"apiKey": "mine", "apiSecret": SECRET}
    assert api.api("POST", f"/systems/{quote(mine)}/consumers", secret).status == 201
    badge = places.published(owners.system(theirs), "theirs")
    for path in (f"/systems/{quote(theirs)}", f"/systems/{quote(mine)}/badges/{badge.slug}"):
        assert consumed(api, "GET", path, key="mine").status in (403, 404)


def test_no_answer_tells_a_secret(api: Client) -> None:
    sent = {"url": "https://example.org/hook", "secret": "hook-secret"}
    answers = [
        api.api("PUT", f"{SYSTEM}/webhook", sent),
        api.api("GET", f"{SYSTEM}/webhook"),
        api.api("GET", f"{SYSTEM}/consumers"),
        api.api("POST", f"{SYSTEM}/consumers", {"apiKey": "two", "apiSecret": SECRET}),
        api.api("DELETE", f"{SYSTEM}/consumers/two"),
        api.api("DELETE", f"{SYSTEM}/webhook"),
    ]
    assert all(answer.status < 300 for answer in answers)
    assert not any(
        secret in answer.text for answer in answers for secret in (SECRET, "hook-secret")
    )
