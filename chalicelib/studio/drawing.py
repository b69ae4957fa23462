"""Drawing a design: one function from the document to SVG. The same design gives the same bytes.

The drawing needs nothing but itself: no style sheet, no other file, no script. Only words in scripts
that the bundled font lacks are left as text, for the renderer to set (see `lettering`).
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.studio import geometry, graphics, lettering
from chalicelib.studio.backgrounds import BACKGROUNDS, stops, whole
from chalicelib.studio.design import Design
from chalicelib.studio.edges import BORDERS, FINISHES, lit
from chalicelib.studio.geometry import CANVAS, number
from chalicelib.studio.lettering import Bent, Straight
from chalicelib.studio.palettes import BLACK, mixed
from chalicelib.studio.ribbons import HEIGHT, RIBBONS, Drawn
from chalicelib.studio.shapes import SHAPES, Shape

_TEXT, _LABEL, _BRANDING = 46.0, 40.0, 17.0  # largest sizes of words
_GAP = 12.0  # between words and the graphic
_REACH = 250  # how far shapes reach from the middle of the canvas


def svg(design: Design) -> str:
    """Return the drawing of a design.

    Parameters
    ----------
    design : Design
        As `chalicelib.studio.design` reads it.

    Returns
    -------
    str
        An SVG document of 512 by 512 units, in ASCII but for words that are left as text.
    """
    shape, finish = SHAPES[design.shape], FINISHES[design.finish]
    draw = RIBBONS[design.ribbon.style].draw
    ribbon = draw(shape, design.painted) if draw else None
    border = _border(design, shape)
    ground = _ground(design, shape)
    graphic = _graphic(design, shape, finish.shadow, ribbon)
    if ribbon is None:
        layers = [ground.figures, border, graphic]
    elif ribbon.within:
        band = f'<path d="{ground.outline}" fill="url(#band)"/>'
        layers = [ground.figures, graphic, band, border]
    else:
        layers = [ground.figures, border, graphic, ribbon.figures]
    layers += [_words(design, shape), _label(design, ribbon) if ribbon else ""]
    return _document(
        ground.definitions + (whole("band", ribbon.figures) if ribbon and ribbon.within else ""),
        _fitted(design, _tails(design, shape) + "".join(layers)),
    )


def _document(definitions: str, figures: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CANVAS} {CANVAS}" '
        f'width="{CANVAS}" height="{CANVAS}"><defs>{definitions}</defs>{figures}</svg>'
    )


def _fitted(design: Design, figures: str) -> str:
    """Return figures so much smaller that the border's outer half is on the canvas, too."""
    scale = number(_REACH / (_REACH + _thickness(design) / 2))
    if scale == "1":
        return figures
    return f'<g transform="translate(256 256) scale({scale}) translate(-256 -256)">{figures}</g>'


class _Ground(NamedTuple):
    """A badge without anything on it: definitions, its figures, and the outline that is filled."""

    definitions: str
    figures: str
    outline: str


def _ground(design: Design, shape: Shape) -> _Ground:
    colours, finish = design.painted, FINISHES[design.finish]
    drawn = BACKGROUNDS[design.background.style].draw(
        colours.ground, colours.accent, design.background.scale / 100, shape.middle
    )
    definitions, fills = drawn.definitions, list(drawn.fills)
    if finish.lit and fills[0] == colours.ground:
        top, middle, bottom = lit(colours.ground)
        shades = stops(("0", top), (".5", middle), ("1", bottom))
        definitions += f'<linearGradient id="light" x2="0" y2="1">{shades}</linearGradient>'
        fills[0] = "url(#light)"
    if finish.figures:
        definitions += whole("finish", finish.figures)
        fills.append("url(#finish)")
    outline = _outline(design, shape)
    figures = "".join(f'<path d="{outline}" fill="{fill}"/>' for fill in fills)
    if outline != shape.path:
        figures = f'<path d="{shape.path}" fill="{colours.border}"/>{figures}'
    return _Ground(definitions, figures, outline)


def _outline(design: Design, shape: Shape) -> str:
    """Return what is filled, and what the border follows."""
    if shape.inlay and _thickness(design):
        return geometry.circle(shape.middle, shape.inlay - _thickness(design) / 2)
    return shape.path


def _border(design: Design, shape: Shape) -> str:
    style, width = BORDERS[design.border.style], _thickness(design)
    return style.draw(_outline(design, shape), width, design.painted) if width else ""


