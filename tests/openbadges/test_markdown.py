"""Plain text as Markdown, read back by a Markdown renderer: what was typed is what is shown."""

from __future__ import annotations

import html
import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chalicelib.openbadges import markdown
from tests.cases import every

DIALECTS = (MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"linkify": False}))
MARKUP = (
    "use * and _ and <b> and [x](y)",
    "1. first", "23) second", "# a heading", "- a bullet", "+ a bullet", "* a bullet", "> quoted",
    "| a | b |\n| --- | --- |\n| 1 | 2 |", "a | b\n--- | ---\n1 | 2", "a | b\n:-- | --:\n1 | 2", "| a |\n|-|",
    "~~~\ncode\n~~~", "```\ncode\n```", "    indented", "a\n===", "a\n---", "***", "- - -", "_ _ _",
    "~~gone~~", "~gone~", "**bold**", "__bold__", "a_b_c", "`code`", "``a`b``",
    "![picture](http://example.org/a.png)", "[x]: http://example.org", "[x]\n\n[x]: y", "[^1]",
    "[ ] to do", "<http://example.org>", "<1@example.org>", "</p>", "<!-- a -->", "<?php ?>",
    "<script>\nalert(1)\n</script>", "&lt;b&gt; &copy; &#35; &#x23;", "a &amp", "R&D; AT&T",
    r"C:\new\table", "a\\", "a\\\nb", r"\* \_ \<", "line  \nline", "a\n\n\n b", "1.\n2)\n-\n+\n#",
    "a < b > c", "x<y", "!", "![", "]", "<", "&", "\\", "`", "3.5 km", "-5 °C", "#tag", "1) ", "\t- a",
)  # fmt: skip
LETTERS = "ab1\\`*_[]()<>&#;~|:-+=.!/\"'$@{} \t\n\n"
TEXTS = st.text(LETTERS, max_size=24) | st.lists(
    st.sampled_from(MARKUP), min_size=1, max_size=4
).map("\n".join) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))  # fmt: skip


def lines(text: str) -> list[str]:
    """Return the lines of a text, without white space at their ends and without empty lines."""
    return [line for one in text.splitlines() if (line := " ".join(one.split()))]


def shown(source: str, dialect: MarkdownIt, tags: str) -> list[str]:
    """Return the lines that a reader sees of Markdown that may hold these tags only."""
    page = dialect.render(source)
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= set(tags.split()), page
    text = re.sub(r"<br\s*/?>|</p>|</li>", "\n", page.replace("\n", " "))
    return lines(html.unescape(re.sub(r"<[^>]*>", "", text)))


@every(text=MARKUP, dialect=DIALECTS)
def test_markup_is_shown_as_it_was_typed(text: str, dialect: MarkdownIt) -> None:
    assert shown(markdown.from_plain(text), dialect, "p br") == lines(text)


@given(text=TEXTS)
@example("a\n-")
@example("\x1c- a")
def test_any_text_is_shown_as_it_was_typed(text: str) -> None:
    for dialect in DIALECTS:
        assert shown(markdown.from_plain(text), dialect, "p br") == lines(text)


@given(texts=st.lists(TEXTS, max_size=4))
def test_a_list_shows_each_of_its_texts(texts: list[str]) -> None:
    items = [item for item in map(markdown.from_plain, texts) if item]
    for dialect in DIALECTS:
        found = shown(markdown.bullets(items), dialect, "ul li p br")
        assert found == [line for text in texts for line in lines(text)]
        page = dialect.render(markdown.bullets(items))
        assert page.count("<ul>") == bool(items)
        assert page.count("<li>") == len(items)


def test_lines_are_parted_by_breaks_and_blank_lines_by_paragraphs() -> None:
    assert markdown.from_plain("Well done,\r\nAda!\n\n\nGrace") == "Well done,  \nAda!\n\nGrace"
    assert markdown.bullets(["a  \nb", "c"]) == "- a  \n  b\n- c"


def test_what_is_not_markup_is_left_as_it_is() -> None:
    text = "R&D in 3.5 km (a < b), 50% + 1 - 2 = #5: ada@example.org | http://example.org/a-b!"
    assert markdown.from_plain(text) == text
