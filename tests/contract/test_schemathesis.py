"""Whatever a client sends, the API answers as its own document says, and never with a 500.

schemathesis makes the requests up from the document; each is signed before it is sent.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import peewee
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from urllib3 import HTTPResponse

from chalicelib import tokens
from chalicelib.api.openapi import document
from infra.local.front import Context, event_of
from tests.client import Client
from tests.conftest import SETTINGS, SQLITE, Cloud

schema = schemathesis.openapi.from_dict(document())
# What is there already, so that requests get as far as what they ask for.
THERE = {
    "system": "chicago", "issuer": "library", "program": "scratch", "badge": "reader",
    "code": "code", "email": "earner@example.org", "milestone": "1", "key": "radical",
    "slug": "award",
}  # fmt: skip
checks.load_all_checks()
WANTED = checks.CHECKS.get_by_names(
    [
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_schema_conformance",
    ]
)  # fmt: skip


def seed(api: Client) -> None:
    """Have one of everything."""
    owner = {"name": "O", "url": "http://example.org"}
    badge = {
        "name": "Reader", "slug": "reader", "earnerDescription": "E", "consumerDescription": "C",
        "criteriaUrl": "http://example.org/c", "unique": 1, "image": "http://example.org/r.png",
        "criteria": [{"description": "D", "required": 1, "note": "N"}],
    }  # fmt: skip
    system, issuer = "/systems/chicago", "/systems/chicago/issuers/library"
    program = f"{issuer}/programs/scratch"
    place = f"{program}/badges/reader"
    for path, data in (
        ("/systems", {**owner, "slug": "chicago"}),
        (f"{system}/issuers", {**owner, "slug": "library"}),
        (f"{issuer}/programs", {**owner, "slug": "scratch"}),
        (f"{program}/badges", badge),
        (f"{place}/codes", {"code": "code"}),
        (f"{place}/instances", {"email": "earner@example.org", "slug": "award"}),
        (f"{place}/applications", {"learner": "learner@example.org"}),
        (f"{system}/consumers", {"apiKey": "radical", "apiSecret": "consumer-secret"}),
        (
            f"{system}/milestones",
            {"primaryBadgeId": 1, "numberRequired": 9, "supportBadges": [1]},
        ),
    ):
        assert api.api("POST", path, data).status == 201, path
    (application,) = api.api("GET", f"{place}/applications").json["applications"]
    THERE["application"] = application["slug"]
    reviews = f"{place}/applications/{application['slug']}/reviews"
    made = api.api("POST", reviews, {"author": "reviewer@example.org"})
    THERE["review"] = made.json["review"]["slug"]


@pytest.fixture
def engine() -> str:
    """One database is enough: what differs between them is tested elsewhere."""
    return SQLITE


@pytest.fixture
def served(app: Any, database: peewee.Database, cloud: Cloud) -> Any:
    """The application, with one of everything."""
    seed(Client(app))
    return app


def signed(prepared: requests.PreparedRequest) -> None:
    """Sign a request as the master."""
    target = urlsplit(str(prepared.url))
    path = target.path + (f"?{target.query}" if target.query else "")
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    claims: dict[str, Any] = {
        "key": "master", "method": prepared.method, "path": path, "exp": int(time.time()) + 60,
        "body": tokens.body_claim(body),
    }  # fmt: skip
    token = tokens.sign(claims, SETTINGS["OPENBADGER_SECRET"])
    prepared.headers["Authorization"] = tokens.header(token)


@schema.parametrize()
@settings(
    max_examples=8, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_answers_are_those_of_the_document(case: Any, served: Any) -> None:
    if case.body is not None and len(str(case.body)) % 4:  # most get where they are sent
        case.path_parameters = {name: THERE[name] for name in case.path_parameters or {}}
    arguments = case.as_transport_kwargs(base_url="http://localhost")
    with requests.Session() as session:
        prepared = session.prepare_request(requests.Request(**arguments))
    signed(prepared)
    case.validate_response(answered(served, prepared), checks=WANTED)


def answered(app: Any, prepared: requests.PreparedRequest) -> requests.Response:
    """Answer a request as API Gateway and Lambda do."""
    url = urlsplit(str(prepared.url))
    target = url.path + (f"?{url.query}" if url.query else "")
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    headers = {name: str(value) for name, value in prepared.headers.items()}
    event = event_of(str(prepared.method), target, headers, body, tuple(app.api.binary_types))
    told = app(event, Context("api"))
    answer = requests.Response()
    answer.status_code, answer.request = told["statusCode"], prepared
    answer.url = str(prepared.url)
    many = told.get("multiValueHeaders", {})
    answer.headers.update({**told["headers"], **{name: many[name][-1] for name in many}})
    answer._content = (told["body"] or "").encode()
    answer.raw = HTTPResponse(headers=dict(answer.headers), status=answer.status_code)
    return answer
