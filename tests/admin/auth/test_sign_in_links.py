"""Signing in with a link in an email."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import times, tokens
from chalicelib.admin.auth import keys, session, sign_in_links
from chalicelib.aws import mail
from chalicelib.data.models import Job, SignIn
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR, GUEST, OUTSIDER
from tests.conftest import Clock, Cloud

RequestLink = Callable[..., str]
MINUTE = timedelta(minutes=1)
OTHER = "bob@admin.example.org"


class TestRequesting:
    def test_the_page_is_the_same_for_every_address(
        self, browser: Browser, cloud: Cloud, guest: Any
    ) -> None:
        pages = {
            browser.submit("/signin", "/signin", email=email).text.replace(email, "…")
            for email in (ADMINISTRATOR, GUEST, OUTSIDER)
        }
        assert len(pages) == 1
        assert "If … has access, a sign-in link is on its way." in pages.pop().replace(
            '<strong class="address">…</strong>', "…"
        )

    def test_the_response_time_is_the_same_for_every_address(
        self, browser: Browser, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr(sign_in_links, "RESPONSE_SECONDS", 600)
        monkeypatch.setattr(sign_in_links.time, "sleep", waited.append)
        for email in (ADMINISTRATOR, OUTSIDER):
            browser.submit("/signin", "/signin", email=email)
        assert [0 < seconds <= 600 for seconds in waited] == [True, True]

    def test_only_users_with_access_get_an_email(
        self, browser: Browser, cloud: Cloud, guest: Any
    ) -> None:
        for email in (OUTSIDER, ADMINISTRATOR, "GUEST@Example.org"):
            browser.submit("/signin", "/signin", email=f" {email} ")
        assert [sent["To"] for sent in cloud.mails()] == [ADMINISTRATOR, guest.email]

    def test_the_email_explains_the_link(
        self, request_link: RequestLink, cloud: Cloud, settings: dict[str, str]
    ) -> None:
        settings["BRANDING"] = "Learn & Öre"
        settings["PERSONA_AUDIENCE"] = "http://localhost:3000/badges/"
        path = request_link()
        (sent,) = cloud.mails()
        plain, rich = (sent.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
        assert sent["Subject"] == "Sign in to Learn & Öre"
        assert sent["From"] == "Learn & Öre <badges@example.org>"
        assert path.startswith("/badges/signin/")
        assert "sign in to Learn & Öre" in plain
        assert "once, within 15 minutes" in plain
        assert f'href="http://localhost:3000{path}"' in rich

    def test_the_link_does_not_contain_the_address(self, request_link: RequestLink) -> None:
        claims = tokens.unverified(request_link().rsplit("/", 1)[1])
        assert set(claims) == {"nonce", "exp"}

    @pytest.mark.parametrize(
        "email", ["", "ada", "a@b", "a@example.org b@example.org", "a\n@b.org"]
    )
    def test_an_invalid_address_gets_a_message(
        self, email: str, browser: Browser, cloud: Cloud
    ) -> None:
        answer = browser.submit("/signin", "/signin", email=email)
        assert answer.status == 400
        assert "Enter one email address" in words(answer)
        assert browser.post("/signin", {"csrf": csrf(answer), "email": OUTSIDER}).status == 200

    def test_a_form_that_is_too_large_is_refused(self, browser: Browser) -> None:
        answer = browser.submit("/signin", "/signin", email="x" * 17_000)
        assert (answer.status, title(answer)) == (413, "Too large")

    def test_requests_of_other_browsers_do_not_lock_a_user_out(
        self, browser: Browser, app: Any, cloud: Cloud
    ) -> None:
        for _ in range(6):
            browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        Browser(app).submit("/signin", "/signin", email=ADMINISTRATOR)
        assert len(cloud.mails()) == 6

    @pytest.mark.parametrize("word", ["=?utf-8?q?bob?=", "=?utf-8?q?a=0d=0ab?=", "x=?"])
    def test_an_encoded_word_is_no_address(self, browser: Browser, cloud: Cloud, word: str) -> None:
        answer = browser.submit("/signin", "/signin", email=f"{word}@admin.example.org")
        assert answer.status == 400
        assert cloud.mails() == []
        assert SignIn.select().count() == 0

    def test_at_most_five_links_in_a_quarter_of_an_hour(
        self, browser: Browser, cloud: Cloud, clock: Clock
    ) -> None:
        spellings = [ADMINISTRATOR, ADMINISTRATOR.upper()] * 4
        pages = [browser.submit("/signin", "/signin", email=email) for email in spellings]
        assert len(cloud.mails()) == 5
        assert pages[7].text == pages[1].text
        browser.submit("/signin", "/signin", email=OTHER)
        assert len(cloud.mails()) == 6
        clock.move(15 * MINUTE)
        browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        assert len(cloud.mails()) == 7

    def test_links_are_deleted_after_an_hour_and_unknown_addresses_not_stored(
        self, browser: Browser, cloud: Cloud, clock: Clock
    ) -> None:
        browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        browser.submit("/signin", "/signin", email=OUTSIDER)
        assert [link.email for link in SignIn.select()] == [ADMINISTRATOR]
        for minutes, left in ((59, {ADMINISTRATOR, OTHER}), (1, {OTHER})):
            clock.move(minutes * MINUTE)
            browser.submit("/signin", "/signin", email=OTHER)
            assert {link.email for link in SignIn.select()} == left

    @pytest.mark.parametrize(
        "error",
        [
            EndpointConnectionError(endpoint_url="https://ses"),
            ClientError({"Error": {"Code": "MessageRejected", "Message": ADMINISTRATOR}}, "Send"),
        ],
    )
    def test_an_error_of_ses_changes_no_response_and_its_link_does_not_count(
        self,
        error: Exception,
        browser: Browser,
        monkeypatch: pytest.MonkeyPatch,
        logged: pytest.LogCaptureFixture,
    ) -> None:
        def refuse(message: Any) -> None:
            raise error

        monkeypatch.setattr(mail, "send", refuse)
        answer = browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        assert (answer.status, answer.text.replace(ADMINISTRATOR, "")) == (
            200,
            browser.submit("/signin", "/signin", email=OUTSIDER).text.replace(OUTSIDER, ""),
        )
        assert SignIn.select().count() == 0
        assert type(error).__name__ in logged.text
        assert ADMINISTRATOR not in logged.text

    def test_an_email_that_may_have_been_sent_keeps_its_link(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def uncertain(message: Any) -> None:
            raise mail.UncertainError

        monkeypatch.setattr(mail, "send", uncertain)
        assert browser.submit("/signin", "/signin", email=ADMINISTRATOR).status == 200
        assert SignIn.select().count() == 1


class TestOpening:
    def test_a_link_signs_in(self, browser: Browser, request_link: RequestLink) -> None:
        answer = browser.get(request_link())
        assert (answer.status, answer.headers["Location"]) == (303, "/home")
        assert answer.headers["Set-Cookie"][0].split("; ")[1:] == [
            "Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Lax",
        ]  # fmt: skip
        assert title(browser.get("/activity")) == "Activity"

    def test_a_link_works_once(self, browser: Browser, request_link: RequestLink) -> None:
        link = request_link()
        browser.get(link)
        browser.cookies.pop("session")
        answer = browser.get(link)
        assert (answer.status, title(answer)) == (410, "This link was already used")
        assert "session" not in browser.cookies

    def test_head_neither_uses_a_link_nor_tells_whether_it_is_valid(
        self, browser: Browser, request_link: RequestLink
    ) -> None:
        link = request_link()
        for _ in range(2):
            answer = browser.head(link)
            assert (answer.status, answer.text) == (200, "")
            assert "session" not in browser.cookies
            assert browser.head("/signin/x").headers == answer.headers
        assert browser.get(link).status == 303
        assert browser.head(link).status == 200

    def test_opening_a_link_twice_does_no_harm(
        self, browser: Browser, request_link: RequestLink
    ) -> None:
        link = request_link()
        browser.get(link)
        assert browser.get(link).headers["Location"] == "/home"

    def test_of_two_concurrent_uses_one_succeeds(
        self, browser: Browser, request_link: RequestLink, together: Callable[..., list[Any]]
    ) -> None:
        token, known_by = request_link().rsplit("/", 1)[1], browser.cookies["browser"]
        results = together(*[lambda: sign_in_links.redeem(token, known_by)] * 4)
        assert results.count(ADMINISTRATOR) == 1
        refused = [result for result in results if result != ADMINISTRATOR]
        assert {result.refusal for result in refused} == {sign_in_links.Refusal.USED}

    def test_a_link_is_valid_for_fifteen_minutes(
        self, browser: Browser, request_link: RequestLink, clock: Clock
    ) -> None:
        early, late = request_link(), request_link()
        clock.move(15 * MINUTE - timedelta(seconds=2))
        assert browser.get(early).status == 303
        clock.move(timedelta(seconds=2))
        answer = browser.get(late)
        assert (answer.status, title(answer)) == (410, "This link has expired")

    def test_a_link_expires_with_its_token_or_its_row(
        self, browser: Browser, request_link: RequestLink, clock: Clock
    ) -> None:
        def signed(exp: datetime) -> str:
            return "/signin/" + tokens.sign({"nonce": nonce, "exp": times.unix(exp)}, key)

        key, token = keys.derive_key("sign-in link"), request_link().rpartition("/")[2]
        nonce = tokens.unverified(token)["nonce"]
        row_ends = clock.now + 15 * MINUTE
        assert title(browser.get(signed(clock.now))) == "This link has expired"
        clock.now = row_ends
        assert title(browser.get(signed(row_ends + MINUTE))) == "This link has expired"
        clock.now = row_ends - timedelta(seconds=1)
        assert browser.get(signed(row_ends)).status == 303

    def test_a_deleted_expired_link_is_reported_as_expired(
        self, browser: Browser, request_link: RequestLink, clock: Clock
    ) -> None:
        link = request_link()
        clock.move(20 * MINUTE)
        request_link()
        assert title(browser.get(link)) == "This link has expired"

    def test_another_browser_neither_signs_in_nor_uses_the_link(
        self, browser: Browser, request_link: RequestLink, app: Any
    ) -> None:
        link, other = request_link(), Browser(app)
        for _ in ("without a cookie", "with its own"):
            answer = other.get(link)
            assert (answer.status, title(answer)) == (403, "This link belongs to another browser")
            other.get("/signin")
        assert "session" not in other.cookies
        assert browser.get(link).status == 303

    def test_a_tampered_link_is_refused(self, browser: Browser, request_link: RequestLink) -> None:
        link = request_link()
        exp = times.unix(times.now() + MINUTE)
        forged = [
            link[:-8],
            link + "x",
            "/signin/x",
            "/signin/" + tokens.sign({"nonce": "n", "exp": exp}, "guessed" * 8),
            "/signin/" + tokens.sign({"nonce": "n", "exp": exp}, keys.derive_key("session")),
        ]
        for target in forged:
            answer = browser.get(target)
            assert (answer.status, title(answer)) == (403, "This link is incomplete")

    def test_each_refusal_offers_a_new_link(self, browser: Browser) -> None:
        assert 'href="/signin">Get a new link</a>' in browser.get("/signin/x").text


class TestSession:
    def test_a_session_lasts_a_week(
        self, signed_in: Callable[[str], Browser], clock: Clock
    ) -> None:
        browser = signed_in(ADMINISTRATOR)
        clock.move(timedelta(days=7) - timedelta(seconds=2))
        assert browser.get("/activity").status == 200
        clock.move(timedelta(seconds=2))
        assert browser.get("/activity").headers["Location"] == "/signin"

    def test_a_session_ends_with_the_access(
        self, administrator: Browser, settings: dict[str, str]
    ) -> None:
        settings["ACCESS_LIST"] = "[]"
        assert administrator.get("/activity").headers["Location"] == "/signin"

    def test_a_session_ends_with_the_account(
        self, guest: Any, signed_in: Callable[[str], Browser]
    ) -> None:
        browser = signed_in(GUEST)
        assert browser.get("/activity").status == 403
        guest.delete_instance()
        assert browser.get("/activity").headers["Location"] == "/signin"

    def test_a_session_cannot_be_forged(self, browser: Browser) -> None:
        claims = {"email": ADMINISTRATOR, "exp": times.unix(times.now() + MINUTE)}
        forged = [
            tokens.sign(claims, "guessed" * 8),
            tokens.sign(claims, keys.derive_key("sign-in link")),
            "x",
            "",
        ]
        for cookie in forged:
            browser.cookies["session"] = cookie
            assert browser.get("/activity").headers["Location"] == "/signin"

    def test_signing_out_ends_the_session(self, administrator: Browser) -> None:
        answer = administrator.submit("/activity", "/signout")
        assert answer.headers["Location"] == "/signin?notice=signed-out"
        assert administrator.cookies == {}
        assert "You’re signed out." in words(administrator.get(answer.headers["Location"]))

    def test_signed_in_users_do_not_see_the_sign_in_form(self, administrator: Browser) -> None:
        assert administrator.get("/signin").headers["Location"] == "/home"

    def test_over_https_cookies_are_bound_to_the_host(
        self, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["PERSONA_AUDIENCE"] = "https://badges.example.org"
        for header in (browser.get("/signin").headers, session.start(ADMINISTRATOR)):
            assert header["Set-Cookie"].startswith("__Host-")
            assert header["Set-Cookie"].endswith("; HttpOnly; SameSite=Lax; Secure")
            assert "; Path=/;" in header["Set-Cookie"]

    @pytest.mark.parametrize("audience", ["http://localhost.example.org", "http://example.org"])
    def test_only_local_deployments_work_without_https(
        self, audience: str, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["PERSONA_AUDIENCE"] = audience
        assert "; Secure" in browser.get("/signin").headers["Set-Cookie"]


def test_each_step_is_logged_in_one_line_without_addresses(
    browser: Browser, request_link: RequestLink, app: Any, logged: pytest.LogCaptureFixture
) -> None:
    link = request_link()
    Browser(app).get(link)
    browser.get(link)
    del browser.cookies["session"]
    browser.get(link)
    browser.get(link[:-3])
    browser.submit("/signin", "/signin", email=OUTSIDER)
    lines = dict.fromkeys(one.message for one in logged.records if "sign-in" in one.message)
    steps = [(line.partition(" {")[0], json.loads(line[line.index("{") :])) for line in lines]
    mine, theirs = steps[0][1].pop("person"), steps[-1][1].pop("person")
    assert steps == [
        ("sign-in link", {"outcome": "sent"}),
        ("sign-in", {"outcome": "refused", "reason": "other-browser"}),
        ("sign-in", {"outcome": "done", "person": mine}),
        ("sign-in", {"outcome": "refused", "reason": "used"}),
        ("sign-in", {"outcome": "refused", "reason": "tampered"}),
        ("sign-in link", {"outcome": "refused", "reason": "no access"}),
    ]
    assert len(mine) == len(theirs) == 16
    for secret in (ADMINISTRATOR, OUTSIDER, link[-40:], "192.0.2.1"):
        assert secret not in logged.text


def test_the_first_to_sign_in_has_another_api_read(
    browser: Browser, request_link: Callable[..., str], settings: dict[str, str]
) -> None:
    browser.get(request_link())
    assert Job.select().count() == 0
    settings["OPENBADGER_URL"] = "https://api.example.org"
    for _ in range(2):
        del browser.cookies["session"]
        browser.get(request_link())
        assert [job.kind for job in Job.select()] == ["reading"]
