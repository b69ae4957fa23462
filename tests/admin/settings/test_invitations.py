"""Invitations: who invites, to what, what for, and where to sign in; accepted by signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import limits
from chalicelib.aws import mail
from chalicelib.data.models import Account, Issuer
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, csrf, words
from tests.admin.conftest import ADMINISTRATOR
from tests.conftest import Cloud
from tests.domain import places

USERS = "/settings/systems/chicago/issuers/library/users"
EVE = "Eve+1@example.org"


@pytest.fixture
def manager(administrator: Browser, cloud: Cloud) -> Browser:
    system = places.chicago()
    owners.create_issuer(
        system, {"slug": "library", "name": "The Library", "url": "http://example.org"}
    )
    return administrator


def invite(manager: Browser, **rights: str) -> str:
    """Add Eve, and return what the page says."""
    answer = manager.submit(USERS, USERS, email=EVE, **(rights or {"review": "1", "award": "1"}))
    return words(manager.get(answer.headers["Location"]))


def one() -> str:
    return f"{USERS}/{Account.get(Account.email == EVE).id}"


def texts(message: EmailMessage) -> list[str]:
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(part.get_content().split()) for part in parts if part]


def test_adding_a_user_mails_who_invites_to_what_and_what_for(
    manager: Browser, cloud: Cloud
) -> None:
    said = invite(manager)
    assert f"{EVE} added. The invitation was emailed." in said
    (message,) = cloud.mails()
    assert (message["To"], message["Subject"]) == (EVE, "Invitation to The Library, C")
    plain, html = texts(message)
    for text in (plain, html):
        assert f"{ADMINISTRATOR} invited you to The Library, C, on C." in text
        assert "You can review applications and award badges." in text
        assert "http://localhost:3000/signin?email=Eve%2B1%40example.org" in text
    assert re.search(rf"Invited \d+ \w+ \d{{4}} by {re.escape(ADMINISTRATOR)}", said)


def test_names_that_were_stored_before_they_were_checked_are_one_line_in_the_subject(
    manager: Browser, cloud: Cloud
) -> None:
    Issuer.update(name="The \u202eLibrary\x07\r\nBcc: x").execute()
    invite(manager)
    (message,) = cloud.mails()
    assert message["Subject"] == "Invitation to The Library Bcc: x, C"


def test_the_link_leads_to_the_sign_in_form_with_the_address(browser: Browser) -> None:
    page = browser.get("/signin?email=Eve%2B1%40example.org")
    assert 'value="Eve+1@example.org"' in page.text
    assert 'value=""' in browser.get("/signin?email=%22%3E%3Cscript%3E").text


def test_signing_in_accepts_the_invitation_once(
    manager: Browser,
    browser: Browser,
    request_link: Callable[..., str],
    clock: Any,
) -> None:
    invite(manager)
    browser.get(request_link(EVE.upper()))
    first = Account.get(Account.email == EVE).accepted
    assert first is not None
    assert "Accepted" in words(manager.get(USERS))
    assert "Resend invitation" not in words(manager.get(USERS))
    del browser.cookies["session"]
    clock.move(timedelta(days=1))
    browser.get(request_link(EVE))
    assert Account.get(Account.email == EVE).accepted == first


def test_an_account_of_earlier_days_has_accepted_nothing(
    manager: Browser, browser: Browser, request_link: Callable[..., str]
) -> None:
    accounts.allow(EVE, Place("chicago", "library"), Rights(review=True))
    browser.get(request_link(EVE))
    page = words(manager.get(USERS))
    assert "Accepted" not in page
    assert "Invited" not in page
    assert "Send invitation" in page


def test_an_invitation_is_sent_again_but_not_at_once(
    manager: Browser, cloud: Cloud, clock: Any
) -> None:
    invite(manager)
    answer = manager.submit(USERS, f"{one()}/invite")
    assert "was invited less than a minute ago" in words(manager.get(answer.headers["Location"]))
    assert len(cloud.mails()) == 1
    clock.move(timedelta(minutes=1))
    answer = manager.submit(USERS, f"{one()}/invite")
    assert f"Invitation emailed to {EVE}" in words(manager.get(answer.headers["Location"]))
    assert len(cloud.mails()) == 2


def test_one_person_invites_so_many_people_in_an_hour(
    manager: Browser, cloud: Cloud, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a manager could email any number of strangers in the deployment's name."""
    monkeypatch.setattr(limits, "INVITED_PER_HOUR", 2)
    for name in ("ada", "bob"):
        manager.submit(USERS, USERS, email=f"{name}@example.org", draft="1")
    said = invite(manager)
    assert f"{EVE} added, but not invited: you invited many people within an hour." in said
    assert len(cloud.mails()) == 2
    answer = manager.submit(USERS, f"{one()}/invite")
    said = words(manager.get(answer.headers["Location"]))
    assert "You invited many people within an hour. Wait before you invite more." in said
    clock.move(timedelta(minutes=2))
    ada = Account.get(Account.email == "ada@example.org").id
    manager.submit(USERS, f"{USERS}/{ada}/invite")  # has been counted already
    assert len(cloud.mails()) == 3
    clock.move(timedelta(minutes=59))
    manager.submit(USERS, f"{one()}/invite")
    assert len(cloud.mails()) == 4


def test_an_invitation_that_is_not_sent_is_said_so(
    manager: Browser, monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"no mail to {EVE}")

    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", refuse)
        assert f"{EVE} added, but the invitation couldn’t be emailed." in invite(manager)
    account = Account.get(Account.email == EVE)
    assert (account.invited, account.invited_by) == (None, None)
    assert EVE not in logged.text
    assert "Send invitation" in words(manager.get(USERS))
    assert manager.submit(USERS, f"{one()}/invite").status == 303
    assert Account.get(Account.email == EVE).invited is not None


def test_an_invitation_that_may_have_been_sent_counts_as_sent(
    manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uncertain(*_: Any, **__: Any) -> None:
        raise mail.UncertainError

    monkeypatch.setattr(mail, "send", uncertain)
    assert "The invitation was emailed." in invite(manager)


def test_hostile_names_stay_texts_in_the_mail(manager: Browser, cloud: Cloud) -> None:
    system = owners.system("chicago")
    system.name = "C\r\nBcc: all@example.org <script>"
    system.save()
    invite(manager)
    (message,) = cloud.mails()
    assert message["Bcc"] is None
    assert "<script>" not in texts(message)[1]


def test_no_one_invites_to_places_of_others(
    manager: Browser, cloud: Cloud, signed_in: Callable[[str], Browser]
) -> None:
    invite(manager)
    accounts.allow("pat@example.org", Place("chicago", "library"), Rights(award=True))
    token = csrf(signed_in("pat@example.org").get("/directory"))
    answer = signed_in("pat@example.org").post(f"{one()}/invite", {"csrf": token})
    assert (answer.status, len(cloud.mails())) == (403, 1)