def _tails(design: Design, shape: Shape) -> str:
    """Return the ends of the ribbon that hang from a medal."""
    if not shape.tails:
        return ""
    figures = ""
    for side, shade in ((-1, 0.0), (1, 0.14)):
        x = shape.middle[0]
        corners = [
            (x + side * 24, 330.0), (x + side * 118, 330.0), (x + side * 150, 504.0),
            (x + side * 98, 474.0), (x + side * 50, 506.0),
        ]  # fmt: skip
        colour = mixed(design.painted.ribbon, BLACK, shade)
        figures += f'<path d="{geometry.polygon(corners)}" fill="{colour}"/>'
    return figures


def _graphic(design: Design, shape: Shape, shadow: float, ribbon: Drawn | None) -> str:
    """Return the graphic, in the room that the words and the ribbon leave."""
    chosen = design.graphic
    if chosen is None:
        return ""
    top, bottom = _free(design, shape, ribbon)
    half = min((bottom - top) / 2, shape.face * 0.72)
    x = shape.middle[0] + chosen.x / 100 * half
    y = (top + bottom) / 2 + chosen.y / 100 * half
    scale = 2 * half * chosen.size / 100 / graphics.BOX
    path = graphics.get(chosen.name).path
    turn = f" rotate({chosen.rotation})" if chosen.rotation else ""
    place = f"{turn} scale({scale:.4f}) translate(-128 -128)"

    def drawn(down: float, fill: str) -> str:
        at = f"translate({number(x)} {number(y + down)})"
        return f'<path transform="{at}{place}" d="{path}" {fill}/>'

    under = drawn(6, f'fill="#000" fill-opacity="{shadow}"') if shadow else ""
    return under + drawn(0, f'fill="{design.painted.graphic}"')


def _free(design: Design, shape: Shape, ribbon: Drawn | None) -> tuple[float, float]:
    """Return between which heights a graphic lies."""
    top, bottom = shape.middle[1] - shape.face * 0.74, shape.middle[1] + shape.face * 0.74
    if design.text.top:
        place = _place(design, shape, over=True)
        top = max(top, _height(place) + lettering.size(design.text.top, place, _TEXT) / 2 + _GAP)
    if design.text.bottom:
        place = _place(design, shape, over=False)
        high = lettering.size(design.text.bottom, place, _TEXT)
        bottom = min(bottom, _height(place) - high / 2 - _GAP)
    if ribbon:
        bottom = min(bottom, shape.ribbon - HEIGHT / 2 - _GAP)
    return top, max(bottom, top + 60)


def _place(design: Design, shape: Shape, *, over: bool) -> Straight | Bent:
    """Return where the words along the top go, or along the bottom: within the border."""
    if design.text.curved:
        radius = shape.curve - _thickness(design) * (1 if shape.inlay else 0.5)
        return Bent(shape.middle, radius, radius * 2.5, over)  # two fifths of the circle
    room = shape.top if over else shape.bottom
    return Straight((shape.middle[0], room.y), room.width)


def _height(place: Straight | Bent) -> float:
    """Return where half the height of the capitals is, of the letter in the middle."""
    if isinstance(place, Bent):
        return place.middle[1] + place.radius * (-1 if place.over else 1)
    return place.middle[1]


def _thickness(design: Design) -> float:
    return 0.0 if design.border.style == "none" else float(design.border.width)


def _words(design: Design, shape: Shape) -> str:
    """Return the words along the top and the bottom, and who issues the badge."""
    colour = design.painted.text
    figures = "".join(
        lettering.draw(text, _place(design, shape, over=over), _TEXT, colour)
        for text, over in ((design.text.top, True), (design.text.bottom, False))
        if text
    )
    if design.branding:
        place = _branding(design, shape)
        figures += lettering.draw(design.branding, place, _BRANDING, colour)
    return figures


def _branding(design: Design, shape: Shape) -> Straight | Bent:
    """Return where the line goes that names who issues the badge: under all else, if there is room."""
    place = _place(design, shape, over=False)
    high = lettering.size(design.text.bottom, place, _TEXT) if design.text.bottom else 0
    if isinstance(place, Bent):
        radius = place.radius - high / 2 - 16 if high else place.radius + 10
        return place._replace(radius=radius, width=radius * 1.6)
    x, y = place.middle
    return Straight((x, y + (high / 2 + 20 if high else 0)), place.width * 0.8)


def _label(design: Design, ribbon: Drawn) -> str:
    """Return the words on the ribbon."""
    text = design.ribbon.label
    return lettering.draw(text, ribbon.words, _LABEL, design.painted.label) if text else ""
