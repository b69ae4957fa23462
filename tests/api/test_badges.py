"""Badges and their claim codes over HTTP."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from tests.badges import places
from tests.client import Client

READER = "/systems/chicago/badges/reader"


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Client:
    """The API over a database that knows a system and its badge."""
    places.published(places.chicago(), "reader")
    return Client(app)


def test_a_code_may_be_called_as_what_makes_random_ones(api: Client) -> None:
    assert api.api("POST", f"{READER}/codes", {"code": "random"}).status == 201
    made = api.api("POST", f"{READER}/codes/random", {}).json["claimCode"]["code"]
    assert len(made) == 10
    for method in ("GET", "HEAD", "DELETE"):
        assert api.api(method, f"{READER}/codes/random").status == 200
    assert api.api("GET", f"{READER}/codes/random").status == 404
    refused = api.api("PUT", f"{READER}/codes/random", {})
    assert (refused.status, refused.headers["Allow"]) == (405, "DELETE, GET, POST")
