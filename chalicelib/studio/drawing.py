"""Draws a design as SVG. The same design gives the same bytes.

The drawing is self-contained, without style sheets, external files or scripts. Only text in writing
systems that the bundled font lacks stays text, for the renderer to set (see `lettering`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.studio import geometry, graphics, layout, lettering
from chalicelib.studio.backgrounds import BACKGROUNDS, stops, whole
from chalicelib.studio.borders import BORDERS, FINISHES, lit
from chalicelib.studio.design import Design
from chalicelib.studio.geometry import CANVAS, number
from chalicelib.studio.layout import Layout, Place
from chalicelib.studio.palettes import BLACK, mixed
from chalicelib.studio.shapes import SHAPES, Shape

_REACH = 250  # distance from the center of the canvas to the outermost point of a shape


def svg(design: Design) -> str:
    """Return the drawing of a design.

    Parameters
    ----------
    design : Design
        A design read by `chalicelib.studio.design`.

    Returns
    -------
    str
        An SVG document of 512 by 512 units, in ASCII except for lines that stay text.
    """
    shape, finish = SHAPES[design.shape], FINISHES[design.finish]
    places = layout.of(design)
    ribbon = places.ribbon
    border = _border(design, shape)
    ground = _ground(design, shape)
    graphic = _graphic(design, finish.shadow, places)
    if ribbon is None:
        layers = [ground.figures, border, graphic]
    elif ribbon.within:
        band = f'<path d="{ground.outline}" fill="url(#band)"/>'
        layers = [ground.figures, graphic, band, border]
    else:
        layers = [ground.figures, border, graphic, ribbon.figures]
    lines = list(_lines(design, places))
    letters = lettering.outlines(text for text, *_ in lines)
    layers += [lettering.draw(*line, letters) for line in lines]
    return _document(
        ground.definitions
        + (whole("band", ribbon.figures) if ribbon and ribbon.within else "")
        + lettering.definitions(letters),
        _fitted(design, _tails(design, shape) + "".join(layers)),
    )


def _document(definitions: str, figures: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CANVAS} {CANVAS}" '
        f'width="{CANVAS}" height="{CANVAS}"><defs>{definitions}</defs>{figures}</svg>'
    )


def _fitted(design: Design, figures: str) -> str:
    """Scale figures down so that the outer half of the border fits on the canvas."""
    scale = number(_REACH / (_REACH + design.thickness / 2))
    if scale == "1":
        return figures
    return f'<g transform="translate(256 256) scale({scale}) translate(-256 -256)">{figures}</g>'


class _Ground(NamedTuple):
    """A badge's ground: definitions, its figures, and the outline that is filled."""

    definitions: str
    figures: str
    outline: str


def _ground(design: Design, shape: Shape) -> _Ground:
    colors, finish = design.painted, FINISHES[design.finish]
    drawn = BACKGROUNDS[design.background.style].draw(
        colors.ground, colors.accent, design.background.scale / 100, shape.middle
    )
    definitions, fills = drawn.definitions, list(drawn.fills)
    if finish.lit and fills[0] == colors.ground:
        top, middle, bottom = lit(colors.ground)
        shades = stops(("0", top), (".5", middle), ("1", bottom))
        definitions += f'<linearGradient id="light" x2="0" y2="1">{shades}</linearGradient>'
        fills[0] = "url(#light)"
    if finish.over:
        definitions += finish.over
        fills.append("url(#finish)")
    outline = _outline(design, shape)
    figures = "".join(f'<path d="{outline}" fill="{fill}"/>' for fill in fills)
    if outline != shape.path:
        figures = f'<path d="{shape.path}" fill="{colors.border}"/>{figures}'
    return _Ground(definitions, figures, outline)


def _outline(design: Design, shape: Shape) -> str:
    """Return the path that is filled and that the border follows."""
    if shape.inlay and design.thickness:
        return geometry.circle(shape.middle, shape.inlay - design.thickness / 2)
    return shape.path


def _border(design: Design, shape: Shape) -> str:
    style, width = BORDERS[design.border.style], design.thickness
    return style.draw(_outline(design, shape), width, design.painted) if width else ""


def _tails(design: Design, shape: Shape) -> str:
    """Return the ribbon ends that hang from a medal."""
    if not shape.tails:
        return ""
    figures = ""
    for side, shade in ((-1, 0.0), (1, 0.14)):
        x = shape.middle[0]
        corners = [
            (x + side * 24, 330.0), (x + side * 118, 330.0), (x + side * 150, 504.0),
            (x + side * 98, 474.0), (x + side * 50, 506.0),
        ]  # fmt: skip
        color = mixed(design.painted.ribbon, BLACK, shade)
        figures += f'<path d="{geometry.polygon(corners)}" fill="{color}"/>'
    return figures


def _graphic(design: Design, shadow: float, places: Layout) -> str:
    """Return the graphic, placed in the space between text and ribbon."""
    chosen = design.graphic
    if chosen is None:
        return ""
    x = places.middle[0] + chosen.x / 100 * places.half
    y = places.middle[1] + chosen.y / 100 * places.half
    scale = 2 * places.half * chosen.size / 100 / graphics.BOX
    path = graphics.get(chosen.name).path
    turn = f" rotate({chosen.rotation})" if chosen.rotation else ""
    place = f"{turn} scale({scale:.4f}) translate(-128 -128)"

    def drawn(down: float, fill: str) -> str:
        at = f"translate({number(x)} {number(y + down)})"
        return f'<path transform="{at}{place}" d="{path}" {fill}/>'

    under = drawn(6, f'fill="#000" fill-opacity="{shadow}"') if shadow else ""
    return under + drawn(0, f'fill="{design.painted.graphic}"')


def _lines(design: Design, places: Layout) -> Iterator[tuple[str, Place, float, str]]:
    """Yield all lines of text, each with its place, maximum size and color."""
    text, colors = design.text, design.painted
    if text.top:
        yield text.top, places.top, layout.TEXT, colors.text
    if text.bottom:
        yield text.bottom, places.bottom, places.largest, colors.text
    if design.branding:
        yield design.branding, places.branding, layout.BRANDING, colors.text
    if places.ribbon and design.ribbon.label:
        yield design.ribbon.label, places.ribbon.words, layout.LABEL, colors.label
