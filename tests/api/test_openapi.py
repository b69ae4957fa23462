"""The API describes itself: a document for programs, a page for people, and nothing left out."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import peewee
import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib import tokens
from chalicelib.api import answer_schemas, routes, schemas
from chalicelib.api.examples import EXAMPLES
from chalicelib.api.openapi import document
from chalicelib.api.operations import OPERATIONS, PUBLIC, PUBLIC_AT_EACH_LEVEL
from chalicelib.data.models import Event
from chalicelib.domain.badges import badges
from chalicelib.domain.owners import owners
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.public.routes import AT_EACH_LEVEL, LEVELS
from chalicelib.web.routing import import_function
from tests.client import Client
from tests.conftest import SETTINGS
from tests.gates.source import ROOT

SECRET = SETTINGS["OPENBADGER_SECRET"]


@pytest.fixture
def client(app: Any) -> Client:
    return Client(app)


def test_the_document_is_openapi_3_1(client: Client) -> None:
    answer = client.send("GET", "/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(answer.json).validate()


def test_every_route_is_documented_and_nothing_else(app: Any) -> None:
    served = {
        (path, method)
        for path, methods in app.routes.items()
        for method in methods
        if path.startswith(("/systems", "/public", "/id", "/openapi", "/healthcheck"))
        or path == "/"
    }
    shown = {
        (path, method.upper())
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert shown == served


def test_every_view_exists_and_is_documented() -> None:
    tables = (routes.ROUTES, routes.AT_EACH_LEVEL, routes.FOR_THE_MASTER)
    named = {view for table in tables for views in table.values() for view in views.values()}
    assert named == set(OPERATIONS)
    for view in named:
        assert callable(import_function(f"chalicelib.api.{view}"))


def test_the_three_levels_have_the_same_operations() -> None:
    paths = document()["paths"]
    for path, views in routes.AT_EACH_LEVEL.items():
        for level in routes.LEVELS:
            assert set(paths[level + path]) == {method.lower() for method in views}
    assert all(level + path in paths for level in LEVELS for path in AT_EACH_LEVEL)


def test_operations_have_names_of_their_own() -> None:
    names = [
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(names)) == len(names)


def test_bodies_are_read_off_the_fields_that_check_them() -> None:
    bodies = schemas.bodies()
    for name, fields in (("NewOwner", owners.OWNER), ("NewBadge", badges.BADGE)):
        assert {field.name for field in fields} <= set(bodies[name]["properties"])
        assert {field.name for field in fields if field.required} <= set(bodies[name]["required"])
    changed = bodies["ChangedBadge"]
    assert "required" not in changed
    assert set(changed["properties"]) == {*bodies["NewBadge"]["properties"], "archived"}


@pytest.mark.parametrize(
    ("check", "schema"),
    [
        (validation.text(1, 255), {"type": "string", "minLength": 1, "maxLength": 255}),
        (validation.text(0, 140), {"type": "string", "maxLength": 140}),
        (validation.text(1), {"type": "string", "minLength": 1, "maxLength": 65535}),
        (validation.text(), {"type": "string", "maxLength": 65535}),
        (validation.one_of("a", "b"), {"enum": ["a", "b"]}),
    ],
)
def test_the_bounds_of_a_check_are_documented(
    check: validation.Check, schema: dict[str, Any]
) -> None:
    taken = schemas.taken([Field("one", check, required=True), Field("two", check)])
    assert taken["properties"]["one"] == schema
    assert taken["properties"]["two"] == {"anyOf": [schema, {"type": "null"}]}
    assert taken["required"] == ["one"]


@pytest.mark.parametrize("name", schemas.bodies())
def test_examples_are_what_the_document_asks_for(name: str) -> None:
    schema = schemas.bodies()[name]
    (example,) = schema["examples"]
    Draft202012Validator(schema).validate(example)
    assert set(example) <= set(schema["properties"])


def test_webhooks_go_out_as_the_document_says(client: Client, database: peewee.Database) -> None:
    place = "/systems/chicago/badges/bookworm"
    owner = {"slug": "chicago", "name": "C", "url": "http://example.org"}
    assert client.api("POST", "/systems", owner).status == 201
    for method, path, body in (
        ("PUT", "/systems/chicago/webhook", "NewWebhook"),
        ("POST", "/systems/chicago/badges", "NewBadge"),
        ("POST", f"{place}/instances", "NewInstance"),
        ("POST", f"{place}/applications", "NewApplication"),
    ):
        assert client.api(method, path, EXAMPLES[body]).status == 201, path
    (application,) = client.api("GET", f"{place}/applications").json["applications"]
    (criterion,) = application["badge"]["criteria"]
    review = {**EXAMPLES["NewReview"]}
    review["reviewItems"] = [{**review["reviewItems"][0], "criterionId": criterion["id"]}]
    reviews = f"{place}/applications/{application['slug']}/reviews"
    assert client.api("POST", reviews, review).status == 201
    assert client.api("DELETE", f"{place}/instances/grace@example.org").status == 200

    shown = document()
    bodies = {event.action: json.loads(event.body) for event in Event.select()}
    assert set(bodies) == set(shown["webhooks"])
    for action, body in bodies.items():
        content = shown["webhooks"][action]["post"]["requestBody"]["content"]
        schema = content["application/json"]["schema"]
        Draft202012Validator({**schema, "components": shown["components"]}).validate(body)
        assert set(body) == set(schema["properties"])


def test_secrets_are_taken_and_never_answered() -> None:
    schemas = document()["components"]["schemas"]
    assert "secret" in schemas["NewWebhook"]["properties"]
    assert "apiSecret" in schemas["NewConsumer"]["properties"]
    assert set(schemas["Webhook"]["properties"]) == {"url"}
    assert "apiSecret" not in schemas["Consumer"]["properties"]


def test_the_page_tells_people_the_same(client: Client) -> None:
    answer = client.send("GET", "/docs/api", headers={"Accept": "text/html"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for operation in OPERATIONS.values():
        assert operation.summary in answer.text
        assert f"<h2>{operation.group}</h2>" in answer.text
    for one in (*PUBLIC.values(), *PUBLIC_AT_EACH_LEVEL.values()):
        assert one.summary in answer.text
    for name, shape in answer_schemas.answers().items():
        assert f'id="{name}"' in answer.text
        assert all(f"<code>{member}</code>" in answer.text for member in shape["properties"])
    assert "numberRequired" in answer.text


def test_the_page_tells_of_each_operation_s_errors(client: Client) -> None:
    page = client.send("GET", "/docs/api", headers={"Accept": "text/html"}).text
    told = re.findall(r'id="create_badge">.*?error</a>: ([\d, ]+)\.', page, re.DOTALL)
    assert told == ["400, 403, 404, 409, 413, 415, 503"]
    assert page.count("Requires the master secret.") == sum(
        len(views) for views in routes.FOR_THE_MASTER.values()
    )


def test_the_page_s_code_signs_requests(
    client: Client, database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    def request(method: str, url: str, data: bytes, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        sent.append(client.send(method, f"{parts.path}?{parts.query}", data, headers))

    monkeypatch.setattr(requests, "request", request)
    snippet = _snippet(client, "def call(").replace('secret="…"', f'secret="{SECRET}"')
    names: dict[str, Any] = {}
    exec(snippet, names)
    assert sent.pop().json["code"] == "ResourceNotFound"
    names["call"]("POST", "/systems", {"slug": "s", "name": "S", "url": "http://example.org"})
    assert sent.pop().status == 201
    names["call"]("GET", "/systems?page=1&count=1")
    assert sent.pop().json["pageData"]["total"] == 1


def test_the_page_s_code_knows_a_genuine_webhook(client: Client) -> None:
    names: dict[str, Any] = {}
    imports = "import hashlib, jwt\n"
    exec(imports + _snippet(client, "def is_genuine("), names)
    body = json.dumps({"action": "award"}).encode()
    header = tokens.header(tokens.sign({"body": tokens.body_claim(body)}, SECRET))
    assert names["is_genuine"](body, header, SECRET)
    assert not names["is_genuine"](body + b" ", header, SECRET)


def _snippet(client: Client, start: str) -> str:
    """Return the code on the page that holds these words."""
    page = client.send("GET", "/docs/api", headers={"Accept": "text/html"}).text
    (found,) = [
        code for code in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL) if start in code
    ]
    return html.unescape(found)


def test_the_document_may_be_kept_and_read_from_anywhere(client: Client) -> None:
    headers = client.send("GET", "/openapi.json").headers
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_a_cold_start_does_without_it() -> None:
    script = "import sys, app; print([m for m in sys.modules if m.startswith('chalicelib.api.')])"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.strip() == "['chalicelib.api.routes']"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/api"])
def test_neither_is_served_where_another_api_is_used(
    client: Client, settings: dict[str, str], path: str
) -> None:
    settings["OPENBADGER_URL"] = "http://api.example.org"
    assert client.send("GET", path).status == 404
