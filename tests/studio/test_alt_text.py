"""Alternative text: describes a design in a sentence or two."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

import pytest

from chalicelib import i18n
from chalicelib.domain.drafts import content
from chalicelib.studio import alt_text, design, presets


def read(**members: Any) -> design.Design:
    return design.read({"version": 1, **members})


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "Circle."),
        ({"shape": "heart", "graphic": {"name": "rocket"}}, "Heart with a graphic: Rocket."),
        ({"text": {"top": "Well done"}}, "Circle. Text: “Well done”."),
        (
            {
                "shape": "shield", "graphic": {"name": "leaf"}, "branding": "City",
                "text": {"top": "Young", "bottom": "2026"},
                "ribbon": {"style": "banner", "label": "Gardener"},
            },
            "Shield with a graphic: Leaf. Text: “Young”, “Gardener”, “2026”, “City”.",
        ),
        ({"text": {"top": "100 % <b>%s"}}, "Circle. Text: “100 % <b>%s”."),
    ],
)  # fmt: skip
def test_it_says_shape_graphic_and_words(members: dict[str, Any], said: str) -> None:
    assert alt_text.describe(read(**members)) == said


def test_words_on_a_ribbon_that_is_not_there_are_not_said() -> None:
    assert alt_text.describe(read(ribbon={"style": "none", "label": "Reader"})) == "Circle."


@pytest.mark.parametrize("name", list(presets.PRESETS))
def test_each_that_is_ready_is_described_in_what_may_be_said(name: str) -> None:
    said = alt_text.describe(presets.PRESETS[name].design)
    assert said.endswith(".")
    assert content.alt(said) == said


def test_the_longest_description_may_be_said_of_a_picture() -> None:
    longest = "x" * design.LONGEST_TEXT
    said = alt_text.describe(
        read(
            shape="scallop", graphic={"name": "rocket"}, branding=longest,
            text={"top": longest, "bottom": longest}, ribbon={"style": "banner", "label": longest},
        )
    )  # fmt: skip
    assert content.alt_problem(said) is None


def test_it_is_said_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loud(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper().replace("(SHAPE)S", "(shape)s").replace(
                "(GRAPHIC)S", "(graphic)s"
            ).replace("%S", "%s")  # fmt: skip

    monkeypatch.setattr(i18n, "_translations", lambda language_: Loud())
    members = {"shape": "heart", "graphic": {"name": "rocket"}, "text": {"top": "Well done"}}
    assert alt_text.describe(read(**members)) == "HEART WITH A GRAPHIC: Rocket. TEXT: “Well done”."
