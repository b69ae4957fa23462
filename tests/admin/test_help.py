"""Help, About and Terms of use: open to anyone, in the frame of the admin UI when signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib import VERSION
from chalicelib.admin import help
from chalicelib.imaging import builtin
from tests.admin.browser import Browser, title, words
from tests.admin.conftest import OUTSIDER
from tests.conftest import SQLITE, Cloud
from tests.openbadges.png import png


@pytest.fixture
def engine() -> str:
    """These pages read nothing but the session."""
    return SQLITE


PAGES = {"/help": "Help", "/about": "About", "/terms": "Terms of use"}


@pytest.mark.parametrize("path", PAGES)
def test_they_are_open_to_anyone(path: str, browser: Browser) -> None:
    answer = browser.get(path)
    assert (answer.status, title(answer)) == (200, PAGES[path])
    assert "/signout" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_signed_in_users_stay_in_the_admin_ui(path: str, administrator: Browser) -> None:
    answer = administrator.get(path)
    assert "Sign out" in words(answer)
    assert 'href="/activity"' in answer.text


def test_users_without_access_see_the_public_frame(
    signed_in: Callable[[str], Browser],
) -> None:
    assert "/signout" not in signed_in(OUTSIDER).get("/help").text


def test_every_page_links_to_help(browser: Browser) -> None:
    for page in ("/", "/signin", "/nothing"):
        assert 'href="/help"' in browser.get(page).text


class TestHelp:
    def test_its_contents_link_to_each_task(self, browser: Browser) -> None:
        text = browser.get("/help").text
        links = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>', text)
        headings = re.findall(r'<h2 id="([\w-]+)">([^<]+)</h2>', text)
        assert len(links) > 10
        assert links == headings

    def test_existing_pictures_are_shown(
        self, browser: Browser, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "editor.png").write_bytes(png())
        monkeypatch.setattr(help, "PICTURES", tmp_path)
        help._pictures.cache_clear()
        builtin.store_once.cache_clear()
        try:
            assert re.findall(r"/help/pictures/([\w.-]+)", browser.get("/help").text) == [
                "editor.png"
            ]
            for _ in range(2):
                answer = browser.get("/help/pictures/editor.png")
                assert answer.status == 302
                assert cloud.bucket in answer.headers["Location"]
            assert list(cloud.objects().values()) == [png()]
        finally:
            help._pictures.cache_clear()
            builtin.store_once.cache_clear()

    @pytest.mark.parametrize(
        "name", ["nothing.png", "..%2Fguide.py", "editor", "editor.PNG", "%2e%2e", "x.png%00"]
    )
    def test_other_files_are_not_served(self, name: str, browser: Browser, cloud: Cloud) -> None:
        assert browser.get(f"/help/pictures/{name}").status == 404
        assert cloud.objects() == {}

    def test_the_included_pictures_are_few_and_small(self) -> None:
        sizes = {path.name: path.stat().st_size for path in help.PICTURES.glob("*.png")}
        assert len(sizes) <= 10
        assert {name: size for name, size in sizes.items() if size > 60 * 1024} == {}


def test_about_shows_version_license_and_authors(browser: Browser) -> None:
    answer = browser.get("/about")
    assert f"<dd>{VERSION}</dd>" in answer.text
    for part in ("Mozilla Public License 2.0", "Mozilla Foundation"):
        assert part in words(answer)


def test_about_credits_graphics_and_fonts(browser: Browser) -> None:
    said = words(browser.get("/about"))
    for credit in help.CREDITS:
        for part in (credit.name, credit.whose, credit.licence):
            assert part in said


class TestTerms:
    def test_there_are_default_terms(self, browser: Browser) -> None:
        assert browser.get("/terms").text.count('<p class="as-written">') == len(help.TERMS)

    def test_the_setting_replaces_the_text(
        self, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["TERMS_OF_USE"] = "  Be <kind>.\r\n\r\n\n \nShare & learn,\nall of you.\n"
        paragraphs = re.findall(
            r'<p class="as-written">(.*?)</p>', browser.get("/terms").text, re.S
        )
        assert paragraphs == ["Be &lt;kind&gt;.", "Share &amp; learn,\nall of you."]

    def test_the_setting_may_name_a_file(
        self, browser: Browser, settings: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "terms.txt").write_text("Sé amable.", "utf-8")
        settings["TERMS_OF_USE"] = f"@{tmp_path / 'terms.txt'}"
        assert "Sé amable." in words(browser.get("/terms"))

    @pytest.mark.parametrize("text", ["", "  \n\n "])
    def test_an_empty_setting_is_ignored(
        self, text: str, browser: Browser, settings: dict[str, str]
    ) -> None:
        settings["TERMS_OF_USE"] = text
        assert "follow the law" in words(browser.get("/terms"))

    def test_a_missing_file_is_a_server_error(
        self, browser: Browser, settings: dict[str, str], tmp_path: Path
    ) -> None:
        settings["TERMS_OF_USE"] = f"@{tmp_path / 'nothing.txt'}"
        answer = browser.get("/terms")
        assert answer.status == 500
        assert str(tmp_path) not in answer.text
