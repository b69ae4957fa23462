"""A stranger with a script, and an administrator who wants to sign in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import limits, times, tokens
from chalicelib.admin.auth import keys, sign_in_limits
from chalicelib.data.models import SignIn
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR, GUEST, link
from tests.conftest import Clock, Cloud

HOUR = timedelta(hours=1)
HOME, ELSEWHERE = "198.51.100.7", "198.51.100.8"
OTHER = "bob@admin.example.org"


@pytest.fixture
def browser_at(app: Any, database: Any) -> Callable[[str], Browser]:
    """Return a function that makes a browser without cookies in a network."""
    return lambda source: Browser(app, source)


@pytest.fixture
def ask(cloud: Cloud) -> Callable[..., str | None]:
    """Return a function that asks for a link and returns its path, or None without an email."""

    def work(browser: Browser, email: str = ADMINISTRATOR) -> str | None:
        before = len(cloud.mails())
        answer = browser.submit("/signin", "/signin", email=email)
        assert "a sign-in link is on its way" in words(answer)
        sent = cloud.mails()[before:]
        return link(sent[0]) if sent else None

    return work


@pytest.fixture
def known(browser_at: Callable[[str], Browser], ask: Any) -> Browser:
    """A browser in which the administrator has signed in, and out again."""
    browser = browser_at(HOME)
    browser.get(ask(browser))
    browser.submit("/activity", "/signout")
    return browser


class Stranger:
    """Asks for links to the administrator's address, from some networks, with or without cookies."""

    def __init__(self, app: Any, networks: int, *, with_cookies: bool) -> None:
        self._app = app
        self._sources = [f"203.0.113.{number}" for number in range(networks)]
        self._with_cookies = with_cookies
        self._forms = [self._form(source) for source in self._sources]

    def _form(self, source: str) -> tuple[Browser, str]:
        browser = Browser(self._app, source)
        return browser, csrf(browser.get("/signin"))

    def ask(self, times_: int) -> None:
        """Ask this often, from each network in turn, each time beginning with a HEAD."""
        for number in range(times_):
            place = number % len(self._sources)
            if not self._with_cookies and number % 50 < len(self._sources):
                self._forms[place] = self._form(self._sources[place])
            browser, token = self._forms[place]
            assert browser.head("/signin").status == 200
            assert browser.post("/signin", {"csrf": token, "email": ADMINISTRATOR}).status == 200


@pytest.mark.parametrize("networks", [1, 10])
@pytest.mark.parametrize("with_cookies", [True, False])
@pytest.mark.slow
def test_a_stranger_with_a_script_does_not_keep_an_administrator_out(
    networks: int,
    with_cookies: bool,
    app: Any,
    browser_at: Callable[[str], Browser],
    ask: Any,
    known: Browser,
    cloud: Cloud,
) -> None:
    new = browser_at(ELSEWHERE)
    first = ask(new)
    before = len(cloud.mails())
    stranger = Stranger(app, networks, with_cookies=with_cookies)
    stranger.ask(500)
    during = ask(known)
    stranger.ask(500)
    flood = len(cloud.mails()) - before - 1
    assert flood <= (8 if networks == 1 else 24)
    late = ask(browser_at(HOME))
    for path, browser in ((first, new), (during, known), (late, None)):
        assert path, "the administrator got no email"
        if browser:
            assert browser.get(path).headers["Location"] == "/home"


@pytest.mark.slow
def test_the_more_was_sent_to_an_address_the_less_a_network_gets(
    app: Any, browser_at: Callable[[str], Browser], ask: Any, settings: dict[str, str]
) -> None:
    def sent_to(source: str) -> int:
        return sum(ask(browser_at(source)) is not None for _ in range(10))

    settings["SIGN_IN_MAILS_PER_HOUR"] = "48"
    assert [sent_to(f"203.0.113.{n}") for n in range(9)] == [8, 4, 2, 2, 2, 2, 2, 2, 1]
    settings["SIGN_IN_MAILS_PER_HOUR"] = "25"
    assert sent_to("203.0.113.10") == 0
    settings["SIGN_IN_MAILS_PER_HOUR"] = "26"
    assert sent_to("203.0.113.10") == 1
    assert sent_to("203.0.113.11") == 0


