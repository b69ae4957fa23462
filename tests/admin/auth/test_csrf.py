"""Forms are accepted only from our own pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.data.models import Job
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR
from tests.conftest import Cloud

SIGN_IN, SIGN_OUT, RETRY = "/signin", "/signout", "/activity/jobs/1/retry"
FORMS = {SIGN_IN: "/signin", SIGN_OUT: "/activity", RETRY: "/activity"}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """The path that a form is sent to."""
    target: str = request.param
    return target


@pytest.fixture
def sender(form: str, browser: Browser, administrator: Browser) -> Browser:
    """The browser that sends the form."""
    return browser if form == SIGN_IN else administrator


@pytest.fixture
def token(form: str, sender: Browser) -> str:
    """The CSRF token of the form."""
    return csrf(sender.get(FORMS[form]))


@pytest.fixture(autouse=True)
def nothing_happened(sender: Browser, cloud: Cloud) -> Callable[[], bool]:
    """Return a function that returns whether none of the forms had an effect."""
    Job.create(id=1, kind="review", state="failed")
    cookies = dict(sender.cookies)

    def check() -> bool:
        kept = all(sender.cookies.get(name) == value for name, value in cookies.items())
        return kept and not cloud.mails() and Job.get_by_id(1).state == "failed"

    return check


Check = Callable[[], bool]


def test_a_form_with_its_token_is_accepted(form: str, sender: Browser, token: str) -> None:
    assert sender.post(form, {"csrf": token, "email": ADMINISTRATOR}).status in (200, 303)


@pytest.mark.parametrize("fields", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}])
def test_a_missing_or_wrong_token_is_refused_with_a_message(
    fields: dict[str, str], form: str, sender: Browser, token: str, nothing_happened: Check
) -> None:
    answer = sender.post(form, {"email": ADMINISTRATOR, **fields})
    assert (answer.status, title(answer)) == (403, "Access denied")
    assert "Reload the page and submit it again." in words(answer)
    assert nothing_happened()


def test_another_user_s_token_is_refused(
    form: str, sender: Browser, signed_in: Callable[[str], Browser], nothing_happened: Check
) -> None:
    other = csrf(signed_in("bob@admin.example.org").get("/activity"))
    sender.get(FORMS[form])
    assert sender.post(form, {"csrf": other, "email": ADMINISTRATOR}).status == 403
    assert nothing_happened()


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.org", "null", "http://localhost", "https://localhost:3000", ""],
)
def test_a_form_from_another_site_is_refused_with_a_message(
    origin: str, form: str, sender: Browser, token: str, nothing_happened: Check
) -> None:
    answer = sender.post(form, {"csrf": token, "email": ADMINISTRATOR}, Origin=origin)
    assert answer.status == 403
    assert "from another site. Open it at http://localhost:3000." in words(answer)
    assert nothing_happened()


@pytest.mark.parametrize(
    ("audience", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:3000/below/", "http://localhost:3000"),
        ("https://Badges.Example.org:443", "https://badges.example.org"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_form_from_our_own_site_is_accepted(
    audience: str, origin: str, browser: Browser, cloud: Cloud, settings: dict[str, str]
) -> None:
    settings["PERSONA_AUDIENCE"] = audience
    fields = {"csrf": csrf(browser.get("/signin")), "email": ADMINISTRATOR}
    assert browser.post("/signin", fields, Origin=origin).status == 200
    assert len(cloud.mails()) == 1


def test_a_browser_without_cookies_gets_a_message(browser: Browser) -> None:
    token = csrf(browser.get("/signin"))
    browser.cookies.clear()
    answer = browser.post("/signin", {"csrf": token, "email": ADMINISTRATOR})
    assert answer.status == 403
    assert "Allow cookies for this site" in words(answer)


def test_users_who_are_not_signed_in_are_redirected_to_sign_in(browser: Browser) -> None:
    assert browser.post(RETRY, {}).headers["Location"] == "/signin"
    assert browser.post(SIGN_OUT, {}).headers["Location"] == "/signin?notice=signed-out"
