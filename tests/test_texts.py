"""Names are the same when their lower case is, in normal form C; all else differs."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from chalicelib import texts
from tests.cases import every
from tests.names import DIFFERENT, SAME


@every(pair=SAME)
def test_names_that_are_the_same(pair: tuple[str, str]) -> None:
    assert texts.same(*pair)
    assert texts.key(pair[0]) == texts.key(pair[1])


@every(pair=DIFFERENT)
def test_names_that_differ(pair: tuple[str, str]) -> None:
    assert not texts.same(*pair)
    assert texts.key(pair[0]) != texts.key(pair[1])


@given(st.text(max_size=8))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = texts.normalized(text)
    assert texts.normalized(once) == once


@given(st.text(max_size=8), st.sampled_from(["NFC", "NFD"]))
def test_every_normal_form_of_a_name_is_the_same_name(text: str, form: str) -> None:
    assert texts.same(unicodedata.normalize(form, text), text)


def test_a_key_has_a_fixed_length_whatever_the_name_grows_to() -> None:
    assert {len(texts.key(name)) for name in ("", "a", "\U0001d160" * 255)} == {texts.KEY_DIGITS}
