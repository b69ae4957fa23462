"""Signing in leads to the page that was requested before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.data.models import System
from tests.admin.browser import Browser

RequestLink = Callable[..., str]


@pytest.fixture(autouse=True)
def _system(browser: Browser) -> None:
    System.create(slug="chicago", name="Chicago", url="http://example.org")


def test_signing_in_leads_to_the_requested_page(
    browser: Browser, request_link: RequestLink
) -> None:
    assert browser.get("/applications/abc").headers["Location"] == "/signin"
    assert browser.get(request_link()).headers["Location"] == "/applications/abc"


def test_the_requested_page_is_used_once(browser: Browser, request_link: RequestLink) -> None:
    browser.get("/context")
    browser.get(request_link())
    browser.submit("/context", "/signout")
    assert browser.get(request_link()).headers["Location"] == "/home"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "/" * 400]
)
def test_other_sites_are_never_redirected_to(
    path: str, browser: Browser, request_link: RequestLink
) -> None:
    link = request_link()
    browser.cookies["after"] = path
    assert browser.get(link).headers["Location"] == "/home"


def test_a_form_is_not_returned_to(browser: Browser) -> None:
    assert browser.post("/context", {}).headers["Location"] == "/signin"
    assert "after" not in browser.cookies
