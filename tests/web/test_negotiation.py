"""Content negotiation: weights, order, wildcards, and headers that are not quite right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.negotiation import Wants, negotiate
from tests.cases import every

PAGE, LD, JSON, ANYTHING = Wants.PAGE, Wants.JSON_LD, Wants.JSON, Wants.ANYTHING


@pytest.mark.parametrize(
    ("accept", "wants"),
    [
        # The higher weight wins, and the first of equals
        ("text/html, application/json", PAGE),
        ("application/json, text/html", JSON),
        ("text/html;q=0.8, application/json;q=0.9", JSON),
        ("application/json;q=0.8, text/html;q=0.9", PAGE),
        ("application/json;q=0.5, application/ld+json;q=0.6", LD),
        ("text/html;level=1;q=0.4, application/json; q = 0.5", JSON),
        ("text/html, application/json;q=0.5, */*;q=0.1", PAGE),
        ("text/html, application/json, */*", PAGE),
        ("TEXT/HTML;Q=1.0,Application/JSON;Q=0.999", PAGE),
        # A weight of 0 excludes
        ("text/html, application/json;q=0", PAGE),
        ("application/json;q=0, */*", PAGE),
        ("text/html;q=0, */*", ANYTHING),
        ("text/html;q=0.0, application/xhtml+xml;q=0., application/json;q=0.1", JSON),
        # JSON by other names
        ("application/vnd.api+json", JSON),
        ("text/json", JSON),
        ("application/*+json", JSON),
        ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', LD),
        # What is not named
        ("*/*", ANYTHING),
        ("*", ANYTHING),
        ("application/*", ANYTHING),
        ("image/png", ANYTHING),
        ("text/*", PAGE),
        ("text/*;q=0.5, */*;q=0.1", ANYTHING),
        # The JVM
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", ANYTHING),
        ("text/html, image/gif, image/jpeg, */*; q=0.2", ANYTHING),
        # Not quite right
        ("", ANYTHING),
        (" , ;q=1, text", ANYTHING),
        ("text/html;q=high", PAGE),
        ("text/html;q=7, application/json", PAGE),
        ("application/json;q=0.5;q=0.9, text/html;q=0.6", PAGE),
    ],
)
def test_the_accept_header_decides(accept: str, wants: Wants) -> None:
    assert negotiate({"accept": accept}) is wants


def test_without_a_header_nothing_is_said() -> None:
    assert negotiate({}) is Wants.NOTHING_SAID
    assert negotiate({"user-agent": "Go-http-client/1.1"}) is Wants.NOTHING_SAID


@every(agent=["Twitterbot/1.0", "x WHATSAPP/2", None], accept=[None, "*/*", "text/html, */*"])
def test_link_previews_get_pages_unless_they_ask_for_json(
    agent: str | None, accept: str | None
) -> None:
    headers = {"user-agent": agent, "accept": accept}
    sent = {name: value for name, value in headers.items() if value is not None}
    assert (negotiate(sent) is PAGE) is bool(agent)
    assert negotiate({**sent, "accept": f"application/json, {accept or 'image/png'}"}) is JSON


@every(accept=["text/html", "application/ld+json", "*/*"])
def test_the_format_wins(accept: str) -> None:
    assert negotiate({"accept": accept}, "json") is JSON
    assert negotiate({"accept": accept}, "html") is negotiate({"accept": accept})


@given(st.text(), st.text())
def test_any_headers_are_read(accept: str, agent: str) -> None:
    assert isinstance(negotiate({"accept": accept, "user-agent": agent}), Wants)