def test_a_limit_lasts_an_hour(
    browser_at: Callable[[str], Browser], ask: Any, clock: Clock
) -> None:
    assert [ask(browser_at(HOME)) is not None for _ in range(9)] == [True] * 8 + [False]
    clock.move(HOUR - timedelta(seconds=1))
    assert ask(browser_at(HOME)) is None
    clock.move(timedelta(seconds=1))
    assert ask(browser_at(HOME))


def test_a_limit_is_that_of_one_address(browser_at: Callable[[str], Browser], ask: Any) -> None:
    while ask(browser_at(HOME)):
        pass
    assert ask(browser_at(HOME), OTHER)


class TestGivingWay:
    """At the limit of valid links."""

    def _links(self, *networks: str, **more: Any) -> list[SignIn]:
        expires = times.now() + timedelta(minutes=10)
        values = {"used": None, "known": None, "expires": expires, "browser": "b", **more}
        return [SignIn(id=n, network=name, **values) for n, name in enumerate(networks, 1)]

    def _decide(self, links: list[SignIn], **more: Any) -> sign_in_limits.Decision:
        who = sign_in_limits.Requester(**{"browser": "new", "network": "new", **more})
        return sign_in_limits.decide(who, links)

    def test_the_oldest_of_the_network_that_asked_most_gives_way(self) -> None:
        links = self._links("victim", *"aab" * 8)
        assert self._decide(links) == sign_in_limits.Decision(gives_way=2)

    def test_used_and_expired_links_neither_count_nor_give_way(self) -> None:
        links = self._links("victim", *"aab" * 8)
        links[1].used = times.now()
        assert self._decide(links) == sign_in_limits.Decision()
        links += self._links("c")
        links[2].expires = times.now()
        assert self._decide([*links, *self._links("d")]).gives_way == 5

    def test_the_only_link_of_a_network_never_gives_way(self) -> None:
        links = self._links(*[f"network {number}" for number in range(30)])
        assert self._decide(links) == sign_in_limits.Decision()

    def test_links_of_known_browsers_never_give_way(self) -> None:
        links = self._links(*"k" * 9, known="their browser") + self._links(*"abcdefghijklmnop")
        assert self._decide(links) == sign_in_limits.Decision()

    def test_a_link_that_gives_way_has_expired(
        self, browser_at: Callable[[str], Browser], ask: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "SIGN_IN_LINKS_PER_ADDRESS", 3)
        victim, busy = browser_at(HOME), browser_at(ELSEWHERE)
        mine, first, second = ask(victim), ask(busy), ask(busy)
        third = ask(busy)
        assert title(busy.get(first)) == "This link has expired"
        for path in (second, third):
            assert busy.get(path).status == 303
        assert victim.get(mine).status == 303


