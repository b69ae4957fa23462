"""Fixtures: a real browser and the whole application."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.admin.auth import sign_in_links
from chalicelib.data import connection
from infra.local.http_server import HttpServer
from tests import axe
from tests.conftest import SQLITE, Cloud

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def engine() -> str:
    """Browser tests only run on one kind of database."""
    return SQLITE


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium; without one the tests are skipped."""
    program = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if program is None:
        pytest.skip("no browser: install Chromium, or name it in the environment variable CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(
    app: Any,
    database: peewee.Database,
    cloud: Cloud,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The address of the application."""
    monkeypatch.setattr(sign_in_links, "RESPONSE_SECONDS", 0)
    one_at_a_time = threading.Lock()

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Handle one request at a time with one connection, as in a Lambda environment."""
        with one_at_a_time:
            try:
                answered: dict[str, Any] = app(event, context)
            finally:
                connection.database.close()
        return answered

    server = HttpServer(0, answer, binary=tuple(app.api.binary_types))
    settings["PERSONA_AUDIENCE"] = server.url
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(params=[390, 1280], ids="{}px".format)
def width(request: pytest.FixtureRequest) -> int:
    """The width of the window: a phone's, or a laptop's."""
    pixels: int = request.param
    return pixels


@pytest.fixture
def page(chromium: Any, site: str, width: int) -> Iterator[Any]:
    """An empty tab; the test fails if its console has warnings or errors."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=site)
    complaints: list[str] = []
    tab = context.new_page()

    def on_message(message: Any) -> None:
        # Statuses such as 410 of the page itself are expected.
        if "responded with a status of" not in message.text or message.location["url"] != tab.url:
            complaints.append(message.text)

    tab.on("console", on_message)
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield tab
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe_core() -> str:
    """The source of axe-core; where it was not fetched the tests are skipped, or fail in CI."""
    if not axe.SCRIPT.exists():
        why = "axe-core is not there: python -m tests.axe"
        if os.environ.get("CI"):
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    return axe.SCRIPT.read_text("utf-8")
