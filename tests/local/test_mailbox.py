"""The mailbox: sent mails, displayed safely."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from infra.local.mailbox import MailboxPages, linked


@pytest.fixture
def pages(tmp_path: Path) -> MailboxPages:
    for number, subject in enumerate(["Older", "<script>alert(1)</script>"]):
        mail = EmailMessage()
        mail["From"], mail["To"] = "badges@example.org", "ada@example.org"
        mail["Subject"] = subject
        mail.set_content("Look: http://localhost:3000/public/assertions/1?a=1&b=2 <b>now</b>")
        (tmp_path / f"2026031{number}T000000.eml").write_bytes(mail.as_bytes())
    return MailboxPages(tmp_path)


def test_mails_are_listed_newest_first_and_escaped(pages: MailboxPages) -> None:
    page = pages("/local/mailbox")
    assert page is not None
    text = page.body.decode()
    assert text.index("&lt;script&gt;") < text.index("Older")
    assert "<script>" not in text


def test_links_can_be_clicked_and_nothing_else_is_markup(pages: MailboxPages) -> None:
    page = pages("/local/mailbox/20260311T000000.eml")
    assert page is not None
    text = page.body.decode()
    assert '<a href="http://localhost:3000/public/assertions/1?a=1&amp;b=2">' in text
    assert "&lt;b&gt;now&lt;/b&gt;" in text


@pytest.mark.parametrize("name", ["nothing.eml", "..%2Fconfig.json", "../config.json", ""])
def test_other_files_are_not_shown(pages: MailboxPages, name: str) -> None:
    page = pages(f"/local/mailbox/x{name}")
    assert page is not None
    assert page.status == 404


def test_other_paths_are_the_application_s(pages: MailboxPages) -> None:
    assert pages("/") is None
    assert pages("/local/mailboxes") is None


def test_plain_text_stays_plain() -> None:
    assert linked("a < b & c") == "a &lt; b &amp; c"
