"""Whose name and logo pages and emails show."""

from __future__ import annotations

import json
from typing import Any

import peewee
import pytest

from chalicelib import branding
from chalicelib.branding import Brand
from chalicelib.domain.images import images
from chalicelib.domain.owners import owners
from chalicelib.openbadges import brands

LOGO = images.Picture(key="images/logo.png", media_type="image/png")
AUSTIN, CHICAGO, DALLAS = "Austin Schools", "Chicago Schools", "Dallas Schools"
ALL = (AUSTIN, CHICAGO, DALLAS)


def school(name: str, picture: images.Picture | None = None) -> Any:
    """Create a system."""
    slug = name.partition(" ")[0].lower()
    data = {"slug": slug, "name": name, "url": "http://x.org", "email": f"{slug}@x.org"}
    return owners.create_system(data, picture)


def test_a_system_has_its_own_name_logo_and_address(database: peewee.Database) -> None:
    system = school(DALLAS, LOGO)
    logo = f"http://localhost:3000/public/images/{system.image.slug}"
    assert brands.of(system) == Brand(DALLAS, logo, "dallas@x.org")
    assert brands.of(school(AUSTIN)) == Brand(AUSTIN, None, "austin@x.org")


def test_the_setting_overrides_the_names_of_all_systems_or_of_some(
    database: peewee.Database, settings: dict[str, str]
) -> None:
    system = school(DALLAS)
    for override, shown in (
        ("City of Learning", "City of Learning"),
        (json.dumps({"dallas": "D"}), "D"),
        (json.dumps({"chicago": "C"}), DALLAS),
        ("", DALLAS),
    ):
        settings["BRANDING"] = override
        assert brands.of(system).name == shown


@pytest.mark.parametrize(
    ("systems", "own", "shown"),
    [
        ((), "chicago", "BadgeKit"),
        ((DALLAS,), "chicago", DALLAS),
        (ALL, "Chicago", CHICAGO),
        ((AUSTIN, DALLAS), "chicago", "BadgeKit"),
    ],
)
def test_the_deployment_s_is_that_of_its_own_system_or_of_the_only_one(
    systems: tuple[str, ...], own: str, shown: str,
    database: peewee.Database, settings: dict[str, str], statements: list[str],
) -> None:  # fmt: skip
    settings["OPENBADGER_SYSTEM"] = own
    for name in systems:
        school(name)
    statements.clear()
    assert branding.of_deployment().name == shown
    assert len(statements) == 1


def test_a_name_is_one_line(settings: dict[str, str]) -> None:
    assert branding.name("a", " Two\r\nlines\tand\x00 a zero ") == "Two lines and a zero"
