"""Whatever a client sends, the API answers as its own document says, and never with a 500.

schemathesis makes the requests up from the document; each is signed before it is sent. It is sent
as it was made up, to places that hardly ever exist, and again to places that do. What succeeds is
sent once more, since then it may be a conflict. After that everything is as it was before, so that
each request meets the same world.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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
from chalicelib.api.routes import LEVELS
from chalicelib.data import connection
from chalicelib.data.models import Award, Badge, Image, System
from chalicelib.domain.awards import awards
from infra.local.http_server import Context, event_of
from tests.client import Client
from tests.conftest import SETTINGS, SQLITE, Cloud

# What is there already, so that requests get as far as what they ask for.
THERE = {
    "system": "chicago", "issuer": "library", "program": "scratch", "badge": "reader",
    "code": "code", "email": "earner@example.org", "milestone": "1", "key": "radical",
    "slug": "award",
}  # fmt: skip
# Where else paths lead, by how they end: to what is over, lies elsewhere, or is yet to be made.
OTHERS = {
    "/assertions/{slug}": {"slug": "revoked"},
    "/assertions/{slug}/image": {"slug": "revoked"},
    "/awards/{slug}": {"slug": "revoked"},
    "/images/{slug}": {"slug": "revoked"},
    "/issuers/{id}": {},  # filled in with the rows
    "/webhook": {"system": "taken"},
    "/instances/bulk": {"badge": "archived"},
}
checks.load_all_checks()
WANTED = checks.CHECKS.get_by_names(
    [
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_schema_conformance",
    ]
)  # fmt: skip

# By the operation: which statuses it answered with, and where it was made up to go.
answered_with: dict[str, set[int]] = defaultdict(set)
gone_to: dict[str, set[str]] = defaultdict(set)


def strict() -> dict[str, Any]:
    """Return the document, read strictly: a member that it does not name is an error.

    Bodies are read alike at each level, so that forms are tried at one of them only.
    """
    shown = document()
    bodies = {name for name, one in shown["components"]["schemas"].items() if "examples" in one}
    for name, one in shown["components"]["schemas"].items():
        if name not in bodies:
            close(one)
    for name in ("ChangedOwner", "ChangedBadge"):
        shown["components"]["schemas"][name]["examples"].append({"slug": "taken"})
    for path, methods in shown["paths"].items():
        for operation in methods.values():
            close(operation["responses"])
            content = operation.get("requestBody", {}).get("content")
            if content and path.startswith(LEVELS[1] + "/"):
                operation["requestBody"]["content"] = {
                    "application/json": content["application/json"]
                }
    return shown


def close(schema: Any) -> None:
    """Forbid all members that a schema, or one within it, does not name."""
    if isinstance(schema, list):
        for one in schema:
            close(one)
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for one in schema.values():
            close(one)


schema = schemathesis.openapi.from_dict(strict())


def seed(api: Client) -> None:
    """Have one of everything."""
    owner = {"name": "O", "url": "http://example.org"}
    badge = {
        "name": "Reader", "slug": "reader", "earnerDescription": "E", "consumerDescription": "C",
        "criteriaUrl": "http://example.org/c", "unique": 1, "image": "http://example.org/r.png",
        "criteria": [{"description": "D", "required": 1, "note": "N"}],
        "alignments": [{"name": "A", "url": "http://example.org/a"}], "tags": ["t"],
    }  # fmt: skip
    system, issuer = "/systems/chicago", "/systems/chicago/issuers/library"
    program = f"{issuer}/programs/scratch"
    place = f"{program}/badges/reader"
    for path, data in (
        ("/systems", {**owner, "slug": "chicago"}),
        ("/systems", {**owner, "slug": "taken"}),
        (f"{system}/issuers", {**owner, "slug": "library"}),
        (f"{system}/issuers", {**owner, "slug": "taken"}),
        (f"{issuer}/programs", {**owner, "slug": "scratch"}),
        (f"{issuer}/programs", {**owner, "slug": "taken"}),
        (f"{program}/badges", badge),
        (f"{program}/badges", {**badge, "slug": "taken"}),
        (f"{program}/badges", {**badge, "slug": "archived"}),
        (f"{place}/codes", {"code": "code"}),
        (f"{place}/instances", {"email": "earner@example.org", "slug": "award"}),
        (f"{place}/instances", {"email": "rascal@example.org", "slug": "revoked"}),
        (f"{place}/applications", {"learner": "learner@example.org"}),
        (f"{system}/consumers", {"apiKey": "radical", "apiSecret": "consumer-secret"}),
        (
            f"{system}/milestones",
            {"primaryBadgeId": 1, "numberRequired": 9, "supportBadges": [1]},
        ),
    ):
        assert api.api("POST", path, data).status == 201, path
    hook = {"url": "http://example.org/hook", "secret": "webhook-secret"}
    assert api.api("PUT", f"{system}/webhook", hook).status == 201
    (application,) = api.api("GET", f"{place}/applications").json["applications"]
    THERE["application"] = application["slug"]
    THERE["id"] = Badge.get().public_id
    OTHERS["/issuers/{id}"] = {"id": System.get().public_id}
    reviews = f"{place}/applications/{application['slug']}/reviews"
    made = api.api("POST", reviews, {"author": "reviewer@example.org"})
    THERE["review"] = made.json["review"]["slug"]
    api.api("PUT", f"{program}/badges/archived", {"archived": True})
    awards.revoke(Award.get(Award.slug == "revoked"))
    Award.update(baked_key="baked/award.png").execute()
    Image.create(slug="award", key="images/award", media_type="image/png")
    Image.create(slug="revoked", url="http://example.org/elsewhere.png")


@dataclass(frozen=True)
class World:
    """The application with one of everything, as often as that is wanted."""

    app: Any
    file: Path
    begun: bytes

    def begin_again(self) -> None:
        """Forget what was changed."""
        connection.database.close()
        self.file.write_bytes(self.begun)


@pytest.fixture
def engine() -> str:
    """One database is enough: what differs between them is tested elsewhere."""
    return SQLITE


@pytest.fixture
def world(app: Any, database: peewee.Database, cloud: Cloud) -> World:
    """The application, with one of everything."""
    seed(Client(app))
    connection.database.close()
    file = Path(database.database)
    return World(app, file, file.read_bytes())


@schema.parametrize()
@settings(
    max_examples=5, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_answers_are_those_of_the_document(case: Any, world: World) -> None:
    if not answered_with[case.operation.label]:
        send(case, world, signing=False)
    for place in places(case):
        case.path_parameters = place
        if 200 <= send(case, world) < 300 and case.method.upper() not in ("GET", "HEAD"):
            send(case, world)
            world.begin_again()


def places(case: Any) -> Iterator[dict[str, Any]]:
    """Return where to send a case: where it would go, if nothing did yet, and where something is."""
    made_up = dict(case.path_parameters or {})
    told = f"{case.method} {sorted(made_up.items())}"
    if not made_up or told not in gone_to[case.operation.label]:
        gone_to[case.operation.label].add(told)
        yield made_up
    if made_up:
        yield {name: THERE[name] for name in made_up}
    for ending, other in OTHERS.items():
        if case.path.endswith(ending):
            yield {name: {**THERE, **other}[name] for name in made_up}


def send(case: Any, world: World, *, signing: bool = True) -> int:
    """Send a case, hold the answer against the document and return its status."""
    arguments = case.as_transport_kwargs(base_url="http://localhost")
    with requests.Session() as session:
        prepared = session.prepare_request(requests.Request(**arguments))
    if signing:
        sign(prepared)
    answer = answered(world.app, prepared)
    case.validate_response(answer, checks=WANTED)
    if case.method.upper() == case.operation.method.upper():
        answered_with[case.operation.label].add(answer.status_code)
    return answer.status_code


def sign(prepared: requests.PreparedRequest) -> None:
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


# What takes a body of 8 MB or a broken database, or five codes that are taken by chance.
NOT_TRIED = {413, 503}
HARDLY_EVER = {"/codes/random": 409}


def test_requests_got_as_far_as_the_document_goes() -> None:
    """What the document says may be answered was answered, above all success."""
    if not answered_with:
        pytest.skip("nothing was sent: the other tests of this module did not run")
    missed = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            seen = answered_with.get(f"{method.upper()} {path}")
            told = {int(status) for status in operation["responses"]} - NOT_TRIED
            if "{" not in path:
                told.discard(404)  # only where another API is used
            told -= {status for end, status in HARDLY_EVER.items() if path.endswith(end)}
            if seen and told - seen:
                missed[f"{method.upper()} {path}"] = told - seen
    assert missed == {}
