"""The local mailbox in a real browser: mails with their pictures, which are in the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import session, storage
from chalicelib.openbadges import default_image
from infra.local.aws_mocks import AwsMocks
from infra.local.http_server import HttpServer
from infra.local.mailbox import PREFIX, MailboxPages

pytestmark = pytest.mark.browser


@pytest.fixture
def mocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsMocks]:
    """The local run's bucket."""
    mocks = AwsMocks(tmp_path)
    monkeypatch.setattr("os.environ", {})
    mocks.start()
    yield mocks
    mocks.stop()
    session.forget()


@pytest.fixture
def server(mocks: AwsMocks, settings: dict[str, str]) -> Iterator[HttpServer]:
    """The local run's server: the mailbox, and the redirect from an award's image."""
    settings["IMAGE_BUCKET"] = "of-the-mailbox"
    session.client("s3").create_bucket(Bucket="of-the-mailbox")
    storage.put("awards/1.png", default_image.content(), "image/png")

    def redirect(event: dict[str, Any], context: Any) -> dict[str, Any]:
        headers = {"Location": storage.link("awards/1.png"), "Access-Control-Allow-Origin": "*"}
        return {"statusCode": 302, "headers": headers, "body": ""}

    server = HttpServer(0, redirect, MailboxPages(mocks.mailbox.folder))
    server.start()
    yield server
    server.stop()


def test_a_mail_shows_its_picture(chromium: Any, server: HttpServer, mocks: AwsMocks) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "badges@example.org", "e@example.org", "A badge"
    mail.set_content("A badge")
    image = f'<img src="{server.url}/public/assertions/1/image" alt="The badge">'
    mail.add_alternative(f"<p>{image}</p>", subtype="html")
    mocks.mailbox.keep(mail.as_bytes())

    page = chromium.new_page()
    page.goto(f"{server.url}{PREFIX}")
    page.get_by_role("link", name="A badge").click()
    picture = page.frame_locator("iframe").get_by_role("img", name="The badge")
    picture.wait_for()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 400
    page.close()
