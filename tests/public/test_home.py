"""The front page and the health check."""

from __future__ import annotations

from pathlib import Path

import pytest

import chalicelib
from chalicelib import CONTRACT, VERSION
from chalicelib.public import home
from chalicelib.studio import rendering
from tests.conftest import Cloud
from tests.public.conftest import Public


@pytest.mark.parametrize("path", ["/", "/healthcheck"])
def test_machines_are_told_what_runs_here(path: str, public: Public) -> None:
    answer = public.get(path)
    assert answer.status == 200
    assert answer.json == {"app": "BadgeKit API", "version": CONTRACT, "release": VERSION}
    assert tuple(map(int, CONTRACT.split("."))) >= (0, 2, 22)  # some clients refuse less
    assert answer.headers["Content-Type"] == "application/json"


def test_people_get_a_front_page(public: Public) -> None:
    answer = public.browse("/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Open Badges" in answer.text


def test_the_health_check_is_json_for_everyone(public: Public) -> None:
    assert public.browse("/healthcheck").json["release"] == VERSION


def test_head_is_answered_like_get_without_a_body(public: Public) -> None:
    answer = public.send("HEAD", "/")
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Content-Length"] == str(len(public.get("/").text))


OPEN = [
    "/",
    "/public/assertions/abc",
    "/public/systems/chicago/badges/explorer",
    "/system/chicago/badge/explorer/criteria",
    "/images/badge/1",
    "/share/abc",
    "/help/pictures/codes.png",
]
CLOSED = ["/signin", "/directory", "/share", "/systems/chicago/badges", "/api/user"]


def test_crawlers_may_read_the_public_pages_only(public: Public) -> None:
    answer = public.get("/robots.txt", {"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    first, *rules, last = answer.text.splitlines()
    assert (first, last) == ("User-agent: *", "Disallow: /")
    allowed = tuple(rule.removeprefix("Allow: ") for rule in rules)
    # RFC 9309, 2.2.2: the longest rule that matches wins; `$` is the end.
    assert [path for path in OPEN + CLOSED if f"{path}$".startswith(allowed)] == OPEN


def test_the_favicon_is_the_mark_as_a_small_png(public: Public, cloud: Cloud) -> None:
    answer = public.get("/favicon.ico")
    assert answer.status == 302
    ((key, content),) = cloud.objects().items()
    assert f"{cloud.bucket}/{key}?" in answer.headers["Location"]
    mark = Path(chalicelib.__file__).parent / "static" / "mark.svg"
    assert (
        content
        == Path(home.__file__).with_name(home.FAVICON).read_bytes()
        == rendering.png(mark.read_text("utf-8"), 48)
    )
