"""Palettes: their number, and sufficient contrast (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from chalicelib.studio import palettes
from chalicelib.studio.palettes import PALETTES, ROLES


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio, computed independently of the tested code."""

    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    def luminance(colour: str) -> float:
        red, green, blue = bytes.fromhex(colour[1:])
        return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)

    a, b = luminance(one) + 0.05, luminance(other) + 0.05
    return max(a, b) / min(a, b)


def test_there_are_many_and_each_is_another_one() -> None:
    assert len(PALETTES) >= 24
    assert len({palette for _, palette in PALETTES.values()}) == len(PALETTES)
    assert len({label for label, _ in PALETTES.values()}) == len(PALETTES)
    assert palettes.STANDARD in PALETTES


def test_every_colour_has_a_label() -> None:
    assert set(palettes.ROLE_LABELS) == set(ROLES)


@pytest.mark.parametrize("name", PALETTES)
def test_colours_are_written_as_designs_write_them(name: str) -> None:
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in PALETTES[name][1])


@pytest.mark.parametrize("name", PALETTES)
def test_what_is_drawn_can_be_told_from_both_colours_behind_it(name: str) -> None:
    colours = PALETTES[name][1]
    for behind in (colours.ground, colours.accent):
        assert contrast(colours.text, behind) >= 4.5
        assert contrast(colours.graphic, behind) >= 4.5
        assert contrast(colours.border, behind) >= 1.9
        assert contrast(colours.ribbon, behind) >= 1.6


@pytest.mark.parametrize("name", PALETTES)
def test_words_on_a_ribbon_can_be_read(name: str) -> None:
    colours = PALETTES[name][1]
    assert contrast(colours.label, colours.ribbon) >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#abcdef", "#abcdef", 1)],
)
def test_contrast_is_wcag_s(one: str, other: str, ratio: float) -> None:
    assert palettes.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert palettes.contrast(other, one) == palettes.contrast(one, other)


@pytest.mark.parametrize("colour", ["#0b4f80", "#ff9908", "#1f2328", "#050505", "#7ef0c0"])
def test_contrast_is_what_is_worked_out_here(colour: str) -> None:
    for other in ("#000000", "#7f7f7f", "#ffffff"):
        assert palettes.contrast(colour, other) == pytest.approx(contrast(colour, other))


@pytest.mark.parametrize(("share", "mixed"), [(0, "#000000"), (0.5, "#804000"), (1, "#ff8000")])
def test_colours_are_mixed(share: float, mixed: str) -> None:
    assert palettes.mixed("#000000", "#ff8000", share) == mixed
