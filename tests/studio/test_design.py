"""Designs are parsed strictly: invalid documents are rejected with a message."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.studio import design
from chalicelib.studio.design import Design, DesignRefused
from tests.conftest import short_id
from tests.studio.designs import HOSTILE, UNHURRIED, documents
from tests.studio.drawings import made

EVIL = "<script>alert('e')</script>"
SURROGATE = "\ud800"


def refusal(document: Any) -> str:
    """Return the message with which a document is rejected, which must be short and readable."""
    with pytest.raises(DesignRefused) as refused:
        design.read(document)
    words = str(refused.value)
    assert refused.value.status == 400
    assert len(words) < 160
    assert words.isprintable()
    assert words.isascii()
    assert "<" not in words
    assert words.endswith(".")
    return words


# Valid documents


def test_what_is_not_said_has_its_default() -> None:
    assert made() == Design()
    assert made(graphic={"name": "star"}).graphic == design.Graphic("star", 100, 0, 0, 0)


@given(documents())
@UNHURRIED
def test_a_design_survives_being_written_and_read(document: dict[str, Any]) -> None:
    once = design.read(document)
    assert design.read(design.write(once)) == once
    assert design.read(design.document(once)) == once
    assert design.read(json.dumps(document)) == once
    assert design.write(design.read(design.write(once))) == design.write(once)


def test_the_same_design_is_written_the_same_whatever_the_order() -> None:
    colours = {"text": "#000000", "ground": "#ffffff"}
    one = made(shape="star", colours=colours)
    other = made(colours=dict(reversed(colours.items())), shape="star")
    assert design.write(one) == design.write(other)


def test_what_is_written_tells_its_version_and_is_read_by_people() -> None:
    written = design.write(made(branding="Städtische Bücherei"))
    assert json.loads(written)["version"] == 1
    assert "Städtische Bücherei" in written


def test_own_colours_take_the_place_of_the_palette_s() -> None:
    painted = made(palette="forest", colours={"border": "#010203"}).painted
    assert painted.border == "#010203"
    assert painted.ground == made(palette="forest").painted.ground


def test_words_are_composed_and_their_spaces_made_one() -> None:
    read = made(text={"top": "  Cafe\u0301\n\u2028 Society "})
    assert read.text.top == "Café Society"
    assert made(branding=" \t ").words == []


def test_all_words_are_told_in_the_order_in_which_they_stand() -> None:
    text = {"top": "Top", "bottom": "Bottom"}
    read = made(text=text, ribbon={"style": "tag", "label": "Label"}, branding="Us")
    assert read.words == ["Top", "Label", "Bottom", "Us"]


@pytest.mark.parametrize(("style", "thickness"), [("line", 30), ("none", 0)])
def test_a_border_is_as_wide_as_it_is_seen(style: str, thickness: int) -> None:
    assert made(border={"style": style, "width": 30}).thickness == thickness


@pytest.mark.parametrize("path", design.LIMITS)
def test_numbers_may_be_as_great_as_their_limits_but_no_greater(path: tuple[str, str]) -> None:
    part, member = path
    named = {"name": "star"} if part == "graphic" else {}
    for limit, step in zip(design.LIMITS[path], (-1, 1), strict=True):
        read = made(**{part: {**named, member: limit}})
        assert getattr(getattr(read, part), member) == limit
        words = refusal({"version": 1, part: {**named, member: limit + step}})
        assert f"{part}.{member} must be a whole number from" in words


def test_words_may_be_as_long_as_is_said() -> None:
    assert made(branding="é" * 60).branding == "é" * 60
    assert made(branding="e\u0301" * 60).branding == "é" * 60
    words = refusal({"version": 1, "branding": "é" * 61})
    assert words == "In this design, branding is longer than 60 characters."


@pytest.mark.parametrize("text", HOSTILE)
def test_words_that_mean_harm_are_words(text: str) -> None:
    assert made(branding=text).branding == text


# Rejected documents


@pytest.mark.parametrize(
    "document",
    [
        None, 1, True, "", "null", "[]", "1", '"a"', [], b"{}", "{", '{"version":1}x', "{'a':1}",
        "\ufeff{}", "\0", SURROGATE, '{"version":1,"branding":"\\u00"}', "<svg/>",
    ],
)  # fmt: skip
def test_what_is_no_document(document: Any) -> None:
    assert refusal(document) == "This is not a badge design."


@pytest.mark.parametrize("version", [None, 0, 2, -1, 10**400, True, 1.0, "1", [], {}, EVIL])
def test_another_version(version: Any) -> None:
    assert "different version" in refusal({"version": version})


def test_no_version() -> None:
    assert "different version" in refusal({"shape": "circle"})


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"size": 1}, "size"),
        ({"text": {"font": "Arial"}}, "text.font"),
        ({"graphic": {"name": "star", "path": "M0 0"}}, "graphic.path"),
        ({"border": {"Width": 1}}, "border"),
        ({"words": []}, "words"),
        ({"__class__": {}}, "__class__"),
        ({EVIL: 1}, "an unknown part"),
        ({SURROGATE: 1}, "an unknown part"),
        ({"": 1}, "an unknown part"),
        ({"text": {"\n\x1b[31m": ""}}, "text"),
        ({"x" * 5000: 1}, "an unknown part"),
        ({"colours": {EVIL: "#000000"}}, "colours"),
    ],
)
def test_unknown_members(members: dict[str, Any], named: str) -> None:
    words = refusal({"version": 1, **members})
    assert words == f"This design has a part that cannot be drawn: {named}."


STRANGE = (None, True, 1, 0.5, [], ["circle"], {}, {"a": 1}, "", "Circle", EVIL, SURROGATE, "\0")
CHOICES = [
    ("shape",), ("palette",), ("finish",), ("background", "style"), ("border", "style"),
    ("ribbon", "style"),
]  # fmt: skip


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return {"version": 1, **value}


@pytest.mark.parametrize("path", CHOICES, ids=".".join)
def test_choices_that_there_are_not(path: tuple[str, ...]) -> None:
    for value in STRANGE:
        assert refusal(nested(path, value)).endswith(f": {'.'.join(path)}.")


@pytest.mark.parametrize("path", design.LIMITS, ids=".".join)
@pytest.mark.parametrize(
    "value", [None, True, False, 50.0, 0.5, "50", [], {}, 10**300, float("nan"), float("inf")], ids=short_id
)  # fmt: skip
def test_what_is_no_whole_number(path: tuple[str, ...], value: Any) -> None:
    document = nested(path, value)
    document.get("graphic", {})["name"] = "star"
    assert "must be a whole number from" in refusal(document)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "1" * 4000, "-0.0", "1" * 5000])
def test_numbers_of_a_document_that_are_none(number: str) -> None:
    refusal(f'{{"version":1,"border":{{"width":{number}}}}}')


@pytest.mark.parametrize("name", ["text", "border", "background", "ribbon", "colours"])
@pytest.mark.parametrize("value", [None, True, 1, "", [], [["top", "x"]], EVIL], ids=repr)
def test_parts_that_are_none(name: str, value: Any) -> None:
    assert refusal({"version": 1, name: value}).endswith(f": {name}.")


@pytest.mark.parametrize("path", [("branding",), ("text", "top"), ("ribbon", "label")])
@pytest.mark.parametrize("value", [None, True, 1, [], {}], ids=repr)
def test_words_that_are_none(path: tuple[str, ...], value: Any) -> None:
    assert refusal(nested(path, value)).endswith(f": {'.'.join(path)}.")


@pytest.mark.parametrize("value", [None, 0, 1, "true", [], {}], ids=repr)
def test_whether_words_are_bent_is_yes_or_no(value: Any) -> None:
    assert "text.curved" in refusal({"version": 1, "text": {"curved": value}})


@pytest.mark.parametrize(
    "graphic", [{"name": ""}, {"name": "Star"}, {"name": EVIL}, {"name": None}, {"name": []}]
)
def test_graphics_that_there_are_not(graphic: Any) -> None:
    assert (
        refusal({"version": 1, "graphic": graphic})
        == "This design uses a graphic that does not exist."
    )


@pytest.mark.parametrize("graphic", [{}, {"size": 100}, "star", True, []])
def test_graphics_without_a_name(graphic: Any) -> None:
    assert "graphic" in refusal({"version": 1, "graphic": graphic})


@pytest.mark.parametrize(
    "colour",
    [None, 0, [], "", "red", "#fff", "#FFFFFF", "#ffffff ", "#ffffff\n", "#ggg000", "#ffffff80",
     "url(#x)", '#000"/><script', "#\u0661\u0661\u0661\u0661\u0661\u0661"],
)  # fmt: skip
def test_colours_that_are_none(colour: Any) -> None:
    assert refusal({"version": 1, "colours": {"text": colour}}).endswith(": colours.text.")


@pytest.mark.parametrize(
    "letter", ["\0", "\x07", "\x1b", "\x7f", "\x9b", SURROGATE, "\ue000", "\uffff", "\U000e0080"]
)
def test_characters_that_are_none(letter: str) -> None:
    assert "characters that cannot be drawn" in refusal({"version": 1, "branding": f"a{letter}b"})


@pytest.mark.parametrize("text", ["\U0001d518nit", "\U00013000", "\ufdfd"])
def test_characters_that_no_font_of_ours_has(text: str) -> None:
    assert "characters that cannot be drawn" in refusal({"version": 1, "text": {"top": text}})


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"version":1,"text":['])
def test_documents_that_are_nested_deeply(opening: str) -> None:
    refusal(opening * (15_000 // len(opening)))


def test_documents_that_are_too_large() -> None:
    fits = '{"version":1}'.ljust(design.LARGEST)
    assert design.read(fits) == Design()
    assert refusal(fits + " ") == "This design is too large."
    assert refusal("é" * 8193) == refusal(SURROGATE * 6000) == "This design is too large."


def test_words_that_are_far_too_long_are_not_even_looked_at() -> None:
    marks = "".join(chr(0x0300 + n * 7 % 64) for n in range(1_000_000))
    assert "longer than 60" in refusal({"version": 1, "branding": marks})


# Arbitrary input


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def read_or_refused(document: Any) -> None:
    with contextlib.suppress(DesignRefused):
        assert isinstance(design.read(document), Design)


@given(JSON)
@UNHURRIED
def test_any_json_is_read_or_refused(document: Any) -> None:
    read_or_refused(document)
    read_or_refused(json.dumps(document))


@given(st.text())
@UNHURRIED
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)


@given(documents(), st.data())
@UNHURRIED
def test_a_design_with_one_strange_value_is_read_or_refused(
    document: dict[str, Any], data: st.DataObject
) -> None:
    part = data.draw(st.sampled_from(sorted(document)))
    inner = document[part]
    if isinstance(inner, dict) and inner:
        inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(JSON)
    else:
        document[part] = data.draw(JSON)
    read_or_refused(document)
