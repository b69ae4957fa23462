"""Which emails earners get: chosen for each system, and told on the pages that send them."""

from __future__ import annotations

import re

import pytest

from chalicelib.data.models import Award, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from tests.admin.browser import Browser, words
from tests.domain import places

PAGE = "/settings/systems/chicago/emails"


@pytest.fixture
def system(administrator: Browser) -> System:
    return places.chicago()


def chosen(browser: Browser) -> list[str]:
    page = browser.get(PAGE)
    assert page.status == 200
    return re.findall(r'value="(\w+)" checked', page.text)


@pytest.mark.parametrize("elsewhere", ["", "https://api.example.org"])
def test_the_emails_of_a_system_are_chosen(
    administrator: Browser, system: System, settings: dict[str, str], elsewhere: str
) -> None:
    settings["OPENBADGER_URL"] = elsewhere
    assert chosen(administrator) == ["always"]
    for policy in ("never", "issued"):
        answer = administrator.submit(PAGE, PAGE, policy=policy)
        assert answer.headers["Location"] == f"{PAGE}?notice=saved"
        assert chosen(administrator) == [policy]
    assert mail_policy.of(System.get()) is MailPolicy.ISSUED


def test_nothing_else_can_be_chosen(administrator: Browser, system: System) -> None:
    for policy in ("", "sometimes"):
        answer = administrator.submit(PAGE, PAGE, policy=policy)
        assert answer.status == 400
        assert "Choose which emails earners get." in words(answer)
    assert mail_policy.of(System.get()) is MailPolicy.ALWAYS


PROMISES = {
    "/badges/reader/issue": ("Each earner gets the badge by email.", "Earners get no email"),
    "/awards/{award}/revoke": ("The earner gets an email.", "it was revoked. You can’t undo this"),
    "/applications/{application}": ("If you don’t approve the application, the learner gets", ""),
}


@pytest.mark.parametrize("policy", MailPolicy)
def test_pages_promise_only_emails_that_are_sent(
    administrator: Browser, system: System, policy: MailPolicy
) -> None:
    badge = places.published(system, "reader")
    award, _ = awards.give(badge, "api@example.org")
    application = applications.create(badge, {"learner": "learner@example.org"})
    mail_policy.change(system, policy)
    administrator.submit(
        f"/applications/{application.slug}", f"/applications/{application.slug}/assign"
    )
    sent = {
        "/badges/reader/issue": policy is not MailPolicy.NEVER,
        "/awards/{award}/revoke": policy is MailPolicy.ALWAYS,
        "/applications/{application}": policy is MailPolicy.ALWAYS,
    }
    for path, (promise, other) in PROMISES.items():
        said = words(administrator.get(path.format(award=award.slug, application=application.slug)))
        assert (promise in said) is sent[path]
        assert other in said or sent[path]
    where = f"/awards/{award.slug}/revoke"
    answer = administrator.submit(where, where, reason="")
    notice = "revoked" if policy is MailPolicy.ALWAYS else "revoked-unmailed"
    assert answer.headers["Location"].endswith(f"?notice={notice}")
    assert Award.get().revoked is not None
