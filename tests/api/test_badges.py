"""Badges and their claim codes over HTTP."""

from __future__ import annotations

import base64
import json
from typing import Any

import peewee
import pytest

from chalicelib import config, tokens
from chalicelib.domain.owners import owners
from chalicelib.openbadges import default_image
from chalicelib.web import responses
from tests.client import Answer, Client
from tests.conftest import Cloud
from tests.domain import places

READER = "/systems/chicago/badges/reader"


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Client:
    """The API over a database that knows a system and its badge."""
    places.published(places.chicago(), "reader")
    return Client(app)


def test_a_list_that_lambda_cannot_hand_over_is_refused_and_its_pages_are_not(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.published(owners.system("chicago"), "other", strapline="\u0448" * 100)
    whole = api.api("GET", "/systems/chicago/badges")
    monkeypatch.setattr(responses, "LARGEST_RESPONSE", len(json.dumps(whole.text)) - 1)
    refused = api.api("GET", "/systems/chicago/badges")
    assert (refused.status, refused.json["code"]) == (413, "RequestEntityTooLargeError")
    assert "pages" in refused.json["message"]
    assert api.api("GET", "/systems/chicago/badges?page=1&count=1").status == 200
    monkeypatch.setattr(responses, "LARGEST_RESPONSE", len(json.dumps(whole.text)))
    assert api.api("GET", "/systems/chicago/badges").status == 200
    monkeypatch.setattr(responses, "LARGEST_RESPONSE", 50)
    assert api.send("GET", "/public/badges").status == 413
    assert api.api("PUT", "/systems/chicago/badges/other", {}).status == 200  # it was done


def test_a_code_may_be_called_as_what_makes_random_ones(api: Client) -> None:
    assert api.api("POST", f"{READER}/codes", {"code": "random"}).status == 201
    made = api.api("POST", f"{READER}/codes/random", {}).json["claimCode"]["code"]
    assert len(made) == 10
    for method in ("GET", "HEAD", "DELETE"):
        assert api.api(method, f"{READER}/codes/random").status == 200
    assert api.api("GET", f"{READER}/codes/random").status == 404
    refused = api.api("PUT", f"{READER}/codes/random", {})
    assert (refused.status, refused.headers["Allow"]) == (405, "DELETE, GET, POST")


BOUNDARY = "----a-boundary"


def multipart(api: Client, path: str, *parts: tuple[str, str, str]) -> Answer:
    """Send a form with files: of each part its name, the rest of its header, and its content."""
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'
        for name, more, content in parts
    ]
    body = "".join([*lines, f"--{BOUNDARY}--\r\n"]).encode()
    claims = {"key": "master", "method": "POST", "path": path, "body": tokens.body_claim(body)}
    token = tokens.sign(claims, config.settings().text("OPENBADGER_SECRET"))
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return api.send(
        "POST", path, body, {"Authorization": tokens.header(token), "Content-Type": kind}
    )


# What clients say about a PNG: python-requests and .NET nothing, curl the second if the file's name
# has no suffix that it knows.
KINDS = (None, "application/octet-stream", "application/x-foo", "image/jpeg", "IMAGE/PNG")
OWNER = [("slug", "", "boston"), ("name", "", "Boston"), ("url", "", "http://example.org")]


def test_a_file_that_was_not_chosen_is_none(api: Client) -> None:
    unchosen = [(name, '; filename=""', "") for name in ("image", "description", "else")]
    answer = multipart(api, "/systems", *OWNER, *unchosen)
    assert (answer.status, answer.json["system"]["imageUrl"]) == (201, None)


@pytest.mark.parametrize("kind", KINDS)
def test_an_uploaded_picture_is_what_it_is_not_what_its_type_says(
    api: Client, cloud: Cloud, kind: str | None
) -> None:
    said = "" if kind is None else f"\r\nContent-Type: {kind}"
    more = f'; filename="a"{said}\r\nContent-Transfer-Encoding: base64'
    png = default_image.content()
    answer = multipart(api, "/systems", *OWNER, ("image", more, base64.b64encode(png).decode()))
    assert (answer.status, *cloud.objects().values()) == (201, png)


@pytest.mark.parametrize("kind", ["image", "image/", "text plain"])
def test_an_upload_of_a_malformed_type_is_refused(api: Client, kind: str) -> None:
    more = f'; filename="a"\r\nContent-Type: {kind}'
    (detail,) = multipart(api, "/systems", *OWNER, ("image", more, "GIF89a")).json["details"]
    assert detail == {"message": "Invalid characters", "field": "mimetype", "value": kind}


@pytest.mark.parametrize("name", ["name", "email", "criteria[0][note]", "tags[]"])
def test_a_file_where_a_text_belongs_is_refused_and_not_shown(api: Client, name: str) -> None:
    answer = multipart(api, "/systems", *OWNER, (name, '; filename="a.txt"', "hidden"))
    (detail,) = answer.json["details"]
    assert (answer.status, detail["field"]) == (400, name.partition("[")[0])
    assert "hidden" not in answer.text
