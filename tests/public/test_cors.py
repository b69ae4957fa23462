"""Scripts of other sites read what is public: documents, images, errors, and preflights."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award
from chalicelib.public import views
from tests.client import Client
from tests.public.conftest import BROWSER, Public

SITE = {"Origin": "https://verifier.example"}
ANY = "Access-Control-Allow-Origin"


ANSWERS = {
    ("GET", "/"): 200,
    ("GET", "/healthcheck"): 200,
    ("GET", "/public/assertions/abc"): 200,
    ("HEAD", "/public/assertions/abc"): 200,
    ("GET", "/public/awards/abc"): 200,
    ("GET", "/public/images/default"): 302,
    ("GET", "/system/chicago/badge/explorer/criteria"): 200,
    ("GET", "/public/badges?archived=maybe"): 400,
    ("GET", "/public/assertions/nope"): 404,
    ("GET", "/public/assertions/abc/image"): 404,
    ("GET", "/public/what/is/this"): 404,
    ("GET", "/public/images/nope"): 404,
    ("GET", "/images/badge/what/else"): 404,
    ("GET", "/share/nope"): 404,
    ("POST", "/public/assertions/abc"): 405,
}


@pytest.mark.usefixtures("award", "cloud")
def test_every_answer_can_be_read_from_any_site(public: Public) -> None:
    for headers in (SITE, {**SITE, **BROWSER}):
        got = {one: public.send(*one, headers=headers) for one in ANSWERS}
        assert {one: answer.status for one, answer in got.items()} == ANSWERS
        assert {one for one, answer in got.items() if answer.headers.get(ANY) != "*"} == set()


def test_a_revoked_award_and_its_image_can_be_read_from_any_site(
    public: Public, revoked: Award
) -> None:
    for path in ("/public/assertions/abc", "/public/assertions/abc/image", "/public/awards/abc"):
        answer = public.get(path, SITE)
        assert (answer.status, answer.headers[ANY]) == (410, "*")


def test_errors_of_ours_can_be_read_from_any_site(
    public: Public, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**arguments: str) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(views, "badges", broken)
    answer = public.get("/public/badges", SITE)
    assert (answer.status, answer.headers[ANY]) == (500, "*")


@pytest.mark.parametrize("path", ["/public/assertions/abc", "/public/nope/nope", "/healthcheck"])
def test_a_preflight_allows_to_read_with_any_headers(path: str, public: Public) -> None:
    asked = {**SITE, "Access-Control-Request-Method": "GET",
             "Access-Control-Request-Headers": "cache-control,x-requested-with"}  # fmt: skip
    answer = public.send("OPTIONS", path, headers=asked)
    assert (answer.status, answer.text) == (204, "")
    assert answer.headers[ANY] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Headers"] == "cache-control,x-requested-with"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_the_rest_of_the_application_stays_closed(app: Any, database: peewee.Database) -> None:
    client = Client(app)
    for path in (
        "/systems",
        "/systems/chicago",
        "/signin",
        "/directory",
        "/share",
        "/nope",
        "/api/user",
    ):
        answer = client.send("GET", path, headers=SITE)
        assert ANY not in answer.headers
        preflight = client.send("OPTIONS", path, headers=SITE)
        assert (preflight.status in (404, 405), ANY in preflight.headers) == (True, False)
    answer = client.send("GET", "/openapi.json", headers=SITE)
    assert (answer.status, answer.headers[ANY]) == (200, "*")
