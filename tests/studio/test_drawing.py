"""Drawings are deterministic, safe, and without overlapping parts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile

from chalicelib.studio import design, drawing, glyphs, layout, presets, rendering
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from tests.cases import every, pairwise
from tests.gates.source import ROOT
from tests.studio.designs import HOSTILE, UNHURRIED, documents
from tests.studio.drawings import (
    COLOURS,
    beyond,
    both,
    filled,
    made,
    many,
    parsed,
    picture,
    said,
    seen,
    solid,
)

LARGEST = 64 * 1024
TOP, BOTTOM = "Wonderful exploration", "Community of makers"
EVERY = presets.PRESETS

SCRIPT = """
import sys
from chalicelib.studio import design, drawing
sys.stdout.write(drawing.svg(design.read(sys.stdin.read())))
"""


# Deterministic


@every(name=EVERY)
def test_the_same_design_is_the_same_drawing(name: str) -> None:
    chosen = EVERY[name].design
    assert drawing.svg(chosen) == drawing.svg(design.read(design.write(chosen)))


@pytest.mark.parametrize("seed", ["1", "2718281828"])
def test_another_process_draws_the_same(seed: str) -> None:
    text = {"top": "Юный читатель", "bottom": "少年科学家"}
    chosen = made(
        shape="gear", background={"style": "confetti"}, graphic={"name": "rocket"}, text=text,
        ribbon={"style": "sash", "label": "Nhà"}, branding="قارئ", colours=COLOURS,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=design.write(chosen).encode(),
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == drawing.svg(chosen)


def test_a_drawing_is_a_picture_of_its_own() -> None:
    root = parsed(drawing.svg(made()))
    assert root.attrib == {"viewBox": "0 0 512 512", "width": "512", "height": "512"}


# Safe with any text


@pytest.mark.slow
@given(documents())
@profile(UNHURRIED, max_examples=150)
def test_any_design_is_drawn_small_and_in_order(document: dict[str, Any]) -> None:
    svg = drawing.svg(design.read(document))
    parsed(svg)
    assert len(svg.encode()) < LARGEST


@given(documents())
@profile(UNHURRIED, max_examples=15)
def test_any_design_can_be_rendered(document: dict[str, Any]) -> None:
    svg = drawing.svg(design.read(document))
    assert rendering.png(svg, 64).startswith(b"\x89PNG")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("curved", [True, False])
def test_words_that_mean_harm_are_only_words(text: str, curved: bool) -> None:
    for words in (text, text[:40] + " 漢"):  # as outlines and as text
        chosen = made(
            text={"top": words, "bottom": words, "curved": curved},
            ribbon={"style": "arch", "label": words},
            branding=words,
        )
        svg = drawing.svg(chosen)
        assert said(svg) in ("", words * 4)
        assert rendering.png(svg, 64)


def test_the_largest_drawing_is_small() -> None:
    dearest = sorted(map(chr, range(0x21, 0x2100)), key=_cost, reverse=True)
    lines = ["".join(dearest[n : n + 60]) for n in range(0, 240, 60)]
    chosen = made(
        shape="burst", text={"top": lines[0], "bottom": lines[1]}, branding=lines[2],
        ribbon={"style": "smile", "label": lines[3]}, graphic={"name": "baseball"},
        background={"style": "confetti"}, border={"style": "beads"},
    )  # fmt: skip
    svg = drawing.svg(chosen)
    assert len(svg.encode()) < LARGEST
    assert "<text" in svg


def _cost(letter: str) -> int:
    glyph = glyphs.glyph(letter)
    return len(glyph.path) if glyph else 0


# Without overlaps


def crowded(shape: str, ribbon: str, *, width: int, curved: bool, **more: Any) -> design.Design:
    """Return a design with all parts, each in a unique color."""
    return made(
        shape=shape, finish="flat", colours=COLOURS, border={"style": "line", "width": width},
        graphic={"name": "square"}, ribbon={"style": ribbon, "label": "Certificate"},
        **{"text": {"top": TOP, "bottom": BOTTOM, "curved": curved}, **more},
    )  # fmt: skip


@pytest.mark.slow
@every(shape=SHAPES, curved=[True, False])
def test_words_and_graphics_stay_within_the_border(shape: str, curved: bool) -> None:
    for width in (0, 20, 48):
        svg = drawing.svg(crowded(shape, "none", width=width, curved=curved, branding="Library"))
        ground = seen(svg, filled("ground"))
        border = seen(svg, f'stroke="{COLOURS["border"]}"')
        for role in ("text", "graphic"):
            layer = seen(svg, filled(role))
            assert many(layer) > 0
            assert both(layer, border) == beyond(layer, ground) == 0


@pytest.mark.slow
@pairwise(shape=SHAPES, ribbon=RIBBONS, curved=[True, False])
def test_words_and_graphic_leave_each_other_room_and_the_ribbon_too(
    shape: str, ribbon: str, curved: bool
) -> None:
    chosen = crowded(shape, ribbon, width=20, curved=curved, branding="Chicago Public Library")
    svg = drawing.svg(chosen)
    words, graphic = seen(svg, filled("text")), seen(svg, filled("graphic"))
    assert both(words, graphic) == 0
    lies = alone(svg, chosen)
    assert both(words, lies) == 0
    if ribbon != "sash" and shape != "star":  # too small for all of them
        assert both(graphic, lies) == 0


@pytest.mark.slow
@every(shape=SHAPES, ribbon=RIBBONS)
def test_a_graphic_is_large_unless_much_is_written(shape: str, ribbon: str) -> None:
    for text, share in (({}, 0.19), ({"top": TOP}, 0.11)):
        chosen = crowded(shape, ribbon, width=20, curved=True, text=text)
        assert layout.of(chosen).half * 2 > share * 512
        svg = drawing.svg(chosen)
        assert both(seen(svg, filled("graphic")), alone(svg, chosen)) == 0


def alone(svg: str, chosen: design.Design) -> Any:
    """Return the mask of a drawing's ribbon, including its folds."""
    ribbon = layout.of(chosen).ribbon
    start, _, rest = svg.partition("<defs>")
    group = rest.partition("</defs>")[2].partition(">")[0] + ">"
    assert group.startswith("<g transform=")
    figures = ribbon.figures if ribbon else ""
    return solid(picture(f"{start}{group}{figures}</g></svg>"))


# The graphic's options


def test_graphics_are_moved_turned_and_sized() -> None:
    def box(**more: int) -> tuple[int, ...]:
        svg = drawing.svg(made(graphic={"name": "square", **more}, colours=COLOURS, finish="flat"))
        found: tuple[int, ...] = seen(svg, filled("graphic"), size=512).getbbox()
        return found

    left, top, right, bottom = box()
    wide = right - left
    assert (left + right, top + bottom) == pytest.approx((512, 512), abs=2)
    half = layout.of(made()).half * 250 / 259  # scaled down with its border
    assert box(x=50)[0] - left == pytest.approx(half / 2, abs=2)
    assert top - box(y=-50)[1] == pytest.approx(half / 2, abs=2)
    assert box(size=50)[2] - box(size=50)[0] == pytest.approx(wide / 2, abs=2)
    assert box(rotation=90) == pytest.approx((left, top, right, bottom), abs=2)
    assert box(rotation=45)[0] < left - 20


def test_no_graphic_is_none() -> None:
    svg = drawing.svg(made(colours=COLOURS, finish="flat"))
    assert COLOURS["graphic"] not in svg
