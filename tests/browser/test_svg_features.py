"""The table of SVG features says what the browser draws, and so does the renderer."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from chalicelib.imaging.svg import reader as svg_reader
from chalicelib.studio import rendering
from tests.imaging.pictures import size
from tests.imaging.svg_features import DRAWN, SIDE

pytestmark = pytest.mark.browser
CLOSE = 3  # of 255
DRAW = """([content, width, height]) => new Promise((done, failed) => {
  const image = new Image(width, height);
  image.onload = () => { document.body.replaceChildren(image); done(); };
  image.onerror = failed;
  image.src = "data:image/svg+xml;base64," + content;
})"""


def test_the_table_says_what_the_browser_draws(chromium: Any) -> None:
    tab = chromium.new_page(viewport={"width": SIDE, "height": SIDE})
    tab.set_content("<style>body{margin:0;background:none}img{display:block}</style>")
    wrong = {}
    for name, drawn in DRAWN.items():
        width, height = size(rendering.png(svg_reader.read(drawn.content), SIDE))
        tab.evaluate(DRAW, [base64.b64encode(drawn.content).decode(), width, height])
        shown = Image.open(io.BytesIO(tab.screenshot(omit_background=True))).convert("RGBA")
        for point, wanted in drawn.colors.items():
            found = shown.getpixel(point)
            if any(abs(a - b) > CLOSE for a, b in zip(found, wanted, strict=True)):
                wrong[name, point] = found
    tab.close()
    assert wrong == {}
