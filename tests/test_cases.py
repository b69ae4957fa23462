"""A test of many cases fails when one of them does, and names those that did."""

from __future__ import annotations

from itertools import product

import pytest

from tests.cases import every, pairwise


def test_every_combination_is_checked() -> None:
    seen = []

    @every(letter="ab", number=[1, 2, 3])
    def check(letter: str, number: int) -> None:
        seen.append((letter, number))

    check()
    assert seen == list(product("ab", [1, 2, 3]))


def test_all_failures_are_named_and_kept() -> None:
    @every(number=[1, 2, 3, 4])
    def check(number: int) -> None:
        if number == 4:
            pytest.fail("four")
        assert number % 2, number

    with pytest.raises(BaseExceptionGroup) as failed:
        check()
    assert failed.value.message == "2 of 4 cases failed:\nnumber=2\nnumber=4\n"
    assert [type(one) for one in failed.value.exceptions] == [AssertionError, pytest.fail.Exception]


def test_pairs_of_values_all_meet() -> None:
    seen = []

    @pairwise(one=range(7), other=range(5), last="xyz")
    def check(one: int, other: int, last: str) -> None:
        seen.append((one, other, last))

    check()
    assert len(seen) == 35
    assert {(one, other) for one, other, _ in seen} == set(product(range(7), range(5)))
    assert {(one, last) for one, _, last in seen} == set(product(range(7), "xyz"))
    assert {(other, last) for _, other, last in seen} == set(product(range(5), "xyz"))
