"""SES: one mail to one address, and never twice without knowing."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)

from chalicelib.aws import mail
from tests.conftest import Cloud


def message(to: str = "earner@example.org", sender: str = "badges@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, "Ein Abzeichen für José 🎖"
    made.set_content("Grüße")
    made.add_alternative("<p>Grüße</p>", subtype="html")
    return made


def test_a_mail_arrives_as_it_was_written(cloud: Cloud) -> None:
    mail.send(message())
    (sent,) = cloud.mails()
    assert (sent["From"], sent["To"]) == ("badges@example.org", "earner@example.org")
    assert sent["Subject"] == "Ein Abzeichen für José 🎖"
    text, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Grüße"
    assert html.get_content().strip() == "<p>Grüße</p>"


def test_mails_go_out_in_seven_bits_and_short_lines(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Recording:
        def send_email(self, **request: Any) -> None:
            sent.append(request["Content"]["Raw"]["Data"])

    sent: list[bytes] = []
    monkeypatch.setattr(mail, "client", lambda service: Recording())
    long = message()
    long.clear_content()
    long.set_content("ü" * 3000)
    mail.send(long)
    mail.send(message())
    for raw in sent:
        assert raw.isascii()
        assert all(len(line) < 998 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_sender_that_ses_does_not_know_is_trouble(cloud: Cloud) -> None:
    with pytest.raises(ClientError):
        mail.send(message(sender="somebody@else.example.org"))
    assert cloud.mails() == []


@pytest.mark.parametrize(
    ("problem", "seen"),
    [
        (ReadTimeoutError(endpoint_url="x"), mail.UncertainError),
        (ConnectionClosedError(endpoint_url="x"), mail.UncertainError),
        (ConnectTimeoutError(endpoint_url="x"), ConnectTimeoutError),
    ],
)
def test_trouble_says_whether_the_mail_may_have_been_sent(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, seen: type[Exception]
) -> None:
    class Broken:
        def send_email(self, **request: Any) -> None:
            raise problem

    monkeypatch.setattr(mail, "client", lambda service: Broken())
    with pytest.raises(seen):
        mail.send(message())
