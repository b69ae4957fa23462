"""Slugs: random ones differ, and names become what addresses accept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from chalicelib import limits
from chalicelib.domain.shared import slugs


@pytest.mark.parametrize(("make", "digits"), [(slugs.random_slug, 32), (slugs.award_slug, 40)])
def test_random_slugs_are_new_each_time(make: Callable[[], str], digits: int) -> None:
    made = {make() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(f"[0-9a-f]{{{digits}}}", slug) for slug in made)
    assert digits <= limits.RANDOM_SLUG


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        (" City of  Læring 2 ", "city-of-lring-2"), ("Ünï/x?", "uni-x"), ("東京", ""),
        ("x" * 300, "x" * limits.SLUG),
    ],
)  # fmt: skip
def test_slugs_of_owners_keep_ascii_letters_and_digits(name: str, slug: str) -> None:
    assert slugs.from_owner_name(name) == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [(" Robot \t Builder/2 ", "robot-builder/2"), ("東京", "東京"), ("X" * 300, "x" * limits.SLUG)],
)
def test_slugs_of_badges_keep_all_but_spaces_and_capitals(name: str, slug: str) -> None:
    assert slugs.from_badge_name(name) == slug


def test_a_deleted_badge_gets_a_slug_of_its_own_that_fits_its_column() -> None:
    long = "x" * limits.SLUG
    assert re.fullmatch("bookworm-[0-9a-f]{32}", slugs.of_deleted("bookworm"))
    assert slugs.of_deleted(long).startswith("x" * 200)
    assert len(slugs.of_deleted(long)) <= limits.SLUG
    assert slugs.of_deleted(long) != slugs.of_deleted(long)
