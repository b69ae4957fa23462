"""Features of SVG and CSS are drawn as browsers draw them, or rejected by name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.errors import PictureRefused
from chalicelib.imaging.svg import reader as svg_reader
from chalicelib.studio import rendering
from tests.cases import every
from tests.imaging.pictures import pixels, svg
from tests.imaging.svg_features import DRAWN, REFUSED, SIDE

CLOSE = 3  # of 255, since browsers and the renderer round in other places


@every(name=DRAWN)
def test_it_is_drawn_as_a_browser_draws_it(name: str) -> None:
    rows = pixels(rendering.png(svg_reader.read(DRAWN[name].content), SIDE))
    for (x, y), wanted in DRAWN[name].colors.items():
        found = rows[y][x]
        assert all(abs(a - b) <= CLOSE for a, b in zip(found, wanted, strict=True)), (x, y, found)


@every(name=REFUSED)
def test_it_is_rejected_by_name(name: str) -> None:
    inside, words = REFUSED[name]
    with pytest.raises(PictureRefused) as refusal:
        svg_reader.read(svg(inside))
    assert f"uses “{words}" in refusal.value.message
    assert "PNG" in refusal.value.message


def test_a_feature_without_effect_is_no_reason_to_reject_a_file() -> None:
    unused = (
        "<style>.unused{clip-path:circle(9px);width:5vw;animation:x 2s}"
        "@keyframes x{to{fill:red}} @media print{:has(a){fill:red}} rect{cursor:pointer;"
        "font-family:a;transition:fill 2s;-inkscape-stroke:none;filter:none;mask:none}</style>"
    )
    plain = svg_reader.read(svg('<rect width="9" height="9"/>'))
    assert svg_reader.read(svg(unused + '<rect width="9" height="9"/>')) == plain.replace(
        "/></svg>", ' filter="none" mask="none"/></svg>'
    )


@pytest.mark.parametrize(
    "style",
    [
        "rect{}" * 5_001,
        ":not(*) * * * * *{}" * 9,
        "rect:not(rect)~rect~rect{}",
        ":not(" * 200,
        "rect{fill:" + "(" * 2000,
        ":root{--a0:x" + "".join(f";--a{n}:{f'var(--a{n - 1})' * 9}" for n in range(1, 12)) + "}"
        "rect{fill:var(--a11)}",
    ],
    ids=["rules", "ancestors", "siblings", "selectors", "brackets", "variables"],
)
def test_styles_that_take_too_many_steps_are_rejected(style: str) -> None:
    deep = "<g>" * 50 + "<rect/>" * 500 + "</g>" * 50
    with pytest.raises(PictureRefused) as refusal:
        svg_reader.read(svg(f"<style>{style}</style>{deep}"))
    assert "too many" in refusal.value.message


PIECES = [
    "fill", "width", "transform", "transform-origin", "filter", "d", "--a", "font", "stroke-dasharray",
    "background", ":", ";", "{", "}", "(", ")", "[", "]", ",", "/", "#", "*", ">", "&amp;", "|", "=", "!important",
    "rect", "g", ":nth-child(", ":not(", "::before", "@media", "@namespace", "var(--a", "var(--b, ",
    "rgb(", "oklch(", "color(display-p3 ", "hsl(", "calc(", "url(#a)", "matrix(", "skew(", "hue-rotate(",
    "1", "-5", "1e999", "-1e-9", "50%", "none", "nan", "infinity", "9mm", "2rem", "1em", "inherit", "'a'", "\\", "/*", "*/",
]  # fmt: skip
STYLES = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@profile(deadline=None)
@given(STYLES, STYLES, STYLES)
def test_any_style_is_drawn_or_rejected(sheet: str, style: str, value: str) -> None:
    attributes = "".join(
        f' {name}="{value}"'
        for name in (
            "width",
            "fill",
            "transform-origin",
            "stroke-dasharray",
            "font-size",
            "opacity",
        )
    )
    style = style.replace('"', "")
    content = svg(
        f'<style>rect{{{style}}} {sheet}</style><g style="{style}"><rect id="a"{attributes}/></g>',
        f'viewBox="0 0 {value.replace("{", "")[:9]} 9" style="{style}" width="{value}"',
    )
    try:
        assert svg_reader.read(content).startswith("<svg")
    except PictureRefused:
        return


def test_the_parser_of_styles_is_loaded_for_svg_only() -> None:
    script = "import sys, chalicelib.imaging.uploads; sys.exit('tinycss2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
