"""Uploaded SVG: scripts, external references and expansion are rejected; the rest is unchanged."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import limits
from chalicelib.errors import PictureRefused
from chalicelib.imaging import svg as svg_reader
from tests.imaging.pictures import GIF, JPEG, SVG, png, svg


def refused(content: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        svg_reader.read(content)
    return refusal.value.message


def embedded(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


PATH = '<path d="M0 0h9v9z"/>'
PROLOG = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with an editor (http://www.example.org/) -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
"""
FINE = {
    "a shape": svg(PATH),
    "what editors begin with": PROLOG + svg(PATH),
    "a byte order mark": b"\xef\xbb\xbf" + svg(PATH),
    "UTF-16": svg(PATH).decode().encode("utf-16"),
    "editors' own names": svg(
        '<sodipodi:namedview pagecolor="#fff" inkscape:onclick="x"/><metadata><rdf:RDF>'
        '<cc:Work rdf:about="http://example.org/"/></rdf:RDF></metadata>' + PATH,
        'xmlns:inkscape="i" xmlns:sodipodi="s" xmlns:rdf="r" xmlns:cc="c"',
    ),
    "a style sheet": svg(
        "<style>@media all { .a { fill: url( '#g' ); } } /* all are red */</style>"
        f'<linearGradient id="g"/><g class="a">{PATH}</g>'
    ),
    "an empty text": svg("<text> <tspan/>\n</text>"),
    "a title": svg("<title>Text</title><desc>More</desc>" + PATH),
    "copies": svg(f'<g id="a">{PATH}</g><use xlink:href="#a"/><use href="#a" x="5"/>'),
    "what refers to itself": svg('<g id="a"><use href="#a"/></g>'),
    "a link within": svg(f'<a href="#a">{PATH}</a>'),
    "embedded pictures": svg(
        f'<image href="{embedded(png(9, 9))}"/><image xlink:href="{embedded(JPEG, "jpeg")}"/>'
        f'<image href=" {embedded(GIF, "gif")}\n"/><image href=""/>'
    ),
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE)
def test_pictures_as_editors_write_them_are_taken_as_they_are(content: bytes) -> None:
    read = svg_reader.read(content)
    assert read.encode() == (content if content[0] == ord("<") else read.encode())
    assert read.endswith("</svg>")
    assert svg_reader.looks_like(content)


@pytest.mark.parametrize("content", [b"", b"text", png(1, 1), JPEG, GIF, b"\x1f\x8b", b"\xff\xfe"])
def test_what_does_not_begin_as_xml_is_no_svg(content: bytes) -> None:
    assert not svg_reader.looks_like(content)


