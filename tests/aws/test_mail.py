"""SES: one email to one address, never sent twice unknowingly."""

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


def test_a_mail_arrives_unchanged(cloud: Cloud) -> None:
    mail.send(message())
    (sent,) = cloud.mails()
    assert (sent["From"], sent["To"]) == ("badges@example.org", "earner@example.org")
    assert sent["Subject"] == "Ein Abzeichen für José 🎖"
    text, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Grüße"
    assert html.get_content().strip() == "<p>Grüße</p>"


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The requests to SES."""
    made: list[dict[str, Any]] = []

    class Recording:
        def send_email(self, **request: Any) -> None:
            made.append(request)

    monkeypatch.setattr(mail, "client", lambda service: Recording())
    return made


def test_mails_go_out_in_seven_bits_and_short_lines(requests: list[dict[str, Any]]) -> None:
    long = message()
    long.clear_content()
    long.set_content("ü" * 3000)
    mail.send(long)
    mail.send(message())
    for raw in (request["Content"]["Raw"]["Data"] for request in requests):
        assert raw.isascii()
        assert all(len(line) < 998 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")


def test_events_of_ses_name_the_job(requests: list[dict[str, Any]]) -> None:
    mail.send(message(), job=7, configuration="events")
    (request,) = requests
    assert request["ConfigurationSetName"] == "events"
    assert request["EmailTags"] == [{"Name": mail.JOB_TAG, "Value": "7"}]


@pytest.mark.parametrize("half", [{"job": 7}, {"configuration": "events"}, {}])
def test_without_a_job_or_configuration_set_there_are_no_tags(
    requests: list[dict[str, Any]], half: dict[str, Any]
) -> None:
    mail.send(message(), **half)
    assert {"ConfigurationSetName", "EmailTags"} & set(requests[0]) == set()


def test_an_unverified_sender_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(ClientError):
        mail.send(message(sender="unverified@else.example.org"))
    assert cloud.mails() == []


@pytest.mark.parametrize(
    ("problem", "seen"),
    [
        (ReadTimeoutError(endpoint_url="x"), mail.UncertainError),
        (ConnectionClosedError(endpoint_url="x"), mail.UncertainError),
        (ConnectTimeoutError(endpoint_url="x"), ConnectTimeoutError),
    ],
)
def test_errors_say_whether_the_mail_may_have_been_sent(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, seen: type[Exception]
) -> None:
    class Broken:
        def send_email(self, **request: Any) -> None:
            raise problem

    monkeypatch.setattr(mail, "client", lambda service: Broken())
    with pytest.raises(seen):
        mail.send(message())
