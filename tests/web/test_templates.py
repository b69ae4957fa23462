"""Pages: escaping, branding, links, moments, static files and errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jinja2
import pytest

from chalicelib import branding
from chalicelib.branding import Brand
from chalicelib.config import SettingError
from chalicelib.errors import (
    BadgeKitError,
    Gone,
    MethodNotAllowed,
    NotAuthorized,
    NotFound,
    TooLarge,
    Unavailable,
    ValidationError,
)
from chalicelib.web import assets, templates
from tests.client import Client

TEMPLATES = Path(templates.__file__).parents[1] / "templates"
TEXT, SIGN = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11: contrast of text, and of controls
TONES = ("waiting", "working", "done", "person", "failed", "ignored")
EVIL = "<script>alert('x')</script>"


class TestRendering:
    def test_everything_is_escaped(self) -> None:
        page = templates.error(NotFound(EVIL), EVIL)
        assert "<script" not in page
        assert "&lt;script&gt;" in page

    def test_plain_text_is_not_escaped(self) -> None:
        text = templates.render("mail/sign-in.txt", link="https://x/?a=1&b=2", minutes=15)
        assert "https://x/?a=1&b=2\n" in text

    def test_an_undefined_name_is_an_error(self) -> None:
        with pytest.raises(jinja2.UndefinedError):
            templates.render("mail/sign-in.txt", minutes=15)

    def test_no_template_has_inline_styles_or_scripts(self) -> None:
        for path in TEMPLATES.rglob("*.html"):
            if path.parent.name == "mail" or path.name.startswith("mail-"):
                continue  # mails have no stylesheet
            assert not re.search(r"<script(?! src=)|<style|style=|\son\w+=", path.read_text()), path


class TestBrand:
    @pytest.mark.parametrize(
        ("override", "shown"),
        [
            ("Chicago & Friends", "Chicago &amp; Friends"),
            ('{"chicago": "City of Learning", "dallas": "Dallas"}', "City of Learning"),
            ('{"dallas": "Dallas"}', "BadgeKit"),
            ("", "BadgeKit"),
            ("  two \n lines ", "two lines"),
        ],
    )
    def test_the_setting_overrides_the_name_in_the_header(
        self, override: str, shown: str, settings: dict[str, str]
    ) -> None:
        settings["BRANDING"] = override
        assert f"<span>{shown}</span>" in templates.error(BadgeKitError("x"), None)

    def test_a_page_shows_the_name_and_logo_that_it_is_given(self) -> None:
        page = templates.render("waking.html", Brand("Riverbend <School>", "https://x/logo"))
        assert "<title>Starting up \N{EN DASH} Riverbend &lt;School&gt;</title>" in page
        assert '<img src="https://x/logo" alt="" width="32" height="32">' in page

    def test_without_one_it_looks_the_deployment_s_up_once(self) -> None:
        asked = []
        branding.use(lambda: asked.append(1) or Brand("Riverbend"))  # type: ignore[func-returns-value]
        assert "<span>Riverbend</span>" in templates.render("public/home.html")
        assert len(asked) == 1

    def test_without_the_database_pages_show_what_is_known(self) -> None:
        def away() -> Brand:
            raise Unavailable("The database is away.")

        branding.use(lambda: Brand("Riverbend"))
        branding.of_deployment()
        branding._find = away
        assert "<span>Riverbend</span>" in templates.render("public/home.html")

    def test_what_crawlers_request_does_not_wake_a_database(self, settings: dict[str, str]) -> None:
        settings["DATABASE_SLEEPS"] = "true"
        branding.use(lambda: pytest.fail("asked the database"))
        for page in (templates.error(NotFound("x"), None), templates.render("public/home.html")):
            assert "<span>BadgeKit</span>" in page

    def test_an_invalid_setting_is_an_error_with_a_page(self, settings: dict[str, str]) -> None:
        settings["BRANDING"] = '{"chicago": '
        with pytest.raises(SettingError, match="BRANDING"):
            branding.name()
        assert "<span>BadgeKit</span>" in templates.error(BadgeKitError("x"), "r")


class TestLinks:
    @pytest.mark.parametrize(
        ("audience", "link"),
        [
            ("https://badges.example.org", "/activity"),
            ("https://badges.example.org/", "/activity"),
            ("https://example.org/badges/", "/badges/activity"),
        ],
    )
    def test_links_start_with_the_deployment_s_path(
        self, audience: str, link: str, settings: dict[str, str]
    ) -> None:
        settings["PERSONA_AUDIENCE"] = audience
        assert templates.href("/activity") == link

    def test_every_page_loads_its_stylesheet_from_that_path(self, settings: dict[str, str]) -> None:
        settings["PERSONA_AUDIENCE"] = "https://example.org/badges"
        page = templates.error(NotFound("x"), None)
        assert re.search(r'href="/badges/static/style\.css\?v=[0-9a-f]{12}"', page)


class TestMoments:
    def test_a_moment_is_a_time_element(self) -> None:
        east = timezone(timedelta(hours=2))
        shown = templates.moment(datetime(2026, 3, 4, 1, 5, 9, tzinfo=east).astimezone(UTC))
        assert (
            shown
            == '<time datetime="2026-03-03T23:05:09.000Z" title="3 March 2026, 23:05:09 UTC">3 March 2026, 23:05 UTC</time>'
        )

    def test_a_day_is_a_time_element(self) -> None:
        shown = templates.day(datetime(2026, 3, 4, tzinfo=UTC))
        assert (
            shown
            == '<time datetime="2026-03-04T00:00:00.000Z" title="4 March 2026, 00:00:00 UTC">4 March 2026</time>'
        )


class TestColours:
    """WCAG 2.2 AA contrast of colors."""

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize(
        ("ink", "grounds", "least"),
        [
            ("ink", ["paper", "surface", "sunken"], TEXT),
            ("muted", ["paper", "surface", "sunken"], TEXT),
            ("accent", ["paper", "surface", "sunken"], TEXT),
            ("accent-hover", ["paper", "surface", "sunken"], TEXT),
            ("on-accent", ["accent", "accent-hover"], TEXT),
            ("failed", ["paper", "surface"], TEXT),
            *((tone, [f"{tone}-bg"], TEXT) for tone in TONES),
            ("edge", ["paper", "surface"], SIGN),
            ("focus", ["paper", "surface", "sunken"], SIGN),
        ],
    )
    def test_colors_have_enough_contrast(
        self, scheme: str, ink: str, grounds: list[str], least: float
    ) -> None:
        colours = _colours(scheme)
        for ground in grounds:
            lighter, darker = sorted(
                (_luminance(colours[ink]), _luminance(colours[ground])), reverse=True
            )
            assert (lighter + 0.05) / (darker + 0.05) >= least, f"{ink} on {ground}"


class TestStaticFiles:
    @pytest.mark.parametrize(
        ("name", "media_type"),
        [("style.css", "text/css; charset=utf-8"), ("mark.svg", "image/svg+xml")],
    )
    def test_static_files_are_served_with_their_type_and_cached(
        self, name: str, media_type: str, app: Any
    ) -> None:
        asset = assets.asset(name)
        assert asset is not None
        answer = Client(app).send("GET", f"/static/{name}?v={asset.version}")
        assert (answer.status, answer.text) == (200, asset.body)
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
    def test_another_version_is_cached_briefly(self, query: str, app: Any) -> None:
        answer = Client(app).send("GET", f"/static/style.css{query}")
        assert answer.headers["Cache-Control"] == "public, max-age=300"

    @pytest.mark.parametrize(
        "name", ["nothing.css", "..", "%2e%2e", "..%2Fpages.py", "style.css%00"]
    )
    def test_other_files_are_not_served(self, name: str, app: Any) -> None:
        assert Client(app).send("GET", f"/static/{name}").status == 404


class TestErrors:
    @pytest.mark.parametrize(
        ("problem", "title", "next_step"),
        [
            (NotAuthorized("Missing"), "Access denied", "ask an administrator"),
            (NotFound("/x does not exist"), "Page not found", "Check the address"),
            (MethodNotAllowed("x", allowed=["GET"]), "Method not allowed", "home page"),
            (Gone("Revoked"), "No longer available", "who sent you the link"),
            (TooLarge("Too large"), "Too large", "Send less"),
            (BadgeKitError("Oh"), "Something went wrong", "tell an administrator"),
            (Unavailable("x", retry_after=45), "Temporarily unavailable", "in 45 seconds"),
        ],
    )
    def test_each_page_has_a_message_and_advice(
        self, problem: BadgeKitError, title: str, next_step: str
    ) -> None:
        page = templates.error(problem, None)
        assert f"<h1>{title}</h1>" in page
        assert problem.message in page
        assert next_step in page
        assert 'href="/"' in page
        assert "reference:" not in page

    def test_a_page_with_a_reference_shows_it(self) -> None:
        assert "<code>ab12cd34</code>" in templates.error(BadgeKitError("Oh"), "ab12cd34")

    def test_invalid_fields_are_named(self) -> None:
        problem = ValidationError([{"field": "email", "message": "Invalid email"}])
        assert "email: Invalid email" in templates.error(problem, None)

    def test_an_error_with_an_unknown_status_has_a_page(self) -> None:
        problem = BadgeKitError("Odd")
        problem.status = 418
        assert "Something went wrong" in templates.error(problem, None)


def _colours(scheme: str) -> dict[str, str]:
    """Return the stylesheet's colours by name; the dark scheme changes some of the light one's."""
    asset = assets.asset("style.css")
    assert asset is not None
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", asset.body, flags=re.DOTALL)
    blocks = [light] if scheme == "light" else [light, dark]
    return {
        name: value
        for block in blocks
        for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)
    }


def _luminance(colour: str) -> float:
    """Return a colour's relative luminance, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