ATTRIBUTES = " ".join(f'a{number}=""' for number in range(svg_reader.MOST_ATTRIBUTES))
REFUSED = {
    # scripts
    "a script": (svg("<script>alert(1)</script>"), "script"),
    "a script of another name space": (svg('<x:SCRIPT xmlns:x="y"/>'), "script"),
    "an event": (svg('<g onload="alert(1)"/>'), "script"),
    "an event in capitals": (svg('<g ONCLICK=""/>'), "script"),
    "a web page": (svg("<foreignObject><p/></foreignObject>"), "web page"),
    # external references
    "a file": (svg('<image href="/etc/passwd"/>'), "outside"),
    "a file's address": (svg('<image xlink:href="file:///etc/passwd"/>'), "outside"),
    "another site": (svg('<image href="https://example.org/a.png"/>'), "outside"),
    "a part of another file": (svg('<use href="other.svg#a"/>'), "outside"),
    "a link": (svg(f'<a xlink:href="https://example.org">{PATH}</a>'), "outside"),
    "a script's address": (svg(f'<a href=" JavaScript:alert(1)">{PATH}</a>'), "outside"),
    "an attribute": (svg('<g fill="url(http://example.org/#a)"/>'), "outside"),
    "a style": (svg("<g style=\"fill: URL( 'a.svg#b' )\"/>"), "outside"),
    "an escaped style": (svg(r'<g style="fill:\75 r\6c(//a)"/>'), "outside"),
    "a style behind a comment": (svg('<g style="fill:url(/*#*/a)"/>'), "outside"),
    "an import": (svg("<style>@IMPORT 'a.css';</style>"), "outside"),
    "an import behind a comment": (svg("<style>@im/**/port 'a.css';</style>"), "outside"),
    "a font": (svg("<style>@font-face{src:url(//a)}</style>"), "outside"),
    "an SVG picture inside": (svg(f'<image href="{embedded(svg(""), "svg+xml")}"/>'), "outside"),
    "data that is not in base64": (svg('<image href="data:image/png,abc"/>'), "outside"),
    "data where no picture is": (svg(f'<use href="{embedded(png(9, 9))}"/>'), "outside"),
    # expansion
    "entities": (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "DOCTYPE"),
    "a DOCTYPE with declarations": (b"<!DOCTYPE svg []>" + svg(""), "DOCTYPE"),
    "an entity from elsewhere": (PROLOG + svg("&a;"), "DOCTYPE"),
    "too many elements": (svg("<g/>" * svg_reader.MOST_NODES), "too many"),
    "too many attributes": (svg(f"<g {ATTRIBUTES}/>"), "too many"),
    "elements too deep": (svg("<g>" * 100 + "</g>" * 100), "too many"),
    "a long attribute": (svg(f'<g d="{"x" * (svg_reader.LONGEST + 1)}"/>'), "too many"),
    "a long style": (svg(f"<style>{' ' * (svg_reader.LONGEST_STYLE + 1)}</style>"), "too many"),
    "pictures with too many pixels": (
        svg(f'<image href="{embedded(png(4000, 2000))}"/>' * 2), "too many",
    ),
    "copies of a picture with too many pixels": (
        svg(f'<image id="a" href="{embedded(png(2000, 2000))}"/>' + '<use href="#a"/>' * 4),
        "too many",
    ),
    # other problems
    "a damaged picture inside": (svg(f'<image href="{embedded(png(9, 9)[:-9])}"/>'), "damaged"),
    "bad base64": (svg('<image href="data:image/png;base64,?"/>'), "damaged or not an SVG"),
    "instructions": (b'<?xml-stylesheet href="a"?>' + svg(""), "instructions"),
    "text": (svg("<text>Hello</text>"), "paths"),
    "text further inside": (svg('<text><tspan><a href="#a">Hello</a></tspan></text>'), "paths"),
    "a web page alone": (b"<html><body/></html>", "damaged or not an SVG"),
    "no name space": (b"<svg/>", "damaged or not an SVG"),
    "half of it": (svg(PATH)[:-5], "damaged or not an SVG"),
    "two of them": (svg("") * 2, "damaged or not an SVG"),
    "no characters": (svg("\xff").decode().encode("latin-1"), "damaged or not an SVG"),
    "half of UTF-16": (b"\xff\xfe<", "damaged or not an SVG"),
    "too large": (svg(f"<!--{'x' * limits.PICTURE}-->"), "5 MB"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_may_do_harm_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refused(content)


def levels(element: str, reference: str) -> bytes:
    """Return an image in which each level refers ten times to the level below."""
    inside = f'<{element} id="a0">{PATH}</{element}>'
    for number in range(1, 9):
        copies = reference.format(number - 1) * 10
        inside += f'<{element} id="a{number}">{copies}</{element}>'
    return svg(f"<defs>{inside}</defs>" + reference.format(8))


@pytest.mark.parametrize(
    ("element", "reference"),
    [
        ("g", '<use href="#a{0}"/>'),
        ("symbol", '<use xlink:href="#a{0}"/>'),
        ("pattern", '<path fill="url(#a{0})" d="M0 0h9v9z"/>'),
        ("mask", '<path style="mask: url(\'#a{0}\')" d="M0 0h9v9z"/>'),
        ("clipPath", '<path clip-path="url(#a{0})" d="M0 0h9v9z"/>'),
        ("marker", '<path marker-mid="url(#a{0})" d="M0 0h9v9z"/>'),
    ],
)
def test_copies_of_copies_are_counted(element: str, reference: str) -> None:
    assert "too many" in refused(levels(element, reference))


@pytest.mark.parametrize("step", [1, -1])
def test_long_chains_of_references_are_too_deep(step: int) -> None:
    chain = "".join(f'<use id="u{n}" href="#u{n + step}"/>' for n in range(5000))
    assert "too many" in refused(svg(chain))


@given(st.binary(max_size=200) | st.text(st.sampled_from("<>/&;#x[]!-?= \"'svgurl()"), max_size=80).map(
    lambda text: f"<svg {SVG}>{text}</svg>".encode()
))  # fmt: skip
def test_anything_is_read_or_refused(content: bytes) -> None:
    try:
        assert "svg" in svg_reader.read(content)
    except PictureRefused:
        return
