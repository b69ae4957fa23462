"""What holds for every page: it answers, it is light, it escapes, and all its words can be translated."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

import peewee
import pytest

from chalicelib import VERSION, i18n, texts
from chalicelib.data.models import TABLES, Draft
from chalicelib.domain.drafts import content
from chalicelib.web import assets, templates
from tests.admin.browser import Browser
from tests.admin.conftest import ADMINISTRATOR, GUEST
from tests.browser.pages import HOSTILE_NAME, MARK, Page, World, populate
from tests.browser.pages import pages as all_pages
from tests.client import Answer
from tests.conftest import SQLITE, Cloud

LIGHT = 60 * 1024  # bytes of HTML, style and scripts together, compressed
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}

# Pages that are not translated yet, or never: their words are for developers.
UNTRANSLATED: set[str] = set()


@pytest.fixture
def engine() -> str:
    """Pages are the same whatever the database: one kind is enough."""
    return SQLITE


@pytest.fixture
def world(database: peewee.Database, cloud: Cloud) -> World:
    """A place with everything, all of it hostile."""
    return populate("http://localhost:3000", ADMINISTRATOR)


@pytest.fixture
def visit(
    app: Any, world: World, administrator: Browser, browser: Browser
) -> Callable[[], Iterable[tuple[Page, Answer]]]:
    """Open all pages, one after the other."""

    def work() -> Iterable[tuple[Page, Answer]]:
        for page in all_pages(app.routes):
            if address := world.address(page):
                yield page, (administrator if page.signed_in else browser).get(address)

    return work


Visit = Callable[[], Iterable[tuple[Page, Answer]]]


def test_each_answers_as_it_should(visit: Visit) -> None:
    assert {
        page.name: (answer.status, answer.headers.get("Location"))
        for page, answer in visit()
        if answer.status != page.status or "<h1" not in answer.text
    } == {}


def test_those_for_managers_name_the_product_and_its_version_at_their_end(visit: Visit) -> None:
    told = re.compile(
        rf'<p class="release" lang="en">Powered by BadgeKit {re.escape(VERSION)}</p>\s*</footer>'
    )
    wrong = {
        page.name
        for page, answer in visit()
        if len(told.findall(answer.text)) != ('<nav class="nav"' in answer.text)
    }
    assert wrong == set()


def test_each_is_light(visit: Visit) -> None:
    weights = {page.name: weight(answer.text) for page, answer in visit()}
    assert {name: bytes_ for name, bytes_ in weights.items() if bytes_ > LIGHT} == {}


def weight(html: str) -> int:
    """Return how many bytes a page takes with its style and scripts, compressed."""
    names = set(re.findall(r"/static/([\w.-]+\.(?:css|js))\?", html))
    parts = [html, *(asset.body for name in names if (asset := assets.asset(name)))]
    return sum(len(gzip.compress(part.encode(), mtime=0)) for part in parts)


def test_hostile_texts_stay_texts(visit: Visit) -> None:
    injected = {}
    for page, answer in visit():
        reader = Reader(answer.text)
        tags = {tag for tag, _ in reader.elements}
        wrong = [MARK] if MARK in tags else []
        for tag, attributes in reader.elements:
            wrong += [f"{tag} {name}" for name in attributes if name.startswith("on")]
            address = attributes.get("href") or attributes.get("src") or ""
            if address.strip().lower().startswith(("javascript:", "x")):
                wrong.append(f"{tag} {address[:40]}")
            if tag == "script" and not attributes.get("src"):
                wrong.append("script")
        if wrong or "49" in re.findall(r"&amp;amp; (\S+)", answer.text):
            injected[page.name] = wrong
    assert injected == {}


def test_the_badge_s_name_is_shown_as_it_is(visit: Visit) -> None:
    shown = [page.name for page, answer in visit() if HOSTILE_NAME in Reader(answer.text).text()]
    assert "public-badge" in shown
    assert "context" in shown


# Languages


class Pseudo(NullTranslations):
    """A language in which every text stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def test_all_words_can_be_translated(visit: Visit, pseudo: None) -> None:
    data = words_of_the_database()
    found = {
        page.name: left
        for page, answer in visit()
        if page.name not in UNTRANSLATED and (left := untranslated(answer.text, data))
    }
    assert found == {}, found


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody reads the pseudo-language."""
    monkeypatch.setattr(i18n, "_translations", lambda language_: Pseudo())


def test_what_answers_a_form_can_be_translated_too(
    pseudo: None, browser: Browser, guest: Any, signed_in: Callable[[str], Browser], cloud: Cloud
) -> None:
    answers = [
        browser.submit("/signin", "/signin", email="grace"),
        browser.submit("/signin", "/signin", email="grace@example.org"),
        browser.get("/signin?notice=signed-out"),
        browser.post("/signin", {"email": "grace@example.org"}),
        signed_in(GUEST).get("/activity"),
    ]
    assert [answer.status for answer in answers] == [400, 200, 200, 403, 403]
    assert [
        left
        for answer in answers
        if (
            left := untranslated(
                answer.text, {"BadgeKit", "grace@example.org", "Guest@example.org"}
            )
        )
    ] == []


def test_mails_can_be_translated(pseudo: None) -> None:
    class Badge:
        name = "Beekeeper"
        earner_description = "Kept a hive."

    class Award:
        note, comment = "See you", "Well done"

    about = {
        "award": {
            "award": Award,
            "standing": "valid",
            "badge": Badge,
            "issuer": "Library",
            "award_url": "1",
            "image_url": "2",
            "image_alt": "",
        },
        "feedback": {"badge_name": "Beekeeper", "comment": "Nearly", "missing": [("Hive", "None")]},
        "revocation": {"badge_name": "Beekeeper", "issuer": "Library", "reason": "Mistake"},
    }
    data = {"BadgeKit", "Kept a hive.", "See you", "Well done", "Nearly", "Hive", "None"}
    rendered = {
        **{f"mail/{name}": words for name, words in about.items()},
        "mail/sign-in": {"link": "1", "minutes": 15},
        "mail/invitation": {
            "email": "1",
            "author": "2",
            "place": "Library",
            "rights": "⟦award badges⟧",
            "link": "3",
        },
    }
    for template, context in rendered.items():
        assert untranslated(templates.render(f"{template}.html", **context), data) == [], template
        lines = outside(templates.render(f"{template}.txt", **context))[0].splitlines()
        left = [line.strip(" -") for line in lines if re.search(r"[^\W\d_]", line)]
        assert set(left) <= data, template


def test_what_is_not_translated_is_found() -> None:
    page = (
        '<p title="Hint">⟦Hello <b>Grace</b>⟧ you <code>x</code></p>'
        '<img alt="">Grace 12<hr>⟦A ⟦B⟧ C⟧ <i title="⟦Fine⟧">Grace</i><i lang="en" title="X">Y</i>'
    )
    assert untranslated(page, {"Grace"}) == ["you", "Hint"]


class Reader(HTMLParser):
    """Reads a page's elements, and what it says to people in their language.

    What is marked to be of a language of its own, as names of graphics are, is not among that.

    Parameters
    ----------
    html : str
        The page.
    """

    SILENT = {"script", "style", "svg", "code", "pre"}  # code is not translated
    SPOKEN = ("aria-label", "title", "alt", "placeholder")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.spoken: list[str] = []
        self._texts: list[str] = []
        self._inside: list[tuple[str, bool]] = []  # tags, and whether what is in them is silent
        self.feed(html.replace("<wbr>", ""))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        silent = tag in self.SILENT or (tag != "html" and "lang" in attributes)
        if tag not in VOID:
            self._inside.append((tag, silent))
        if tag != "time" and not silent:
            self.spoken += [text for name in self.SPOKEN if (text := attributes.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if any(tag == open_ for open_, _ in self._inside):
            while self._inside.pop()[0] != tag:
                continue

    def handle_data(self, data: str) -> None:
        if not any(silent for _, silent in self._inside):
            self._texts.append(data)

    def texts(self) -> list[str]:
        """Return the texts, in their order."""
        return self._texts

    def text(self) -> str:
        """Return all texts as one."""
        return "".join(self._texts)


def untranslated(html: str, data: set[str]) -> list[str]:
    """Return the words of a page that are outside of the brackets, and no data."""
    reader = Reader(html)
    found, depth = [], 0
    for text in reader.texts():
        left, depth = outside(text, depth)
        found.append(left)
    found += [outside(text)[0] for text in reader.spoken]
    return [text for one in found if re.search(r"[^\W\d_]", text := without(one, data))]


def outside(text: str, depth: int = 0) -> tuple[str, int]:
    """Return what of a text is outside of the brackets, and how deep it ends."""
    left = []
    for letter in text:
        if letter == "⟧":
            depth = max(0, depth - 1)
        elif letter == "⟦":
            depth += 1
        elif not depth:
            left.append(letter)
    return "".join(left), depth


def without(text: str, data: set[str]) -> str:
    """Return a text without the data in it."""
    plain = " ".join(text.split())
    beginning = plain.rstrip(" .…")  # of a text that is too long to be shown whole
    if plain in data or (len(beginning) > 20 and any(beginning in known for known in data)):
        return ""
    for known in sorted((one for one in data if len(one) > 4), key=len, reverse=True):
        plain = plain.replace(known, "")
    return " ".join(plain.split())


def words_of_the_database() -> set[str]:
    """Return all texts that were put in, and what is called by proper names."""
    found = {"BadgeKit", ADMINISTRATOR, *content.CATEGORIES}
    for table in TABLES:
        for row in table.select().dicts():
            found |= {value for value in row.values() if isinstance(value, str)}
    for draft in Draft.select():
        found |= set(_leaves(json.loads(draft.content)))
    found |= {texts.line(text) for text in found}
    in_one = {" ".join(text.split()) for text in found}
    pieces = {piece for text in in_one for piece in (text[:140].strip(), text[:255].strip())}
    return (in_one | pieces) - {""}


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value
