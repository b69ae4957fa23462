"""The studio's form and design documents: conversion in both directions."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.admin.drafts import studio_form
from chalicelib.studio import design, graphics, presets
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.design import Design, DesignRefused
from chalicelib.studio.palettes import PALETTES, ROLES
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from chalicelib.web.form import Form

BRAND = "City of Learning"
NAMES = [one.name for one in graphics.find("", 0, 10_000)[0]]
WORDS = st.text("abcÄßЖअ'\"<& ", max_size=20).map(str.strip)


def number(*path: str) -> st.SearchStrategy[int]:
    return st.integers(*design.LIMITS[path])


DESIGNS = st.builds(
    Design,
    shape=st.sampled_from(list(SHAPES)),
    palette=st.sampled_from(list(PALETTES)),
    colours=st.dictionaries(
        st.sampled_from(ROLES), st.integers(0, 0xFFFFFF).map("#{:06x}".format), max_size=3
    ),
    finish=st.sampled_from(list(FINISHES)),
    background=st.builds(
        design.Background, st.sampled_from(list(BACKGROUNDS)), number("background", "scale")
    ),
    border=st.builds(design.Border, st.sampled_from(list(BORDERS)), number("border", "width")),
    graphic=st.none() | st.builds(
        design.Graphic, st.sampled_from(NAMES), number("graphic", "size"), number("graphic", "x"),
        number("graphic", "y"), number("graphic", "rotation"),
    ),
    ribbon=st.builds(design.Ribbon, st.sampled_from(list(RIBBONS)), WORDS),
    text=st.builds(design.Text, WORDS, WORDS, st.booleans()),
    branding=st.sampled_from(["", BRAND]),
)  # fmt: skip


def filled(fields: dict[str, Any]) -> Form:
    """Return what a browser sends of a form with these values: boxes only where they are ticked."""
    sent: dict[str, Any] = {}
    for name, value in fields.items():
        if value is True:
            sent[name] = "1"
        elif value is not False:
            sent[name] = value if isinstance(value, list) else str(value)
    return Form(sent)


@given(DESIGNS)
def test_every_field_survives_a_round_trip_through_form_and_document(chosen: Design) -> None:
    document = design.document(chosen)
    fields = studio_form.fields(document)
    sent = studio_form.read(filled(fields), BRAND)
    assert design.read(sent) == design.read(document)
    assert studio_form.fields(sent) == fields


@pytest.mark.parametrize("name", list(presets.PRESETS))
def test_presets_survive_the_round_trip(name: str) -> None:
    ready = presets.PRESETS[name].design
    fields = studio_form.fields(design.document(ready))
    assert design.read(studio_form.read(filled(fields), BRAND)) == ready


def test_colors_are_those_of_the_palette_unless_ticked() -> None:
    fields = studio_form.fields(design.document(Design(palette="ocean")))
    assert fields["own"] == []
    ocean = PALETTES["ocean"][1]
    assert [fields[f"colour_{role}"] for role in ROLES] == list(ocean)
    untouched = studio_form.read(filled({**fields, "colour_text": "#123456"}), BRAND)
    assert untouched["colours"] == {}
    ticked = {**fields, "own": ["text"], "colour_text": "#ABCDEF"}
    assert studio_form.read(filled(ticked), BRAND)["colours"] == {"text": "#abcdef"}


def test_the_brand_comes_from_the_server() -> None:
    """A form only says whether: nobody's name is put on a badge by who sends one."""
    assert studio_form.read(Form({"branded": "Other City"}), BRAND)["branding"] == BRAND
    assert studio_form.read(Form({"branding": "Other City"}), BRAND)["branding"] == ""


def test_without_a_graphic_its_sliders_are_centered() -> None:
    fields = studio_form.fields(design.document(Design()))
    assert fields["graphic"] == ""
    assert (fields["graphic_size"], fields["graphic_x"], fields["graphic_rotation"]) == (100, 0, 0)
    sent = studio_form.read(filled(fields), BRAND)
    assert sent["graphic"] is None


@given(
    st.dictionaries(
        st.sampled_from([
            "shape", "palette", "own", "finish", "background", "background_scale", "border",
            "border_width", "graphic", "graphic_size", "graphic_x", "ribbon", "label", "top",
            "curved", "branded", *(f"colour_{role}" for role in ROLES),
        ]),
        st.text(max_size=70) | st.lists(st.text(max_size=9), max_size=3)
        | st.sampled_from(["9" * 400, "-0", "1.5", "٣", "circle", "ocean", "solid"]),
    )
)  # fmt: skip
def test_any_form_can_be_shown_again(sent: dict[str, Any]) -> None:
    document = studio_form.read(Form(sent), BRAND)
    fields = studio_form.fields(document)
    assert set(fields) == set(studio_form.fields(design.document(Design())))
    with contextlib.suppress(DesignRefused):
        design.read(document)


def test_the_form_has_every_member_of_a_design() -> None:
    """A member that designs get, and the form forgets, would be lost whenever somebody saves."""
    sent = studio_form.read(filled({"graphic": "rocket"}), BRAND)
    whole = design.document(Design(graphic=design.Graphic("rocket")))
    assert set(sent) == set(whole)
    for part in ("background", "border", "graphic", "ribbon", "text"):
        assert set(sent[part]) == set(whole[part])