class TestKnownBrowsers:
    def test_a_known_browser_has_a_limit_of_its_own(self, known: Browser, ask: Any) -> None:
        own = limits.SIGN_IN_MAILS_PER_KNOWN_BROWSER
        sent = [ask(known) is not None for _ in range(own + 20)]
        # After its own limit it is treated like a stranger.
        assert sum(sent) == own
        assert SignIn.select().where(SignIn.known.is_null(False)).count() == own

    def test_beyond_it_a_known_browser_is_a_stranger(
        self, known: Browser, ask: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "SIGN_IN_MAILS_PER_KNOWN_BROWSER", 1)
        assert ask(known)
        assert ask(known)
        assert SignIn.select().where(SignIn.known.is_null(False)).count() == 1

    def test_a_browser_is_known_for_the_addresses_that_signed_in(
        self, known: Browser, ask: Any, browser_at: Callable[[str], Browser], guest: Any
    ) -> None:
        known.get(ask(known, OTHER))
        known.submit("/activity", "/signout")
        for email in (ADMINISTRATOR.upper(), OTHER, GUEST):
            while ask(browser_at(HOME), email):
                pass
        found = {email: bool(ask(known, email)) for email in (ADMINISTRATOR, OTHER, GUEST)}
        assert found == {ADMINISTRATOR: True, OTHER: True, GUEST: False}

    def test_the_cookie_lasts_a_year_from_each_sign_in(
        self, known: Browser, ask: Any, clock: Clock
    ) -> None:
        for days, is_known in ((364, True), (364, True), (365, False)):
            clock.move(timedelta(days=days))
            path = ask(known)
            newest = SignIn.select().order_by(SignIn.id.desc()).get()
            assert (newest.known is not None) == is_known
            known.get(path)
            known.submit("/activity", "/signout")

    def test_the_cookie_names_no_address_and_no_other_key_can_sign_one(
        self, known: Browser, ask: Any
    ) -> None:
        claims = tokens.unverified(known.cookies["known"])
        assert ADMINISTRATOR not in json.dumps(claims)
        assert set(claims) == {"id", "addresses", "exp"}
        for key in ("guessed" * 8, keys.derive_key("session"), keys.derive_key("sign-in link")):
            known.cookies["known"] = tokens.sign(claims, key)
            ask(known)
        assert SignIn.select().where(SignIn.known.is_null(False)).count() == 0

    def test_a_known_browser_is_not_signed_in(self, known: Browser) -> None:
        assert known.get("/activity").headers["Location"] == "/signin"
        known.cookies["session"] = known.cookies["known"]
        assert known.get("/activity").headers["Location"] == "/signin"

    def test_the_oldest_of_too_many_addresses_is_forgotten(
        self, known: Browser, ask: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(8):
            known.get(ask(known, f"user{number}@admin.example.org"))
            known.submit("/activity", "/signout")
        addresses = tokens.unverified(known.cookies["known"])["addresses"]
        assert len(set(addresses)) == 8
        ask(known)
        assert SignIn.select().order_by(SignIn.id.desc()).get().known is None


class TestNetworks:
    @pytest.mark.parametrize(
        ("one", "other", "are_one"),
        [
            ("192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("192.0.2.1", "::ffff:192.0.2.1", True),
            ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
            ("2001:db8:1::1", "2001:db8:2::1", False),
            ("", "unknown", True),
        ],
    )
    def test_addresses_of_one_network(self, one: str, other: str, are_one: bool) -> None:
        hashes = {sign_in_limits.network_of(address) for address in (one, other)}
        assert len(hashes) == (1 if are_one else 2)
        assert all(len(one) == 64 for one in hashes)

    def test_the_hash_depends_on_the_secret(self, settings: dict[str, str]) -> None:
        before = sign_in_limits.network_of("192.0.2.1")
        settings["COOKIE_SECRET"] = "another-secret-that-only-the-tests-know"
        assert sign_in_limits.network_of("192.0.2.1") != before


def test_of_many_requests_at_once_no_more_get_a_link(
    app: Any, cloud: Cloud, browser_at: Callable[[str], Browser], together: Any
) -> None:
    browser = browser_at(HOME)
    form = {"csrf": csrf(browser.get("/signin")), "email": ADMINISTRATOR}
    monkey = [lambda: browser.post("/signin", form).status] * 8
    assert Counter(together(*monkey)) == {200: 8}
    assert len(cloud.mails()) == limits.SIGN_IN_LINKS_PER_BROWSER


@pytest.fixture
def in_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run as the function `badgekit-test-http`."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "badgekit-test-http")
    yield
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME")


def test_a_limit_is_logged_and_counted_without_the_address(
    browser_at: Callable[[str], Browser],
    ask: Any,
    logged: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    in_lambda: None,
) -> None:
    browser = browser_at(HOME)
    while ask(browser):
        pass
    limit, *_ = [one.message for one in logged.records if "limit" in one.message]
    assert '"reason": "browser limit"' in limit
    (line,) = capsys.readouterr().out.splitlines()
    metric = json.loads(line)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "BadgeKit"
    assert [one["Name"] for one in directive["Metrics"]] == ["SignInLimit"]
    assert (metric["SignInLimit"], metric["FunctionName"]) == (1, "badgekit-test-http")
    assert ADMINISTRATOR not in limit + line
