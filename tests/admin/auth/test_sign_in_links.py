"""Signing in by a link in a mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import times, tokens
from chalicelib.admin.auth import keys, session, sign_in_links
from chalicelib.aws import mail
from chalicelib.data.models import SignIn
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR, GUEST, STRANGER
from tests.conftest import Clock, Cloud

Ask = Callable[..., str]
MINUTE = timedelta(minutes=1)


class TestAsking:
    def test_everybody_reads_the_same(self, browser: Browser, cloud: Cloud, guest: Any) -> None:
        pages = {
            browser.submit("/signin", "/signin", email=email).text.replace(email, "…")
            for email in (ADMINISTRATOR, GUEST, STRANGER)
        }
        assert len(pages) == 1
        assert "If … has access, a sign-in link is on its way." in pages.pop().replace(
            '<strong class="address">…</strong>', "…"
        )

    def test_everybody_waits_the_same(
        self, browser: Browser, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr(sign_in_links, "ANSWER_SECONDS", 600)
        monkeypatch.setattr(sign_in_links.time, "sleep", waited.append)
        for email in (ADMINISTRATOR, STRANGER):
            browser.submit("/signin", "/signin", email=email)
        assert [0 < seconds <= 600 for seconds in waited] == [True, True]

    def test_only_who_may_sign_in_gets_a_mail(
        self, browser: Browser, cloud: Cloud, guest: Any
    ) -> None:
        for email in (STRANGER, ADMINISTRATOR, "GUEST@Example.org"):
            browser.submit("/signin", "/signin", email=f" {email} ")
        assert [sent["To"] for sent in cloud.mails()] == [ADMINISTRATOR, guest.email]

    def test_the_mail_says_what_the_link_does(
        self, ask: Ask, cloud: Cloud, settings: dict[str, str]
    ) -> None:
        settings["BRANDING"] = "Learn & Öre"
        settings["PERSONA_AUDIENCE"] = "http://localhost:3000/badges/"
        path = ask()
        (sent,) = cloud.mails()
        plain, rich = (sent.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
        assert sent["Subject"] == "Sign in to Learn & Öre"
        assert sent["From"] == "Learn & Öre <badges@example.org>"
        assert path.startswith("/badges/signin/")
        assert "sign in to Learn & Öre" in plain
        assert "once, within 15 minutes" in plain
        assert f'href="http://localhost:3000{path}"' in rich

    def test_the_link_holds_no_address(self, ask: Ask) -> None:
        claims = tokens.unverified(ask().rsplit("/", 1)[1])
        assert set(claims) == {"nonce", "exp"}

    @pytest.mark.parametrize(
        "email", ["", "ada", "a@b", "a@example.org b@example.org", "a\n@b.org"]
    )
    def test_what_is_no_address_is_said_so(
        self, email: str, browser: Browser, cloud: Cloud
    ) -> None:
        answer = browser.submit("/signin", "/signin", email=email)
        assert answer.status == 400
        assert "Enter one email address" in words(answer)
        assert browser.post("/signin", {"csrf": csrf(answer), "email": STRANGER}).status == 200

    def test_a_form_that_is_too_large_is_refused(self, browser: Browser) -> None:
        answer = browser.submit("/signin", "/signin", email="x" * 17_000)
        assert (answer.status, title(answer)) == (413, "Too large")

    def test_somebody_else_s_asking_locks_nobody_out(
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
        browser.submit("/signin", "/signin", email="bob@admin.example.org")
        assert len(cloud.mails()) == 6
        clock.move(15 * MINUTE)
        browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        assert len(cloud.mails()) == 7

    def test_old_links_are_forgotten_and_strangers_leave_nothing(
        self, browser: Browser, cloud: Cloud, clock: Clock
    ) -> None:
        browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        browser.submit("/signin", "/signin", email=STRANGER)
        assert SignIn.select().count() == 1
        clock.move(16 * MINUTE)
        browser.submit("/signin", "/signin", email=STRANGER)
        assert SignIn.select().count() == 0

    @pytest.mark.parametrize(
        "trouble",
        [
            EndpointConnectionError(endpoint_url="https://ses"),
            ClientError({"Error": {"Code": "MessageRejected", "Message": ADMINISTRATOR}}, "Send"),
        ],
    )
    def test_without_ses_the_answer_is_the_same_and_the_link_does_not_count(
        self,
        trouble: Exception,
        browser: Browser,
        monkeypatch: pytest.MonkeyPatch,
        logged: pytest.LogCaptureFixture,
    ) -> None:
        def refuse(message: Any) -> None:
            raise trouble

        monkeypatch.setattr(mail, "send", refuse)
        answer = browser.submit("/signin", "/signin", email=ADMINISTRATOR)
        assert (answer.status, answer.text.replace(ADMINISTRATOR, "")) == (
            200,
            browser.submit("/signin", "/signin", email=STRANGER).text.replace(STRANGER, ""),
        )
        assert SignIn.select().count() == 0
        assert type(trouble).__name__ in logged.text
        assert ADMINISTRATOR not in logged.text

    def test_a_mail_that_ses_may_have_taken_keeps_its_link(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def uncertain(message: Any) -> None:
            raise mail.UncertainError

        monkeypatch.setattr(mail, "send", uncertain)
        assert browser.submit("/signin", "/signin", email=ADMINISTRATOR).status == 200
        assert SignIn.select().count() == 1


class TestOpening:
    def test_a_link_signs_in(self, browser: Browser, ask: Ask) -> None:
        answer = browser.get(ask())
        assert (answer.status, answer.headers["Location"]) == (303, "/directory")
        assert answer.headers["Set-Cookie"][0].split("; ")[1:] == [
            "Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Lax",
        ]  # fmt: skip
        assert title(browser.get("/activity")) == "Activity"

    def test_it_works_once(self, browser: Browser, ask: Ask) -> None:
        link = ask()
        browser.get(link)
        browser.cookies.pop("session")
        answer = browser.get(link)
        assert (answer.status, title(answer)) == (410, "This link was already used")
        assert "session" not in browser.cookies

    def test_opening_it_twice_does_no_harm(self, browser: Browser, ask: Ask) -> None:
        link = ask()
        browser.get(link)
        assert browser.get(link).headers["Location"] == "/directory"

    def test_of_two_that_open_it_at_once_one_gets_in(
        self, browser: Browser, ask: Ask, together: Callable[..., list[Any]]
    ) -> None:
        token, known_by = ask().rsplit("/", 1)[1], browser.cookies["browser"]
        results = together(*[lambda: sign_in_links.redeem(token, known_by)] * 4)
        assert results.count(ADMINISTRATOR) == 1
        refused = [result for result in results if result != ADMINISTRATOR]
        assert {result.refusal for result in refused} == {sign_in_links.Refusal.USED}

    def test_it_works_for_a_quarter_of_an_hour(
        self, browser: Browser, ask: Ask, clock: Clock
    ) -> None:
        early, late = ask(), ask()
        clock.move(15 * MINUTE - timedelta(seconds=2))
        assert browser.get(early).status == 303
        clock.move(timedelta(seconds=2))
        answer = browser.get(late)
        assert (answer.status, title(answer)) == (410, "This link has expired")

    def test_it_ends_when_its_token_or_its_row_does_whichever_is_first(
        self, browser: Browser, ask: Ask, clock: Clock
    ) -> None:
        def signed(exp: datetime) -> str:
            return "/signin/" + tokens.sign({"nonce": nonce, "exp": times.unix(exp)}, key)

        key, token = keys.derive_key("sign-in link"), ask().rpartition("/")[2]
        nonce = tokens.unverified(token)["nonce"]
        row_ends = clock.now + 15 * MINUTE
        assert title(browser.get(signed(clock.now))) == "This link has expired"
        clock.now = row_ends
        assert title(browser.get(signed(row_ends + MINUTE))) == "This link has expired"
        clock.now = row_ends - timedelta(seconds=1)
        assert browser.get(signed(row_ends)).status == 303

    def test_an_expired_one_that_was_forgotten_is_still_called_expired(
        self, browser: Browser, ask: Ask, clock: Clock
    ) -> None:
        link = ask()
        clock.move(20 * MINUTE)
        ask()
        assert title(browser.get(link)) == "This link has expired"

    def test_another_browser_neither_gets_in_nor_uses_it_up(
        self, browser: Browser, ask: Ask, app: Any
    ) -> None:
        link, other = ask(), Browser(app)
        for _ in ("without a cookie", "with its own"):
            answer = other.get(link)
            assert (answer.status, title(answer)) == (403, "This link belongs to another browser")
            other.get("/signin")
        assert "session" not in other.cookies
        assert browser.get(link).status == 303

    def test_a_changed_one_is_refused(self, browser: Browser, ask: Ask) -> None:
        link = ask()
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
    def test_it_lasts_a_week(self, signed_in: Callable[[str], Browser], clock: Clock) -> None:
        browser = signed_in(ADMINISTRATOR)
        clock.move(timedelta(days=7) - timedelta(seconds=2))
        assert browser.get("/activity").status == 200
        clock.move(timedelta(seconds=2))
        assert browser.get("/activity").headers["Location"] == "/signin"

    def test_it_ends_with_the_access(
        self, administrator: Browser, settings: dict[str, str]
    ) -> None:
        settings["ACCESS_LIST"] = "[]"
        assert administrator.get("/activity").headers["Location"] == "/signin"

    def test_it_ends_with_the_account(
        self, guest: Any, signed_in: Callable[[str], Browser]
    ) -> None:
        browser = signed_in(GUEST)
        assert browser.get("/activity").status == 403
        guest.delete_instance()
        assert browser.get("/activity").headers["Location"] == "/signin"

    def test_nobody_else_can_write_one(self, browser: Browser) -> None:
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

    def test_signing_out_forgets_it(self, administrator: Browser) -> None:
        answer = administrator.submit("/activity", "/signout")
        assert answer.headers["Location"] == "/signin?notice=signed-out"
        assert administrator.cookies == {}
        assert "You’re signed out." in words(administrator.get(answer.headers["Location"]))

    def test_who_is_signed_in_is_not_asked_again(self, administrator: Browser) -> None:
        assert administrator.get("/signin").headers["Location"] == "/directory"

    def test_over_https_its_cookies_are_bound_to_the_host(
        self, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["PERSONA_AUDIENCE"] = "https://badges.example.org"
        for header in (browser.get("/signin").headers, session.start(ADMINISTRATOR)):
            assert header["Set-Cookie"].startswith("__Host-")
            assert header["Set-Cookie"].endswith("; HttpOnly; SameSite=Lax; Secure")
            assert "; Path=/;" in header["Set-Cookie"]

    @pytest.mark.parametrize("audience", ["http://localhost.example.org", "http://example.org"])
    def test_only_this_machine_does_without_https(
        self, audience: str, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["PERSONA_AUDIENCE"] = audience
        assert "; Secure" in browser.get("/signin").headers["Set-Cookie"]


def test_no_log_knows_the_link_or_the_address(
    browser: Browser, ask: Ask, logged: pytest.LogCaptureFixture
) -> None:
    link = ask()
    browser.get(link)
    browser.get(link)
    browser.get(link[:-3])
    assert ADMINISTRATOR not in logged.text
    assert link[-40:] not in logged.text
