"""Time: aware and in UTC inside, ISO 8601 or Unix seconds outside."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import times
from tests.conftest import Clock

# Seconds and milliseconds of moments between these differ in size. Hypothesis needs naive ones.
FIRST, LAST = datetime(1971, 1, 1), datetime(5138, 1, 1)  # noqa: DTZ001
MOMENT = datetime(2014, 6, 10, 14, 2, 57, 123456, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert times.now().tzinfo is UTC


def test_moments_are_written_as_badgekit_does() -> None:
    assert times.iso(MOMENT) == "2014-06-10T14:02:57.123Z"
    assert times.iso(MOMENT.replace(microsecond=0)) == "2014-06-10T14:02:57.000Z"
    east = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert times.iso(east) == "2014-06-10T14:02:57.123Z"


def test_webhooks_carry_whole_seconds() -> None:
    assert times.unix(MOMENT) == 1402408977


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014-06-10T14:02:57.123456Z", MOMENT),
        ("2014-06-10T16:02:57.123456+02:00", MOMENT),
        ("2014-06-10 14:02:57.123456", MOMENT),
        ("2014-06-10", datetime(2014, 6, 10, tzinfo=UTC)),
        ("20140610T140257Z", MOMENT.replace(microsecond=0)),
    ],
)
def test_reads_iso_8601(text: str, moment: datetime) -> None:
    assert times.parse(text) == moment
    assert times.parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2014-13-01", "10:30", "2014-06-10T25:00", "1402408977"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        times.parse(text)


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        assert times.parse(text).tzinfo is UTC
    except ValueError:
        return


def test_seconds_and_milliseconds_are_distinguished_by_size() -> None:
    whole = MOMENT.replace(microsecond=0)
    assert times.from_unix(1402408977) == whole
    assert times.from_unix(1402408977_000) == whole
    assert times.from_unix(1402408977.5) == whole + timedelta(milliseconds=500)
    assert times.from_unix(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert times.from_unix(-86400) == datetime(1969, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("number", [1e18, -1e18, 10**400, math.inf, -math.inf, math.nan])
def test_numbers_out_of_range_are_refused(number: float) -> None:
    with pytest.raises(ValueError):
        times.from_unix(number)


@given(st.datetimes(FIRST, LAST, timezones=st.just(UTC)))
def test_times_survive_a_round_trip(moment: datetime) -> None:
    exact = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert times.parse(times.iso(moment)) == exact
    assert times.from_unix(times.unix(moment)) == moment.replace(microsecond=0)


def test_the_clock_of_the_tests_can_be_moved(clock: Clock) -> None:
    before = times.now()
    assert times.now() == before == clock.now
    clock.move(timedelta(hours=1))
    assert times.now() - before == timedelta(hours=1)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_moment_that_utc_cannot_represent_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="UTC"):
        times.parse(text)
