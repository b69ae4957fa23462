"""Validation: errors are reported in badgekit-api's words and order."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.domain.applications import applications
from chalicelib.domain.badges import badges
from chalicelib.domain.owners import owners
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import InvalidContent, ValidationError
from tests.contract import recording

# All that JSON can hold, and Python makes of it: half characters, NaN and infinity too.
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.from_regex(r"-?[0-9T:.Z+ -]{1,30}"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)

# Python refuses to write numbers of more than 4300 digits.
HUGE = pytest.param(10**5000, id="huge")

RANGE, URL, EMAIL = "String is not in range", "Invalid URL", "Invalid email"
INTEGER, DATE = "Invalid integer", "Not a date"
OTHER = "Unexpected value or invalid argument"


# Texts


@pytest.mark.parametrize("value", ["a", "abc", "äöü", "☃", 7, 1.5, "\0"])
def test_a_text_has_so_many_characters_and_numbers_count_as_texts(value: Any) -> None:
    assert validation.text(1, 3)(value) is None


@pytest.mark.parametrize("value", ["", "abcd", 1234, True, False, [], {}, ["a"], "\ud800", HUGE])
def test_other_texts_are_not_in_range(value: Any) -> None:
    assert validation.text(1, 3)(value) == RANGE


def test_a_text_fits_into_its_column_whatever_its_characters() -> None:
    check = validation.text()
    assert check("") is None
    assert check("a" * 65_535) is None
    assert check("a" * 65_536) == RANGE
    assert check("ä" * 32_767) is None
    assert check("ä" * 32_768) == RANGE


def test_what_counts_as_a_text_becomes_one() -> None:
    assert [validation.as_text(value) for value in ("a", 5, None)] == ["a", "5", None]


# Web addresses


@pytest.mark.parametrize(
    "value",
    [
        "http://example.org",
        "https://example.org/a?b=c#d",
        "HTTP://EXAMPLE.ORG",
        "www.example.org",
        "example.org/a%20path?with=a-query",
        "http://localhost:3000/x",
        "http://127.0.0.1:8080/",
        "http://user:pw@example.org/",
        "http://münchen.de",
        "http://example.org?q",
        "http://a-b.example.museum",
        "http://example.org/" + "a" * 2064,
    ],
)
def test_web_addresses_may_lack_a_scheme(value: str) -> None:
    assert validation.url(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "example", "http://", "//example.org/x", "/relative", "http://exa mple.org",
        "javascript:alert(1)", "javascript://example.org/%0aalert(1)", "data:image/png;base64,AAAA",
        "mailto:a@b.co", "file:///etc/passwd", "http://-a.org", "http://example.org\n",
        "\nhttp://example.org", "http://example.org/a b", "http://example.o", "http://a..org",
        "http://example.org:123456", "http://" + "a" * 64 + ".org",
        "http://example.org/" + "a" * 2065, 123, True, None, ["http://example.org"], {},
    ],
)  # fmt: skip
def test_anything_else_is_no_web_address(value: Any) -> None:
    assert validation.url(value) == URL


# E-mail addresses, numbers, closed lists, flags


@pytest.mark.parametrize("value", ["a@b.co", "A@B.CO", "a.b+c@d-e.org", "o'neil@example.org"])
def test_mail_addresses_are_taken(value: str) -> None:
    assert validation.email(value) is None


@pytest.mark.parametrize(
    "value", ["", "nope", "a@b", "a@@b.co", " a@b.co", "a@b.co\n", "a@b.co,c@d.co", 5, True, [], {}]
)
def test_anything_else_is_no_mail_address(value: Any) -> None:
    assert validation.email(value) == EMAIL


@pytest.mark.parametrize("value", [0, -1, 7, "0", "1", "-1", "007", 2**31 - 1, str(-(2**31) + 1)])
def test_whole_numbers_come_as_numbers_or_digits(value: Any) -> None:
    assert validation.integer(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "", " 5", "5 ", "5\n", "+1", "1e3", "1.5", "1.0", "abc", "0x10", "٣", 1.5, 2.0,
        True, False, 2**31, str(2**31), HUGE, "9" * 5000, float("nan"), [], [1], {},
    ],
)  # fmt: skip
def test_anything_else_is_no_whole_number(value: Any) -> None:
    assert validation.integer(value) == INTEGER


def test_closed_lists_hold_what_they_hold() -> None:
    check = validation.one_of("minutes", "hours")
    assert [check(value) for value in ("minutes", "hours")] == [None, None]
    for value in ("", "Minutes", "days", 1, True, [], ["minutes"], {"minutes": 1}):
        assert check(value) == OTHER


@pytest.mark.parametrize("value", [True, 1, "1", "true", "TRUE"])
def test_yes_has_many_spellings(value: Any) -> None:
    assert (validation.flag(value), validation.as_flag(value)) == (None, True)


@pytest.mark.parametrize("value", [False, 0, "0", "false", "False"])
def test_so_has_no(value: Any) -> None:
    assert (validation.flag(value), validation.as_flag(value)) == (None, False)


@pytest.mark.parametrize(
    "value", ["", "yes", " 1", 2, -1, 1.0, HUGE, [], [1], {}, {"1": 1}, float("nan")]
)
def test_anything_else_is_neither(value: Any) -> None:
    assert (validation.flag(value), validation.as_flag(value)) == (OTHER, None)


# Times


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2030-01-01", datetime(2030, 1, 1, tzinfo=UTC)),
        ("2030-01-01T02:03:04Z", datetime(2030, 1, 1, 2, 3, 4, tzinfo=UTC)),
        ("2014-06-10T14:02:57.000Z", datetime(2014, 6, 10, 14, 2, 57, tzinfo=UTC)),
        ("2030-01-01T02:00:00+02:00", datetime(2030, 1, 1, tzinfo=UTC)),
        (1893456000, datetime(2030, 1, 1, tzinfo=UTC)),
        (1893456000000, datetime(2030, 1, 1, tzinfo=UTC)),
        ("1893456000", datetime(2030, 1, 1, tzinfo=UTC)),
        ("1893456000000", datetime(2030, 1, 1, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=UTC)),
    ],
)
def test_times_are_iso_8601_or_unix_times(value: Any, moment: datetime) -> None:
    assert validation.date(value) is None
    assert validation.as_moment(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        "", "tomorrow", "2030-13-45", "2030-02-30", "2030", "12:00", "0000-00-00 00:00:00", True,
        False, [], {}, 1e300, HUGE, float("nan"), float("inf"), "99999999999999999", "\ud800",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    ],
)  # fmt: skip
def test_other_texts_are_refused(value: Any) -> None:
    assert validation.date(value) == DATE


# Whole bodies

FIELDS = (
    Field("slug", validation.text(1, 255), required=True),
    Field("name", validation.text(1, 255), required=True),
    Field("url", validation.url, required=True),
    Field("email", validation.email),
)


def test_everything_wrong_is_reported_at_once_in_the_order_of_the_model() -> None:
    assert validation.errors({"email": "nope", "url": "nope", "slug": ""}, FIELDS) == [
        {"message": RANGE, "field": "slug", "value": ""},
        {"field": "name", "value": ""},
        {"message": URL, "field": "url", "value": "nope"},
        {"message": EMAIL, "field": "email", "value": "nope"},
    ]


def test_null_is_absent_and_an_empty_text_is_not() -> None:
    fine = {"slug": "a", "name": "b", "url": "http://example.org"}
    assert validation.errors({**fine, "email": None}, FIELDS) == []
    assert validation.errors({**fine, "email": ""}, FIELDS) == [
        {"message": EMAIL, "field": "email", "value": ""}
    ]
    assert validation.errors({**fine, "slug": None}, FIELDS) == [{"field": "slug", "value": ""}]


def test_unknown_members_are_ignored() -> None:
    fine = {"slug": "a", "name": "b", "url": "http://example.org", "id": [], "color": {}}
    assert validation.errors(fine, FIELDS) == []


def test_an_update_may_leave_fields_out_but_not_take_them_away() -> None:
    assert validation.errors({}, FIELDS, partial=True) == []
    assert validation.errors({"name": None, "email": None}, FIELDS, partial=True) == [
        {"field": "name", "value": ""}
    ]
    assert validation.errors({"url": "nope"}, FIELDS, partial=True) == [
        {"message": URL, "field": "url", "value": "nope"}
    ]


def test_the_error_has_the_original_s_code_and_words() -> None:
    with pytest.raises(ValidationError) as problem:
        validation.check({"slug": "a", "url": "nope"}, FIELDS)
    assert problem.value.status == 400
    assert problem.value.to_json() == {
        "code": "ValidationError",
        "message": "Could not validate required fields",
        "details": [
            {"field": "name", "value": ""},
            {"message": URL, "field": "url", "value": "nope"},
        ],
    }


def test_lists_of_objects_may_be_missing() -> None:
    assert validation.objects({}, "criteria") == []
    assert validation.objects({"criteria": None}, "criteria") == []
    assert validation.objects({"criteria": [{}, {"a": 1}]}, "criteria") == [{}, {"a": 1}]
    assert len(validation.objects({"criteria": [{}] * 200}, "criteria")) == 200


@pytest.mark.parametrize("value", ["nope", 0, False, {}, {"0": {}}, ["a"], [{}, None], [{}] * 201])
def test_anything_else_is_no_list_of_objects(value: Any) -> None:
    with pytest.raises(ValidationError) as problem:
        validation.objects({"criteria": value}, "criteria")
    assert problem.value.details == [{"message": OTHER, "field": "criteria", "value": ""}]


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_limit_far_from_python_s_own(start: str, end: str) -> None:
    def body(levels: int) -> str:
        return '{"a":' + start * levels + "1" + end * levels + "}"

    deepest = validation.DEEPEST - 1
    assert validation.json_object(body(deepest)) == json.loads(body(deepest))
    for levels in (deepest + 1, 500, 100_000):
        with pytest.raises(InvalidContent):
            validation.json_object(body(levels))


# Whatever comes

CHECKS = {
    "text": (validation.text(0, 40), RANGE),
    "url": (validation.url, URL),
    "email": (validation.email, EMAIL),
    "integer": (validation.integer, INTEGER),
    "choice": (validation.one_of("a", "b"), OTHER),
    "flag": (validation.flag, OTHER),
    "date": (validation.date, DATE),
}


@pytest.mark.parametrize("name", CHECKS)
@profile(deadline=None)
@given(value=VALUES)
def test_no_value_upsets_a_check(name: str, value: Any) -> None:
    check, message = CHECKS[name]
    assert check(value) in (None, message)


@profile(deadline=None)
@given(value=VALUES)
def test_what_a_check_takes_can_be_kept(value: Any) -> None:
    if validation.text()(value) is None:
        assert len(str(validation.as_text(value)).encode()) <= validation.LONGEST_TEXT
    if validation.integer(value) is None:
        assert abs(int(value)) < 2**31
    if validation.flag(value) is None:
        assert validation.as_flag(value) in (True, False)
    if validation.date(value) is None:
        assert validation.as_moment(value).tzinfo is UTC


@profile(deadline=None)
@given(data=st.dictionaries(st.sampled_from(["slug", "name", "url", "email", "more"]), VALUES))
def test_no_body_upsets_the_checks(data: dict[str, Any]) -> None:
    found = validation.errors(data, FIELDS)
    names = [field.name for field in FIELDS]
    assert [names.index(error["field"]) for error in found] == sorted(
        {names.index(error["field"]) for error in found}
    )


# What the original was recorded to say


def recorded() -> list[Any]:
    """Return the steps that try one field out, except those where either verdict is fine."""
    if not recording.RECORDING.exists():
        return []
    free = json.loads((recording.RECORDING / "deviations.json").read_text("utf-8"))
    lines = (recording.RECORDING / "transcript.jsonl").read_text("utf-8").splitlines()
    tried = ("validate-url", "validate-email", "validate-int", "validate-date2", "system-create-")
    return [
        pytest.param(step, id=step["step"])
        for step in map(json.loads, lines)
        if step["step"].startswith(tried)
        and step["step"] not in free
        and "json" in step.get("request", {})
        and step["answer"]["json"].get("code") == "ValidationError"
    ]


@recording.needed
@pytest.mark.parametrize("step", recorded())
def test_fields_are_judged_as_they_were_recorded(step: dict[str, Any]) -> None:
    fields = (
        applications.APPLICATION
        if step["path_template"].endswith("/applications")
        else badges.BADGE
        if step["path_template"].endswith("/badges")
        else owners.OWNER
    )
    found = validation.errors(step["request"]["json"], fields)
    assert found == step["answer"]["json"]["details"]


def test_a_bad_value_is_shown_only_as_far_as_it_helps() -> None:
    fields = [validation.Field("url", validation.url)]
    (long,) = validation.errors({"url": "x " * 200_000}, fields)
    assert len(long["value"]) == validation.LONGEST_SHOWN
    (nested_,) = validation.errors({"url": [["x"] * 100_000]}, fields)
    assert len(nested_["value"]) == validation.LONGEST_SHOWN
