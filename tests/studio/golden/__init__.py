"""Golden images: 40 designs with reviewed drawings.

Each design is three files beside this one: its document, its drawing, whose bytes must stay the same,
and the drawing's pixels, which may differ invisibly. `python -m tests.studio.golden` redraws
them.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image

from chalicelib.studio import design, drawing, rendering
from chalicelib.studio.design import Design
from chalicelib.studio.presets import PRESETS

FOLDER = Path(__file__).parent
SIZE = 160  # pixels, for rendering
_CELLS = 40  # pixels, for comparing
_GROUNDS = ("#ffffff", "#1b1f24")


def names() -> list[str]:
    """Return the names of all golden designs."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> Design:
    """Return a golden design."""
    return design.read((FOLDER / f"{name}.json").read_text("utf-8"))


def difference(one: bytes, other: bytes) -> float:
    """Return the visible difference of two images: the mean distance of their colors in CIELAB.

    Both are placed on a white and on a dark background, and averaged over small areas, so that
    rounding of single pixels does not count. A difference of 1 is barely visible on a whole area.
    """
    distances = [
        sum((a - b) ** 2 for a, b in zip(here, there, strict=True)) ** 0.5
        for ground in _GROUNDS
        for here, there in zip(_cells(one, ground), _cells(other, ground), strict=True)
    ]
    return sum(distances) / len(distances)


def _cells(png: bytes, ground: str) -> list[tuple[float, float, float]]:
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    on_ground = Image.new("RGBA", picture.size, ground)
    on_ground.alpha_composite(picture)
    cells = on_ground.convert("RGB").resize((_CELLS, _CELLS), Image.Resampling.BOX).tobytes()
    return [_lab(*cells[n : n + 3]) for n in range(0, len(cells), 3)]


def _lab(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Return a color in CIELAB, with the white point D65."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    def root(share: float) -> float:
        return share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116

    r, g, b = linear(red), linear(green), linear(blue)
    x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def renew() -> None:
    """Write the documents of the presets, and redraw all golden designs."""
    for name, preset in PRESETS.items():
        content = json.dumps(design.document(preset.design), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(content + "\n", "utf-8")
    for name in names():
        svg = drawing.svg(read(name))
        (FOLDER / f"{name}.svg").write_text(svg, "utf-8")
        (FOLDER / f"{name}.png").write_bytes(rendering.png(svg, SIZE))


def sheet(path: Path, across: int = 8) -> None:
    """Return one image with all golden designs, for review."""
    side = SIZE + 12
    found = names()
    whole = Image.new("RGB", (side * across, side * -(-len(found) // across)), "#ffffff")
    for number, name in enumerate(found):
        picture = Image.open(FOLDER / f"{name}.png").convert("RGBA")
        whole.paste(picture, (number % across * side + 6, number // across * side + 6), picture)
    whole.save(path)
