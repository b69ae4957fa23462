"""Uploaded SVG: scripts, external references and expansion are rejected; leftovers are dropped."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import limits
from chalicelib.errors import PictureRefused
from chalicelib.imaging.svg import decoding, tree
from chalicelib.imaging.svg import reader as svg_reader
from tests.imaging.pictures import GIF, JPEG, SVG, oriented, png, svg


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
ILLUSTRATOR = b"""<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
<!ENTITY ns_svg "http://www.w3.org/2000/svg">
<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
]>
<svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" viewBox="0 0 9 9"><switch>
<foreignObject requiredExtensions="&ns_ai;" width="1" height="1"><i:pgfRef/>text</foreignObject>
<g i:extraneous="self"><path d="M0 0h9v9z"/></g></switch></svg>"""
FINE = {
    "a shape": svg(PATH),
    "what editors begin with": PROLOG + svg(PATH),
    "a byte order mark": b"\xef\xbb\xbf" + svg(PATH),
    "UTF-16": svg(PATH).decode().encode("utf-16"),
    "editors' own names": svg(
        '<sodipodi:namedview pagecolor="#fff" inkscape:onclick="x"/><metadata><rdf:RDF>'
        '<cc:Work rdf:about="http://example.org/"/></rdf:RDF></metadata>' + PATH,
        'viewBox="0 0 9 9" xmlns:inkscape="i" xmlns:sodipodi="s" xmlns:rdf="r" xmlns:cc="c"',
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
    "a link": svg(f'<a xlink:href="https://example.org">{PATH}</a>'),
    "a DOCTYPE with nothing inside": b"<!DOCTYPE svg []>" + svg(PATH),
    "names of Illustrator": ILLUSTRATOR,
    "the frame of XMP": svg("<metadata><?xpacket begin='' id='a'?></metadata>" + PATH),
    "a font": svg("<style>@font-face{src:url(//a)}</style>" + PATH),
    "embedded pictures": svg(
        f'<image href="{embedded(png(9, 9))}"/><image xlink:href="{embedded(JPEG, "jpeg")}"/>'
        f'<image href=" {embedded(GIF, "gif")}\n"/><image href=""/>'
    ),
}


@pytest.mark.parametrize("content", FINE.values(), ids=FINE)
def test_pictures_as_editors_write_them_are_taken(content: bytes) -> None:
    read = svg_reader.read(content)
    assert read.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert read.endswith(("</svg>", "/>"))
    assert svg_reader.looks_like(content)


def test_what_has_no_effect_is_not_in_the_result() -> None:
    for name in (
        "a link",
        "names of Illustrator",
        "the frame of XMP",
        "a font",
        "editors' own names",
    ):
        read = svg_reader.read(FINE[name])
        assert 'd="M0 0h9v9z"' in read
        assert not {"href", "foreignObject", "metadata", "style", "inkscape", "ENTITY"} & {
            *read.replace("<", " ").replace("=", " ").split()
        }


XML = '<?xml version="1.0" encoding="{}"?>\n'
CAFE = svg("<title>Café</title>" + PATH).decode()
ENCODED = {
    "ISO-8859-1": (XML.format("ISO-8859-1") + CAFE).encode("latin-1"),
    "Windows-1252": (XML.format("windows-1252") + CAFE.replace("é", "€")).encode("cp1252"),
    "ASCII that is not": (XML.format("us-ascii") + CAFE).encode("latin-1"),
    "UTF-16 with a mark": (XML.format("UTF-16") + CAFE).encode("utf-16"),
    "UTF-16 without a mark": (XML.format("UTF-16LE") + CAFE).encode("utf-16-le"),
    "big-endian UTF-16": (XML.format("UTF-16BE") + CAFE).encode("utf-16-be"),
    "UTF-8 that says UTF-16": (XML.format("utf-16") + CAFE).encode(),
    "UTF-8 with a mark": ("\ufeff" + XML.format("UTF-8") + CAFE).encode(),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_the_usual_encodings_are_read(content: bytes) -> None:
    assert svg_reader.looks_like(content)
    assert svg_reader.read(content) == svg_reader.read(svg(PATH))
    decoded = decoding.decode(content)
    assert ("Café" in decoded) or ("Caf€" in decoded)


def test_other_encodings_are_rejected_in_words() -> None:
    assert "UTF-8" in refused((XML.format("Shift_JIS") + CAFE).encode("utf-8"))


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: text[:40] + "&#10;" + text[40:],
        lambda text: text[:40] + "\n   " + text[40:],
        lambda text: text[:22] + quote(text[22:], safe=""),
    ],
    ids=["line breaks", "blanks", "in percent"],
)
def test_embedded_pictures_are_read_as_browsers_read_them(wrapped: Callable[[str], str]) -> None:
    uri = embedded(png(9, 9))
    assert f'href="{uri}"' in svg_reader.read(svg(f'<image href="{wrapped(uri)}"/>'))


@pytest.mark.parametrize("content", [b"", b"text", png(1, 1), JPEG, GIF, b"\x1f\x8b", b"\xff\xfe"])
def test_what_does_not_begin_as_xml_is_no_svg(content: bytes) -> None:
    assert not svg_reader.looks_like(content)


ATTRIBUTES = " ".join(f'a{number}=""' for number in range(tree.MOST_ATTRIBUTES))
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
    "an attribute": (svg('<g fill="url(http://example.org/#a)"/>'), "outside"),
    "a style": (svg("<g style=\"fill: URL( 'a.svg#b' )\"/>"), "outside"),
    "an escaped style": (svg(r'<g style="fill:\75 r\6c(//a)"/>'), "outside"),
    "a style behind a comment": (svg('<g style="fill:url(/*#*/a)"/>'), "outside"),
    "an import": (svg("<style>@IMPORT 'a.css';</style>"), "outside"),
    "an SVG picture inside": (svg(f'<image href="{embedded(svg(""), "svg+xml")}"/>'), "outside"),
    "data that is not in base64": (svg('<image href="data:image/png,abc"/>'), "outside"),
    "data where no picture is": (svg(f'<use href="{embedded(png(9, 9))}"/>'), "outside"),
    # expansion
    "an entity of a file": (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "a.txt">]>' + svg(""), "DOCTYPE"),
    "an entity with elements": (b'<!DOCTYPE svg [<!ENTITY a "<g/>">]>' + svg("&a;"), "DOCTYPE"),
    "an entity in an entity": (
        b'<!DOCTYPE svg [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>' + svg("&b;"), "DOCTYPE",
    ),
    "an entity of parameters": (b'<!DOCTYPE svg [<!ENTITY % a "b">]>' + svg(""), "DOCTYPE"),
    "a long entity": (b'<!DOCTYPE svg [<!ENTITY a "' + b"b" * 201 + b'">]>' + svg(""), "DOCTYPE"),
    "many entities": (
        b"<!DOCTYPE svg [" + b"".join(b'<!ENTITY a%d "b">' % n for n in range(51)) + b"]>" + svg(""),
        "DOCTYPE",
    ),
    "many uses of an entity": (
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(f"<title>{'&a;' * 1001}</title>"), "DOCTYPE",
    ),
    "attributes by a DOCTYPE": (
        b'<!DOCTYPE svg [<!ATTLIST g onload CDATA "alert(1)">]>' + svg("<g/>"), "DOCTYPE",
    ),
    "an entity from elsewhere": (PROLOG + svg("&a;"), "DOCTYPE"),
    "too many elements": (svg("<g/>" * tree.MOST_NODES), "too many"),
    "too many attributes": (svg(f"<g {ATTRIBUTES}/>"), "too many"),
    "elements too deep": (svg("<g>" * 100 + "</g>" * 100), "too many"),
    "a long attribute": (svg(f'<g d="{"x" * (tree.LONGEST + 1)}"/>'), "too many"),
    "a long style": (svg(f"<style>{' ' * (tree.LONGEST_STYLE + 1)}</style>"), "too many"),
    "a long number in an attribute": (svg(f'<g stroke-width="{"9" * 5000}"/>'), "too many"),
    "a long number in a style": (svg(f'<g style="opacity:{"9" * 5000}"/>'), "too many"),
    "a long number in a style sheet": (svg(f"<style>g{{opacity:{'9' * 5000}}}</style>"), "too many"),
    "a style sheet for a long number": (svg(f'<style media="{"9" * 5000}"/>'), "too many"),
    "brackets in brackets in a style sheet": (svg(f"<style>{'(' * 5000}</style>"), "too many"),
    "a style sheet for brackets in brackets": (svg(f'<style media="{"(" * 5000}"/>'), "too many"),
    "long classes and many selectors": (
        svg(f"<style>{'[class~=a],' * 4000}g{{}}</style>" + f'<g class="{"b " * 500}"/>' * 25),
        "too many",
    ),
    "a selector with many parts": (
        svg(f"<style>{'[class]' * 30_000}{{fill:red}}</style>" + '<g class="a"/>' * 100),
        "too many",
    ),
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
    "a photograph that lies on its side": (
        svg(f'<image href="{embedded(oriented(6), "jpeg")}"/>'), "image-orientation",
    ),
    "no size": (svg(PATH, ""), "viewBox"),
    "half a size": (svg(PATH, 'width="9" height="100%"'), "viewBox"),
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
