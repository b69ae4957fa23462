"""The allow list accepts patterns whose running time is bounded, and nothing else."""

from __future__ import annotations

import json

import pytest

from chalicelib.admin.auth import allow_list
from chalicelib.config import SettingError


@pytest.mark.parametrize(
    ("pattern", "listed", "others"),
    [
        (r"^.*@mozilla\.org$", ["a@mozilla.org", "A.B@MOZILLA.org"], ["a@mozilla.org.evil.net"]),
        (r"admin@example\.org", ["admin@example.org"], ["admin@exampleXorg", "x.admin@example.org"]),
        (r"(alice|bob)@example\.org", ["bob@example.org"], ["carol@example.org"]),
        (r"[a-z.]+@(a|b)\.org", ["x.y@a.org", "x@b.org"], ["x1@a.org", "x@c.org"]),
        (r".+@(?:[a-z]+\.)?example\.org", ["x@example.org", "x@eu.example.org"], ["x@a.b.example.org"]),
        (r"[^@]+@[^.]+\.org", ["x@example.org"], ["x@example.com"]),
        (r"(?!root@).+@example\.org", ["x@example.org"], ["root@example.org"]),
        (r"team-[0-9]{1,3}@example\.org", ["team-42@example.org"], ["team-1234@example.org"]),
        (r"(a|b){2}@example\.org", ["ab@example.org"], ["a@example.org"]),
    ],
)  # fmt: skip
def test_a_pattern_must_match_the_whole_address(
    pattern: str, listed: list[str], others: list[str], settings: dict[str, str]
) -> None:
    settings["ACCESS_LIST"] = json.dumps([pattern])
    assert [email for email in listed + others if allow_list.matches(email)] == listed


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a+)+@example\.org", "it repeats a group"),
        (r"(?:[a-z]+\.?)*@example\.org", "it repeats a group"),
        (r"(.*|x)+@example\.org", "it repeats a group"),
        (r"(ab|a|b)+@example\.org", "it repeats a group"),
        (r"(a?){40}@example\.org", "it repeats a group"),
        (r"(?:(?:a|ab)(?:c|bcd)){12,}@example\.org", "it repeats a group"),
        (r".*.*.*.*@example\.org", "more than three open-ended repeats"),
        (r"(?=.*a.*b).*c.*@example\.org", "more than three open-ended repeats"),
        (r"[a-z]{0,99}[a-z]{0,99}[a-z]{0,99}[a-z]{0,99}@x\.org", "more than three open-ended repeats"),
        (r"(.)\1@example\.org", "it refers back to a group"),
        (r"(a)?(?(1)b|c)@example\.org", "it refers back to a group"),
        (r"*@example\.org", "nothing to repeat"),
        (r"(alice@example\.org", "missing )"),
    ],
)  # fmt: skip
def test_the_error_of_an_unbounded_pattern_names_it_and_the_reason(
    pattern: str, why: str, settings: dict[str, str]
) -> None:
    settings["ACCESS_LIST"] = json.dumps([r"ok@example\.org", pattern])
    with pytest.raises(SettingError) as caught:
        allow_list.matches("user@example.org")
    assert "ACCESS_LIST" in str(caught.value)
    assert pattern in str(caught.value)
    assert why in str(caught.value)


@pytest.mark.parametrize("value", ['"admin@example.org"', "[1]", '{"a": 1}', "[", "null"])
def test_anything_but_an_array_of_strings_is_refused(value: str, settings: dict[str, str]) -> None:
    settings["ACCESS_LIST"] = value
    with pytest.raises(SettingError, match="ACCESS_LIST"):
        allow_list.matches("admin@example.org")


@pytest.mark.parametrize(
    "email",
    ["", "x", "a@b@mozilla.org", "x@mozilla.org\n", "x y@mozilla.org", "x" * 300 + "@mozilla.org"],
)
def test_a_text_that_is_no_address_never_matches(email: str, settings: dict[str, str]) -> None:
    settings["ACCESS_LIST"] = '["(?s).*"]'
    assert not allow_list.matches(email)


def test_the_default_list_is_empty(settings: dict[str, str]) -> None:
    del settings["ACCESS_LIST"]
    assert not allow_list.matches("admin@example.org")
