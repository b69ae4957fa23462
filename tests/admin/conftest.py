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
STRANGER = "mallory@example.org"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer without the wait that hides whether a mail was sent."""
    monkeypatch.setattr(sign_in_links, "ANSWER_SECONDS", 0)


@pytest.fixture
def browser(app: Any, database: peewee.Database) -> Browser:
    """A browser that was never here."""
    return Browser(app)


@pytest.fixture
def guest(database: peewee.Database) -> Any:
    """Somebody with an account but no permission."""
    return Account.create(email="Guest@example.org", email_key=email_addresses.key(GUEST))


@pytest.fixture
def signed_in(app: Any, database: peewee.Database) -> Callable[[str], Browser]:
    """Make a browser in which an address is signed in."""

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
    """Return the path of the link in a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/]+(/\S+)", body.get_content())
    assert found, "the mail has no link"
    return found[1]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged; Chalice keeps its application's log to itself."""
    log = logging.getLogger("badgekit")
    log.addHandler(caplog.handler)
    caplog.set_level(logging.DEBUG, logger=log.name)
    yield caplog
    log.removeHandler(caplog.handler)


@pytest.fixture
def ask(browser: Browser, cloud: Cloud) -> Callable[..., str]:
    """Ask for a link and return its path, as it came by mail."""

    def work(email: str = ADMINISTRATOR, within: Browser = browser) -> str:
        before = len(cloud.mails())
        within.submit("/signin", "/signin", email=email)
        (mail,) = cloud.mails()[before:]
        return link(mail)

    return work
