"""The front page and the health check."""

from __future__ import annotations

import pytest

from chalicelib import VERSION
from tests.public.conftest import Public


@pytest.mark.parametrize("path", ["/", "/healthcheck"])
def test_machines_are_told_what_runs_here(path: str, public: Public) -> None:
    answer = public.get(path)
    assert answer.status == 200
    assert answer.json == {"app": "BadgeKit API", "version": VERSION}
    assert answer.headers["Content-Type"] == "application/json"


def test_people_get_a_front_page(public: Public) -> None:
    answer = public.browse("/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Open Badges" in answer.text


def test_the_health_check_is_json_for_everyone(public: Public) -> None:
    assert public.browse("/healthcheck").json["version"] == VERSION


def test_head_is_answered_like_get_without_a_body(public: Public) -> None:
    answer = public.send("HEAD", "/")
    assert (answer.status, answer.text) == (200, "")
