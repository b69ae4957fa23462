"""Graphics: their number, their licenses, and the search."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.studio import graphics


def names(words: str, first: int = 0, most: int = 5000) -> list[str]:
    return [graphic.name for graphic in graphics.find(words, first, most)[0]]


def test_there_are_a_thousand_and_more() -> None:
    assert graphics.find("")[1] > 1000


def test_each_has_a_label_and_one_plain_path() -> None:
    path = re.compile(r"M[-0-9., MmLlHhVvCcSsQqTtAaZz]+", re.ASCII)
    for graphic in graphics.find("", most=5000)[0]:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", graphic.name)
        assert graphic.label == graphic.name.replace("-", " ").capitalize()
        assert path.fullmatch(graphic.path), graphic.name


def test_one_is_known_by_its_name() -> None:
    rocket = graphics.get("rocket-launch")
    assert (rocket.name, rocket.label) == ("rocket-launch", "Rocket launch")


@pytest.mark.parametrize("name", ["", "rocket-launch-fill", "Rocket-Launch", "github-logo"])
def test_another_name_is_nobody_s(name: str) -> None:
    with pytest.raises(KeyError):
        graphics.get(name)


def test_trademarks_are_left_out() -> None:
    theirs = re.compile("logo|bluetooth|lego|finn-")
    assert [name for name in names("") if theirs.search(name)] == []
    assert names("twitter") == []


def test_without_words_all_are_found_in_alphabetical_order() -> None:
    everything = [name.replace("-", " ") for name in names("")]
    assert everything == sorted(everything)
    assert names("  ") == names("")


def test_the_likeliest_come_first() -> None:
    found = names("star")
    assert found[:2] == ["star", "star-and-crescent"]
    own = [name for name in found if re.search(r"\bstar", name)]
    assert "shooting-star" in own
    assert found[: len(own)] == own


def test_whole_tags_come_before_beginnings() -> None:
    found = names("card")
    assert found.index("contactless-payment") < found.index("diamond")  # card; cards


def test_all_words_must_be_there_as_beginnings() -> None:
    assert "rocket-launch" in names("rock lau")
    assert "rocket-launch" in names("spaceship rocket")
    assert names("rocket trumpet") == []
    assert names("ocket") == []


@pytest.mark.parametrize("words", ["ROCKET Launch", "rocket-launch", " launch,rocket "])
def test_case_order_and_what_stands_between_do_not_matter(words: str) -> None:
    assert names(words)[0] == "rocket-launch"


def test_words_that_are_signs_are_words() -> None:
    assert "file-cpp" in names("c++")
    assert names("★") == []


def test_pages_follow_each_other() -> None:
    everything = names("")
    assert names("", 0, 48) + names("", 48, 48) == everything[:96]
    assert graphics.find("", 48, 48)[1] == len(everything)
    assert names("", len(everything)) == names("", 0, 0) == []
    assert len(graphics.find("")[0]) == 48


@given(st.text(), st.integers(), st.integers(max_value=100))
def test_any_words_can_be_asked_for(words: str, first: int, most: int) -> None:
    found, total = graphics.find(words, first, most)
    assert len(found) <= max(0, min(most, total))
