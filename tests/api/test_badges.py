"""Badges and their claim codes over HTTP."""

from __future__ import annotations

import json
from typing import Any

import peewee
import pytest

from chalicelib.api import lists
from chalicelib.badges import owners
from tests.badges import places
from tests.client import Client

READER = "/systems/chicago/badges/reader"


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Client:
    """The API over a database that knows a system and its badge."""
    places.published(places.chicago(), "reader")
    return Client(app)


def test_a_list_that_lambda_cannot_hand_over_is_refused_and_its_pages_are_not(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.published(owners.system("chicago"), "other")
    whole = api.api("GET", "/systems/chicago/badges")
    monkeypatch.setattr(lists, "LARGEST_ANSWER", len(json.dumps(whole.text)) - 3)
    refused = api.api("GET", "/systems/chicago/badges")
    assert (refused.status, refused.json["code"]) == (413, "RequestEntityTooLargeError")
    assert "pages" in refused.json["message"]
    assert api.api("GET", "/systems/chicago/badges?page=1&count=1").status == 200
    monkeypatch.setattr(lists, "LARGEST_ANSWER", len(json.dumps(whole.text)) - 2)
    assert api.api("GET", "/systems/chicago/badges").status == 200


def test_a_code_may_be_called_as_what_makes_random_ones(api: Client) -> None:
    assert api.api("POST", f"{READER}/codes", {"code": "random"}).status == 201
    made = api.api("POST", f"{READER}/codes/random", {}).json["claimCode"]["code"]
    assert len(made) == 10
    for method in ("GET", "HEAD", "DELETE"):
        assert api.api(method, f"{READER}/codes/random").status == 200
    assert api.api("GET", f"{READER}/codes/random").status == 404
    refused = api.api("PUT", f"{READER}/codes/random", {})
    assert (refused.status, refused.headers["Allow"]) == (405, "DELETE, GET, POST")
