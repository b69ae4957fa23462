"""Forms of our pages, read as texts, flags, rows and files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web import form_parser
from chalicelib.web.form import MAX_ROWS, Form


def form(body: str) -> Form:
    return Form(form_parser.urlencoded(body.encode()))


def test_texts_are_trimmed_and_have_plain_line_breaks() -> None:
    assert form("a=+one%0D%0Atwo%0Dthree%00+").text("a") == "one\ntwo\nthree"


def test_the_last_of_repeated_texts_counts_and_all_can_be_read() -> None:
    sent = form("a=1&a=2&a=+&b=3")
    assert sent.text("b") == "3"
    assert sent.texts("a") == ["1", "2"]
    assert sent.texts("b") == ["3"]
    assert sent.texts("c") == []


def test_a_checkbox_is_checked_or_not() -> None:
    sent = form("a=1&b=0&c=&d=true")
    assert [sent.flag(name) for name in "abcde"] == [True, False, False, True, False]


def test_rows_are_in_order_of_their_numbers() -> None:
    sent = form("c[10][note]=b&c[9][note]=a")
    assert [row.text("note") for row in sent.rows("c")] == ["a", "b"]
    assert form("c=1").rows("c") == []
    assert len(form("&".join(f"c[{n}][a]=1" for n in range(300))).rows("c")) == MAX_ROWS


def test_a_file_that_was_not_chosen_is_none() -> None:
    chosen = form_parser.Upload("image/png", b"x")
    sent = Form({"a": chosen, "b": form_parser.Upload("image/png", b""), "c": "text"})
    assert sent.file("a") is chosen
    assert (sent.file("b"), sent.file("c"), sent.file("d")) == (None, None, None)


@given(st.dictionaries(st.text(), st.recursive(st.text(), st.lists)))
def test_any_fields_can_be_read(fields: dict[str, object]) -> None:
    sent = Form(fields)
    for name in fields:
        sent.text(name), sent.texts(name), sent.flag(name), sent.rows(name), sent.file(name)
