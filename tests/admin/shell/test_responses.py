"""Pages: whose name and logo they show."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.admin.auth import workplace
from chalicelib.domain.images import images
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, words

LOGO = images.Picture(key="images/logo.png", media_type="image/png")


@pytest.fixture
def schools(administrator: Browser) -> Any:
    """Two systems, of which the second is the administrator's workplace."""
    for slug in ("chicago", "dallas"):
        data = {"slug": slug, "name": f"{slug.title()} Schools", "url": "http://x.org"}
        made = owners.create_system(data, LOGO)
    name, value = workplace.set_cookie(Place("dallas"))["Set-Cookie"].split(";")[0].split("=", 1)
    administrator.cookies[name] = value
    return made


def test_pages_show_the_name_and_logo_of_the_system_at_work(
    administrator: Browser, schools: Any
) -> None:
    for path in ("/directory", "/context", "/about"):
        page = administrator.get(path)
        assert " \N{EN DASH} Dallas Schools</title>" in page.text
        assert f'<img src="http://localhost:3000/public/images/{schools.image.slug}"' in page.text
        assert words(page).count("Chicago Schools") == (path == "/context")


def test_pages_of_no_system_show_those_of_the_deployment(browser: Browser, schools: Any) -> None:
    for path in ("/signin", "/help", "/"):
        page = browser.get(path)
        assert " \N{EN DASH} Chicago Schools</title>" in page.text
        assert "BadgeKit" not in words(page).partition("Chicago Schools")[0]
