"""Features of SVG and CSS: how browsers draw them, and which are rejected.

The colors were read from Chromium; `tests/browser/test_svg_features.py` reads them again.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.imaging.pictures import svg

BOX = 'viewBox="0 0 100 100"'
SIDE = 100  # pixels along the longer side


class Drawn(NamedTuple):
    """An image, and its colors in hexadecimal at some points, in pixels."""

    inside: str
    points: str
    root: str = BOX

    @property
    def content(self) -> bytes:
        """The file."""
        return svg(self.inside, self.root)

    @property
    def colors(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        """The colors by point, each as red, green, blue and opacity."""
        words = self.points.split()
        found = {}
        for point, color in zip(words[::2], words[1::2], strict=True):
            x, y = point.split(",")
            parts = bytes.fromhex("00000000" if color == "none" else color.ljust(8, "f"))
            found[int(x), int(y)] = (parts[0], parts[1], parts[2], parts[3])
        return found


# fmt: off
DRAWN: dict[str, Drawn] = {
    'mm and pt': Drawn(
        '<circle cx="50" cy="50" r="10mm" fill="#eee" stroke="red" stroke-width="6pt"/>',
        '5,5 none  35,15 ff0000  35,25 eeeeee',
    ),
    'in, cm, pc, and Q': Drawn(
        '<rect width="0.5in" height="1cm"/><rect y="50" width="3pc" height="40Q"/>',
        '5,55 000000  15,55 000000  55,5 none',
    ),
    'units in capitals': Drawn(
        '<rect width="10MM" height="20PX"/>',
        '5,5 000000  15,5 000000  45,5 none',
    ),
    'em': Drawn(
        '<g font-size="10"><rect width="5em" height="2em"/></g>',
        '5,5 000000  55,5 none',
    ),
    'rem': Drawn(
        '<rect width="5rem" height="2em" style="stroke:red;stroke-width:.5rem"/>',
        '5,5 000000  15,5 000000  55,5 none',
        'viewBox="0 0 100 100" font-size="10"',
    ),
    'percent': Drawn(
        '<rect width="50%" height="20%" stroke="red" stroke-width="5%"/><circle r="20%" cx="60%" cy="60%"/>',
        '5,5 000000  55,5 none',
    ),
    'size in mm with a view box': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red"/>',
        '5,5 none  15,15 ff0000',
        'viewBox="0 0 100 100" width="50mm" height="50mm"',
    ),
    'size in mm without a view box': Drawn(
        '<rect width="25mm" height="25mm"/>',
        '5,5 000000  55,5 none',
        'width="50mm" height="50mm"',
    ),
    'size in percent': Drawn(
        '<rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,15 000000',
        'viewBox="0 0 100 100" width="100%" height="100%"',
    ),
    'size in styles': Drawn(
        '<rect x="10" y="10" width="60" height="60" />',
        '25,15 none  25,25 none  45,15 000000',
        'viewBox="0 0 50 100" style="width:40px;height:40px"',
    ),
    'width only': Drawn(
        '<rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,15 000000',
        'viewBox="0 0 100 100" width="40"',
    ),
    'other proportions': Drawn(
        '<rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,45 000000',
        'viewBox="0 0 100 50" width="40" height="40"',
    ),
    'root stretched': Drawn(
        '<rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,25 000000',
        'viewBox="0 0 100 50" width="40" height="40" preserveAspectRatio="none"',
    ),
    'color behind the root': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red"/>',
        '5,5 00aa00  15,5 00aa00  15,15 ff0000',
        'viewBox="0 0 100 100" style="background:#0a0"',
    ),
    'color behind other proportions': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red"/>',
        '5,5 0000ff80  15,5 0000ff80  15,45 ff0000',
        'viewBox="0 0 100 50" width="40" height="40" style="background-color:rgb(0 0 255 / 50%)"',
    ),
    'rgb with blanks': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="rgb(200 80 40 / 50%)"/>',
        '15,15 c7502880  25,15 c7502880  5,5 none',
    ),
    'rgb with commas': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="rgba(200,80,40,.5)"/>',
        '5,5 none  15,15 c7502880',
    ),
    'hsl with blanks': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="hsl(120deg 50% 50% / .5)"/>',
        '15,15 40bf4080  25,15 40bf4080  5,5 none',
    ),
    'hwb': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="hwb(120 20% 20%)"/>',
        '15,15 33cc33  25,15 33cc33  5,5 none',
    ),
    'lab': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="lab(50% 40 20)"/>',
        '15,15 b95857  25,15 b95857  5,5 none',
    ),
    'lch': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="lch(50% 40 20)"/>',
        '15,15 b45b62  25,15 b45b62  5,5 none',
    ),
    'oklab': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="oklab(60% .1 .1)"/>',
        '15,15 c3602e  25,15 c3602e  5,5 none',
    ),
    'oklch': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="oklch(60% 0.15 50)"/>',
        '15,15 c46016  25,15 c46016  5,5 none',
    ),
    'oklch out of gamut': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="oklch(60% 0.4 150)"/>',
        '15,15 00b300  25,15 00b300  5,5 none',
    ),
    'color(srgb)': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="color(srgb 1 .5 0)"/>',
        '15,15 ff8000  25,15 ff8000  5,5 none',
    ),
    'color(srgb-linear)': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="color(srgb-linear 1 .5 0)"/>',
        '15,15 ffbc00  25,15 ffbc00  5,5 none',
    ),
    'color(display-p3)': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="color(display-p3 1 .2 0)"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'color(xyz)': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="color(xyz .3 .4 .5)"/>',
        '15,15 5cb8b5  25,15 5cb8b5  5,5 none',
    ),
    'eight digits': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="#c8502880"/>',
        '5,5 none  15,15 c7502880',
    ),
    'four digits': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="#c528"/>',
        '5,5 none  15,15 cc542288',
    ),
    'rebeccapurple': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="rebeccapurple"/>',
        '15,15 663399  25,15 663399  5,5 none',
    ),
    'a name in capitals': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="RED"/>',
        '5,5 none  15,15 ff0000',
    ),
    'numbers with fractions': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="rgb(127.5,20.3,1e2)"/>',
        '5,5 none  15,15 801464',
    ),
    'light-dark()': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="fill:light-dark(red,blue)"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'an invalid color is ignored': Drawn(
        '<g fill="red"><rect x="10" y="10" width="60" height="60" fill="nocolor"/></g>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'the last valid color counts': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="fill:red;fill:nocolor"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'currentColor': Drawn(
        '<g color="red"><rect x="10" y="10" width="60" height="60" fill="currentColor"/></g>',
        '5,5 none  15,15 ff0000',
    ),
    'currentColor of a copy': Drawn(
        '<symbol id="s"><rect width="50" height="50" fill="currentColor"/></symbol><use href="#s" color="red"/>',
        '5,5 ff0000  55,5 none',
    ),
    'colors of a gradient': Drawn(
        '<linearGradient id="g"><stop stop-color="rgb(255 0 0 / .5)"/><stop offset="1" stop-color="hsl(240 100% 50%)"/></linearGradient><rect x="10" y="10" width="60" height="60" fill="url(#g)"/>',
        '5,5 none',
    ),
    'flood-color': Drawn(
        '<filter id="f"><feFlood flood-color="rgb(255 0 0 / .5)"/></filter><rect x="10" y="10" width="60" height="60" filter="url(#f)"/>',
        '15,15 ff000080  25,15 ff000080  85,5 none',
    ),
    'a variable of the root': Drawn(
        '<style>:root{--a:#c00}rect{fill:var(--a)}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 cc0000  25,15 cc0000  5,5 none',
    ),
    'a variable in an attribute style': Drawn(
        '<g style="--a:#c00"><rect x="10" y="10" width="60" height="60" style="fill:var(--a)"/></g>',
        '15,15 cc0000  25,15 cc0000  5,5 none',
    ),
    'a variable in a variable': Drawn(
        '<style>:root{--a:12;--b:rgb(var(--a) 80 40)}rect{fill:var(--b)}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 0c5028  25,15 0c5028  5,5 none',
    ),
    'a missing variable with a fallback': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="fill:var(--a, lime)"/>',
        '15,15 00ff00  25,15 00ff00  5,5 none',
    ),
    'a missing variable': Drawn(
        '<g fill="red"><rect x="10" y="10" width="60" height="60" fill="blue" style="fill:var(--a)"/></g>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'variables in a circle': Drawn(
        '<style>:root{--a:var(--b);--b:var(--a)}rect{fill:var(--a,red)}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'inherit': Drawn(
        '<g opacity=".5"><rect width="50" height="50" opacity="inherit"/></g>',
        '5,5 00000040  55,5 none',
    ),
    'initial': Drawn(
        '<g fill="red"><rect width="50" height="50" style="fill:initial"/></g>',
        '5,5 000000  55,5 none',
    ),
    'unset': Drawn(
        '<g fill="red"><rect width="50" height="50" fill="blue" style="fill:unset"/></g>',
        '5,5 ff0000  15,5 ff0000  55,5 none',
    ),
    '!important': Drawn(
        '<style>rect{fill:red !important}</style><rect x="10" y="10" width="60" height="60" style="fill:blue"/>',
        '5,5 none  15,15 ff0000',
    ),
    'specificity': Drawn(
        '<style>#a{fill:red}.b.b{fill:blue}rect{fill:lime}</style><rect x="10" y="10" width="60" height="60" id="a" class="b"/>',
        '5,5 none  15,15 ff0000',
    ),
    'properties in capitals': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="FILL:red"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'a style before an attribute': Drawn(
        '<style>rect{fill:red}</style><rect x="10" y="10" width="60" height="60" fill="blue"/>',
        '5,5 none  15,15 ff0000',
    ),
    ':nth-child()': Drawn(
        '<style>rect:nth-child(2n){fill:red}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '5,5 ff0000  15,5 ff0000  25,5 none  35,5 000000',
    ),
    ':nth-last-of-type()': Drawn(
        '<style>rect:nth-last-of-type(2){fill:red}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '35,5 ff0000  45,5 ff0000  5,5 000000  25,5 none',
    ),
    ':not()': Drawn(
        '<style>rect:not(:first-of-type){fill:red}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '35,5 ff0000  45,5 ff0000  5,5 000000  25,5 none',
    ),
    ':is()': Drawn(
        '<style>:is(g,rect):last-child{fill:red}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '65,5 ff0000  75,5 ff0000  5,5 000000  25,5 none',
    ),
    ':where()': Drawn(
        '<style>rect{fill:red} :where(rect:last-child){fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '5,5 ff0000  25,5 none',
    ),
    'siblings': Drawn(
        '<style>rect ~ rect{fill:red} rect + rect + rect{fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '35,5 ff0000  45,5 ff0000  5,5 000000  25,5 none',
    ),
    'attributes': Drawn(
        '<style>[x^=\'3\']{fill:red}[x$=\'0\' ][x=\'60\']{fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '35,5 ff0000  45,5 ff0000  65,5 0000ff  5,5 000000',
    ),
    'descendants': Drawn(
        '<style>svg > g rect{fill:red}svg rect{fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '5,5 0000ff  25,5 none',
    ),
    ':hover': Drawn(
        '<style>rect{fill:red}rect:hover{fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '5,5 ff0000  25,5 none',
    ),
    'an unknown selector ends its rule': Drawn(
        '<style>rect{fill:red} rect:, rect{fill:blue}</style><rect width="20" height="20"/><rect x="30" width="20" height="20"/><rect x="60" width="20" height="20"/>',
        '5,5 ff0000  15,5 ff0000  25,5 none',
    ),
    '@media screen': Drawn(
        '<style>@media screen{rect{fill:red}}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    '@media print': Drawn(
        '<style>@media print{rect{fill:red}}</style><rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,15 000000',
    ),
    '@media for dark screens': Drawn(
        '<style>@media (prefers-color-scheme: dark){rect{fill:red}}</style><rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,15 000000',
    ),
    'a style sheet for print': Drawn(
        '<style media="print">rect{fill:red}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 000000  25,15 000000  5,5 none',
    ),
    'a font that is not used': Drawn(
        '<style>@font-face{font-family:a;src:url(https://example.org/a.woff)}rect{fill:red}</style><rect x="10" y="10" width="60" height="60" />',
        '5,5 none  15,15 ff0000',
    ),
    'sizes in styles': Drawn(
        '<style>circle{r:20px;cx:50px;cy:50px;fill:red}</style><circle/>',
        '45,35 ff0000  55,35 ff0000  5,5 none',
    ),
    'sizes without units in styles': Drawn(
        '<circle r="20" cx="50" cy="50" style="r:5;stroke-width:9" stroke="red"/>',
        '35,35 none  45,35 none',
    ),
    'em in styles': Drawn(
        '<style>rect{width:3em;height:3em;font-size:10px}</style><rect/>',
        '5,5 000000  15,5 000000  35,5 none',
    ),
    'a path in styles': Drawn(
        '<style>path{d:path("M10 10h50v50z")}</style><path d="M0 0"/>',
        '25,15 000000  35,15 000000  5,5 none',
    ),
    'a negative width of a stroke': Drawn(
        '<rect x="10" y="10" width="60" height="60" stroke="red" stroke-width="-5"/>',
        '5,5 none  15,15 000000',
    ),
    'transform in styles': Drawn(
        '<style>rect{transform:translate(10px,10px) rotate(10deg)}</style><rect x="10" y="10" width="60" height="60" />',
        '15,15 none  25,15 none  15,75 000000',
    ),
    'transform: scale and skew': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="transform:scale(50%) skewX(10deg) translateX(1mm)"/>',
        '45,15 none  55,15 none  15,15 000000',
    ),
    'transform: none': Drawn(
        '<rect x="10" y="10" width="60" height="60" transform="rotate(20)" style="transform:none"/>',
        '5,5 none  15,15 000000',
    ),
    'transform-origin of an attribute': Drawn(
        '<rect x="10" y="10" width="60" height="60" transform="rotate(20)" transform-origin="50 50"/>',
        '5,5 none  35,5 000000',
    ),
    'transform-origin in px': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="transform:rotate(20deg);transform-origin:50px 20px"/>',
        '25,5 000000  5,35 000000  65,45 none',
    ),
    'transform-origin: center': Drawn(
        '<rect x="10" y="10" width="60" height="60" style="transform:rotate(20deg);transform-origin:center"/>',
        '55,25 000000  35,35 none',
        'viewBox="-20 -20 100 100"',
    ),
    'transform of a pattern': Drawn(
        '<pattern id="p" width="40" height="40" patternUnits="userSpaceOnUse" style="transform:rotate(45deg)"><rect width="20" height="40"/></pattern><rect x="10" y="10" width="60" height="60" fill="url(#p)"/>',
        '15,25 none  15,35 none  35,35 000000',
    ),
    'clip-path': Drawn(
        '<clipPath id="c"><circle cx="50" cy="50" r="20"/></clipPath><rect x="10" y="10" width="60" height="60" style="clip-path:url(#c)"/>',
        '5,5 none  45,35 000000',
    ),
    'mask': Drawn(
        '<mask id="m" style="mask-type:alpha"><rect width="50" height="100"/></mask><rect x="10" y="10" width="60" height="60" fill="red" style="mask:url(#m)"/>',
        '5,5 none  15,15 ff0000',
    ),
    'mix-blend-mode': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red"/><rect x="30" y="30" width="60" height="60" fill="#0ff8" style="mix-blend-mode:multiply"/>',
        '5,5 none  15,15 ff0000  35,35 770000  75,35 00ffff88',
    ),
    'isolation': Drawn(
        '<rect width="100" height="100" fill="red"/><g style="isolation:isolate"><rect x="30" y="30" width="60" height="60" fill="#0ff" style="mix-blend-mode:difference"/></g>',
        '5,5 ff0000  35,35 00ffff',
    ),
    'filter functions': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="#c84" style="filter:brightness(1.2) contrast(80%) grayscale(.3) invert(.2) sepia(.4) opacity(.8)"/>',
        '5,5 none  15,15 b9a080cc',
    ),
    'hue-rotate()': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="#c84" filter="hue-rotate(90deg) saturate(.5)"/>',
        '5,5 none  15,15 6ba074',
    ),
    'a missing filter': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red" filter="url(#no)"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'paint-order': Drawn(
        '<rect x="10" y="10" width="60" height="60" fill="red" stroke="blue" stroke-width="20" style="paint-order:stroke"/>',
        '5,5 0000ff  85,5 none  15,15 ff0000',
    ),
    'marker in styles': Drawn(
        '<marker id="m" markerWidth="3" markerHeight="3"><rect width="3" height="3"/></marker><path d="M20 20h50v50" fill="none" stroke="red" stroke-width="8" style="marker:url(#m)"/>',
        '5,5 none  25,25 000000',
    ),
    'dashes in styles': Drawn(
        '<path d="M10 20h80" stroke="red" stroke-width="30" style="stroke-dasharray:20px,20px"/>',
        '5,5 none  15,15 ff0000',
    ),
    'markers of a circle': Drawn(
        '<marker id="m" markerWidth="3" markerHeight="3"><rect width="3" height="3" fill="blue"/></marker>'
        '<g style="marker:url(#m)" stroke-width="9"><circle cx="50" cy="50" r="30" fill="red"/></g>',
        '50,50 ff0000  85,55 none',
    ),
    'Illustrator’s switch': Drawn(
        '<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/" width="1" height="1"><p xmlns="u">text</p></foreignObject><g><rect x="10" y="10" width="60" height="60" fill="red"/></g></switch>',
        '5,5 none  15,15 ff0000',
    ),
    'a choice by features': Drawn(
        '<switch><rect requiredFeatures="http://x" width="50" height="50" fill="red"/><rect width="50" height="50" fill="lime"/></switch>',
        '5,5 ff0000  15,5 ff0000  55,5 none',
    ),
    'an extension outside of a choice': Drawn(
        '<rect requiredExtensions="http://x" width="50" height="50" fill="red"/>',
        '5,5 none',
    ),
    'a choice with no extension': Drawn(
        '<switch><rect requiredExtensions="" width="50" height="50" fill="red"/><rect width="50" height="50" fill="lime"/></switch>',
        '5,5 00ff00  55,5 none',
    ),
    'a link': Drawn(
        '<a href="https://example.org/" fill="red" class="a"><rect width="50" height="50"/></a>',
        '5,5 ff0000  55,5 none',
    ),
    'repeated ids': Drawn(
        '<linearGradient id="g"><stop stop-color="red"/></linearGradient><linearGradient id="g"><stop stop-color="blue"/></linearGradient><rect x="10" y="10" width="60" height="60" fill="url(#g)"/>',
        '15,15 ff0000  25,15 ff0000  5,5 none',
    ),
    'elements of others': Drawn(
        '<b:g xmlns:b="u"><rect width="40" height="40"/></b:g><rect x="50" width="40" height="40"/>',
        '5,5 none  55,5 000000',
    ),
}

RECT = '<rect x="10" y="10" width="60" height="60" {}/>'
# What is rejected, and how the message calls it
REFUSED: dict[str, tuple[str, str]] = {
    "vw": ('<rect width="5vw" height="9"/>', "5vw"),
    "vh in styles": (RECT.format('style="stroke-width:2vh"'), "2vh"),
    "ch": (RECT.format('stroke-width="2ch"'), "2ch"),
    "ex": ('<rect width="5ex" height="9"/>', "5ex"),
    "dvmin": ('<rect width="5dvmin" height="9"/>', "5dvmin"),
    "calc()": ('<rect width="calc(20px + 10%)" height="40"/>', "calc()"),
    "min() in styles": ('<rect style="width:min(9px,8px);height:9px"/>', "min()"),
    "color-mix()": (RECT.format('style="fill:color-mix(in srgb, red, blue)"'), "color-mix()"),
    "relative colors": (RECT.format('fill="rgb(from red r g 128)"'), "rgb()"),
    "color(rec2020)": (RECT.format('fill="color(rec2020 1 0 0)"'), "color(rec2020 …)"),
    "colors of the system": (RECT.format('fill="CanvasText"'), "CanvasText"),
    "variables in copies": (
        '<symbol id="s"><rect width="9" height="9" style="fill:var(--a)"/></symbol>'
        '<use href="#s" style="--a:red"/><g style="--a:blue"><rect style="fill:var(--a)"/></g>', "var() + <use>",
    ),
    "clip-path: circle()": (RECT.format('clip-path="circle(20px)"'), "clip-path: circle()"),
    "clip-path: polygon()": (RECT.format('style="clip-path:polygon(0 0,9px 0,0 9px)"'), "clip-path: polygon()"),
    "clip-path: path()": (RECT.format("style=\"clip-path:path('M0 0h9v9z')\""), "clip-path: path()"),
    "a mask of a gradient": (RECT.format('style="mask:linear-gradient(#000,transparent)"'), "mask: linear-gradient()"),
    "mask-image": (RECT.format('style="mask-image:linear-gradient(#000,transparent)"'), "mask-image"),
    "a mask of a mask": ('<mask id="a"/><mask id="b" mask="url(#a)"/>' + RECT.format('mask="url(#b)"'), "<mask mask>"),
    "transform-box: fill-box": (
        RECT.format('style="transform:rotate(9deg);transform-box:fill-box"'), "transform-box: fill-box",
    ),
    "transform in space": (RECT.format('style="transform:rotateX(9deg)"'), "transform: rotatex()"),
    "transform in percent": (RECT.format('style="transform:translate(9%)"'), "translate(9%)"),
    "rotate": (RECT.format('style="rotate:9deg"'), "rotate: 9deg"),
    "scale": (RECT.format('style="scale:2"'), "scale: 2"),
    "offset-path": (RECT.format("style=\"offset-path:path('M0 0h9')\""), "offset-path"),
    "vector-effect": (RECT.format('vector-effect="non-scaling-stroke"'), "vector-effect: non-scaling-stroke"),
    "pathLength": ('<path pathLength="9" d="M0 9h80" stroke="red" stroke-dasharray="1"/>', "pathLength"),
    "filter: blur()": (RECT.format('style="filter:blur(4px)"'), "filter: blur()"),
    "filter: drop-shadow()": (RECT.format('style="filter:drop-shadow(1px 1px 1px red)"'), "filter: drop-shadow()"),
    "a filter and a function": (RECT.format('style="filter:url(#a) invert(1)"'), "filter: url(#a) invert(1)"),
    "lighting": ('<filter id="a"><feSpecularLighting/></filter>', "<feSpecularLighting>"),
    "feDisplacementMap": ('<filter id="a"><feDisplacementMap/></filter>', "<feDisplacementMap>"),
    "feConvolveMatrix": ('<filter id="a"><feConvolveMatrix/></filter>', "<feConvolveMatrix>"),
    "feBlend by hue": ('<filter id="a"><feBlend mode="hue"/></filter>', '<feBlend mode="hue">'),
    "mix-blend-mode: color": (RECT.format('style="mix-blend-mode:color"'), "mix-blend-mode: color"),
    "BackgroundImage": ('<filter id="a"><feOffset in="BackgroundImage"/></filter>', "BackgroundImage"),
    "color-interpolation": (RECT.format('color-interpolation="linearRGB"'), "color-interpolation: linearRGB"),
    "refX of a symbol": ('<symbol id="s" refX="5"/><use href="#s"/>', "<symbol refX"),
    "systemLanguage": ('<switch><g systemLanguage="de"/><g/></switch>', "systemLanguage"),
    "SMIL": (RECT.format("")[:-2] + '><animate attributeName="x" to="9"/></rect>', "<animate>"),
    "animation": (RECT.format('style="animation:turn 2s"'), "animation: turn 2s"),
    "display: contents": ('<g style="display:contents"/>', "display: contents"),
    "all": (RECT.format('style="all:inherit"'), "all: inherit"),
    "@supports": ("<style>@supports (fill: red){rect{fill:red}}</style>", "@supports"),
    "@layer": ("<style>@layer a{rect{fill:red}}</style>", "@layer"),
    "@container": ("<style>@container (width > 9px){rect{fill:red}}</style>", "@container"),
    "@property": ("<style>@property --a{syntax:'*';inherits:false}</style>", "@property"),
    "@media of a width": ("<style>@media (min-width: 9px){rect{fill:red}}</style>", "@media (min-width: 9px)"),
    "nested rules": ("<style>g{&amp; rect{fill:red}}</style>", "& rect {}"),
    ":has()": ("<style>g:has(rect){fill:red}</style>", ":has()"),
    ":nth-child(of)": ("<style>rect:nth-child(2 of .a){fill:red}</style>", ":nth-child()"),
    ":lang()": ("<style>rect:lang(de){fill:red}</style>", ":lang()"),
    "names with a namespace": ("<style>@namespace url(http://www.w3.org/1999/xhtml);</style>", "@namespace"),
}  # fmt: skip
