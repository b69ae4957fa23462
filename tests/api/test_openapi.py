"""The API describes itself: a document for programs, a page for people, and nothing left out."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.api import routes
from chalicelib.api.openapi import document
from chalicelib.api.operations import OPERATIONS
from chalicelib.public.routes import AT_EACH_LEVEL, LEVELS
from tests.client import Client

BY_PEOPLE = {"/docs/api", "/system/{system}/badge/{badge}/criteria"}


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
        if path.startswith(("/systems", "/public", "/openapi", "/healthcheck")) or path == "/"
    }
    shown = {
        (path, method.upper())
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert shown == served


def test_every_view_is_there_and_told_of() -> None:
    tables = (routes.ROUTES, routes.AT_EACH_LEVEL, routes.FOR_THE_MASTER)
    named = {view for table in tables for views in table.values() for view in views.values()}
    assert named == set(OPERATIONS)
    for view in named:
        assert callable(routes.imported(f"chalicelib.api.{view}"))


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
        if "operationId" in operation
    ]
    assert len(set(names)) == len(names)


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
    assert "JWT token=" in answer.text
    assert "numberRequired" in answer.text


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/api"])
def test_neither_is_served_where_another_api_is_used(
    client: Client, settings: dict[str, str], path: str
) -> None:
    settings["OPENBADGER_URL"] = "http://api.example.org"
    assert client.send("GET", path).status == 404
