"""People in front of the admin UI."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import peewee
import pytest

from chalicelib.admin.auth import session, sign_in_links
from chalicelib.data.models import Account
from chalicelib.domain.shared import email_addresses
from tests.admin.browser import Browser
from tests.conftest import Cloud

ADMINISTRATOR = "ada@admin.example.org"
GUEST = "guest@example.org"
OUTSIDER = "mallory@example.org"


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Respond without the delay that hides whether an email was sent."""
    monkeypatch.setattr(sign_in_links, "RESPONSE_SECONDS", 0)


@pytest.fixture
def browser(app: Any, database: peewee.Database) -> Browser:
    """A browser without cookies."""
    return Browser(app)


@pytest.fixture
def guest(database: peewee.Database) -> Any:
    """A user with an account but without permissions."""
    return Account.create(email="Guest@example.org", email_key=email_addresses.key(GUEST))


@pytest.fixture
def signed_in(app: Any, database: peewee.Database) -> Callable[[str], Browser]:
    """Return a function that makes a browser in which an address is signed in."""

    def make(email: str) -> Browser:
        made = Browser(app)
        header = session.start(email)["Set-Cookie"]
        name, value = header.split(";")[0].split("=", 1)
        made.cookies[name] = value
        return made

    return make


@pytest.fixture
def administrator(signed_in: Callable[[str], Browser]) -> Browser:
    """A browser in which an administrator is signed in."""
    return signed_in(ADMINISTRATOR)


def link(mail: EmailMessage) -> str:
    """Return the path of the link in an email."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/]+(/\S+)", body.get_content())
    assert found, "the email has no link"
    return found[1]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All log records; Chalice does not propagate those of its application."""
    log = logging.getLogger("badgekit")
    log.addHandler(caplog.handler)
    caplog.set_level(logging.DEBUG, logger=log.name)
    yield caplog
    log.removeHandler(caplog.handler)


@pytest.fixture
def request_link(browser: Browser, cloud: Cloud) -> Callable[..., str]:
    """Return a function that requests a sign-in link and returns its path, from the email."""

    def work(email: str = ADMINISTRATOR, within: Browser = browser) -> str:
        before = len(cloud.mails())
        within.submit("/signin", "/signin", email=email)
        (mail,) = cloud.mails()[before:]
        return link(mail)

    return work
