"""Builds the studio's packs from third-party work: `python -m infra.assets.packs`.

The graphics are Phosphor Icons (filled, without trademarks); the letters are Nunito ExtraBold. Both
come from the npm registry, in the versions pinned by digest below, and the packs are reproducible.
They are in the repository, so that running and testing need no downloads. `make packs` installs the
font tools and runs this.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.assets import npm

STUDIO = Path(__file__).parents[2] / "chalicelib" / "studio"
LICENCES = STUDIO / "licences"

PHOSPHOR = ("@phosphor-icons/core", "2.1.1")
PHOSPHOR_SHA512 = (
    "v4ARvrip4qBCImOE5rmPUylOEK4iiED9ZyKjcvzuezqMaiRASCHKcRIuvvxL/twvLpkfnEODCOJp5dM4eZilxQ=="
)
NUNITO = ("@expo-google-fonts/nunito", "0.4.2")
NUNITO_SHA512 = (
    "1KCWphw/I2ugqfs9iRHUCkPTnomNgGPtF4AvqVquoEKxr0EL+mcLNLgeixsslbaSFevRR6/KJAE3sc8g0VaY0Q=="
)
NUNITO_FILE = "800ExtraBold/Nunito_800ExtraBold.ttf"

# Words in the names of trademarked icons, which would suggest that a company issues the badge.
TRADEMARKS = {"airplay", "bluetooth", "finn", "lego", "logo"}
NO_TAGS = {"*new*", "*updated*"}  # Phosphor's notes about releases
# Search terms of badge designers that are missing from Phosphor's tags.
MEANT = {
    "achievement": "trophy medal star target certificate flag-checkered mountains",
    "beginner": "plant egg baby footprints",
    "coding": "code code-block terminal terminal-window keyboard",
    "collaboration": "handshake users-three puzzle-piece",
    "community": "users-three users-four globe hand-heart house",
    "creativity": "palette lightbulb paint-brush sparkle magic-wand",
    "engineering": "gear wrench ruler compass-tool crane",
    "expert": "star crown diamond brain",
    "helping": "hand-heart lifebuoy handshake heart",
    "leadership": "crown compass flag-banner megaphone",
    "learning": "book-open graduation-cap student brain lightbulb chalkboard-teacher",
    "making": "hammer wrench scissors toolbox",
    "mentor": "chalkboard-teacher handshake compass hand-heart",
    "participation": "ticket confetti hand check-circle users",
    "programming": "code code-block terminal terminal-window cpu",
    "reading": "book book-open books eyeglasses",
    "research": "microscope magnifying-glass flask binoculars detective",
    "safety": "shield-check hard-hat first-aid fire-extinguisher",
    "teamwork": "users-three handshake puzzle-piece",
    "volunteer": "hand-heart handshake heart",
    "winner": "trophy medal crown ranking",
    "writing": "pencil pencil-simple pen pen-nib notebook article",
}
# Categories of characters without an outline of their own: controls and combining marks.
NOT_ALONE = {"Cc", "Cf", "Co", "Mn"}

_ENTRY = re.compile(r'\n  \{\n    name: "(.+?)",\n(.+?)\n  \}', re.DOTALL)
_TAGS = re.compile(r"    tags: \[(.*?)\]", re.DOTALL)
_CATEGORIES = re.compile(r"    categories: \[(.*?)\]", re.DOTALL)
_ALIAS = re.compile(r'    alias: \{\s*name: "(.+?)"')
# Two lists have this form; the first, `e`, is for the icons, the second for a drawing tool.
_CATEGORY_NAMES = re.compile(r'i\.([A-Z]+) = "(.+?)"')
_TEXT = re.compile(r'"(.*?)"')
_PATH = re.compile(r'<path d="([^"]+)"/>')

Kerning = dict[str, int]


def packed(content: Any) -> bytes:
    """Return a pack: compressed JSON, reproducible byte by byte."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 9)


# Graphics


def described(catalog: str) -> dict[str, list[str]]:
    """Return the names in Phosphor's catalog, each with its search terms.

    Parameters
    ----------
    catalog : str
        The text of its `dist/index.mjs`.
    """
    categories = dict(_CATEGORY_NAMES.findall(catalog.partition("(e || {})")[0]))
    found = {}
    for name, rest in _ENTRY.findall(catalog):
        texts = _ALIAS.findall(rest)
        for tags in _TAGS.findall(rest):
            texts += [tag for tag in _TEXT.findall(tags) if tag not in NO_TAGS]
        for names in _CATEGORIES.findall(rest):
            texts += [categories[key] for key in re.findall(r"e\.([A-Z]+)", names)]
        texts += [word for word, named in MEANT.items() if name in named.split()]
        found[name] = texts
    return found


def words(texts: list[str]) -> list[str]:
    """Return the distinct case-folded words of some texts, for the search."""
    split = (word for text in texts for word in re.split(r"[\s\-/&,]+", text.casefold()))
    return list(dict.fromkeys(word for word in split if word))


def outline(svg: str) -> str:
    """Return all paths of an icon joined into one; each starts with an absolute M.

    Raises
    ------
    ValueError
        If the icon contains anything other than paths.
    """
    paths = _PATH.findall(svg)
    if not paths or len(paths) != svg.count("<") - 2 or {path[0] for path in paths} != {"M"}:
        raise ValueError(f"an icon is not made of plain paths: {svg[:200]}")
    return "".join(paths)


def graphics(catalog: str, svgs: Mapping[str, str]) -> list[list[str]]:
    """Return the graphics of the studio, in alphabetical order.

    Parameters
    ----------
    catalog : str
        The text of Phosphor's `dist/index.mjs`.
    svgs : Mapping[str, str]
        Its filled icons by name.

    Returns
    -------
    list[list[str]]
        For each: name, label, search terms besides the name's words, and path.
    """
    made = []
    for name, texts in sorted(described(catalog).items()):
        own = name.split("-")
        if TRADEMARKS.isdisjoint(own):
            others = [word for word in words(texts) if word not in own]
            label = name.replace("-", " ").capitalize()
            made.append([name, label, " ".join(others), outline(svgs[name])])
    return made


# Letters


def glyphs(font: Any) -> dict[str, list[Any]]:
    """Return advance and outline (y down) of each of a font's characters that can stand alone."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    drawn = font.getGlyphSet()
    made = {}
    for code, glyph in sorted(font.getBestCmap().items()):
        if unicodedata.category(chr(code)) not in NOT_ALONE:
            pen = SVGPathPen(drawn, ntos=lambda number: str(round(number)))
            drawn[glyph].draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
            made[chr(code)] = [round(drawn[glyph].width), pen.getCommands()]
    return made


def kerned() -> Iterator[str]:
    """Yield the pairs checked for kerning: within ASCII and Latin-1, and within Cyrillic."""
    latin = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0x100)) if code != 0xAD]
    cyrillic = [*map(chr, range(0x400, 0x460)), ".", ",", "-"]
    for characters in (latin, cyrillic):
        yield from (first + second for first in characters for second in characters)


def kerning(font: bytes) -> Kerning:
    """Return the kerning of pairs of characters; negative values move them together."""
    import uharfbuzz

    shaper = uharfbuzz.Font(uharfbuzz.Face(font))

    def width(pair: str, *, kern: bool) -> int:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(pair)
        buffer.guess_segment_properties()
        uharfbuzz.shape(shaper, buffer, {"kern": kern, "liga": False})
        return sum(position.x_advance for position in buffer.glyph_positions)

    moved = {pair: width(pair, kern=True) - width(pair, kern=False) for pair in kerned()}
    return {pair: by for pair, by in moved.items() if by}


# Packs


def write_graphics() -> None:
    """Fetch Phosphor Icons and write their pack."""
    package = npm.fetch(*PHOSPHOR)
    folder = "assets/fill/"
    svgs = {
        name.removeprefix(folder).removesuffix("-fill.svg"): svg.decode()
        for name, svg in npm.unpacked(package, PHOSPHOR_SHA512, folder).items()
    }
    catalog = npm.unpacked(package, PHOSPHOR_SHA512, "dist/index.mjs")["dist/index.mjs"]
    write(STUDIO / "graphics.pack", packed(graphics(catalog.decode(), svgs)))
    license = npm.unpacked(package, PHOSPHOR_SHA512, "LICENSE")["LICENSE"]
    write(LICENCES / "phosphor-icons.txt", license)


def write_glyphs() -> None:
    """Fetch Nunito and write its pack."""
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.removeOverlaps import removeOverlaps

    package = npm.fetch(*NUNITO)
    content = npm.unpacked(package, NUNITO_SHA512, NUNITO_FILE)[NUNITO_FILE]
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with TTFont(file, lazy=False) as font:
            removeOverlaps(font)  # else the outline of Ø shows where its parts cross
            made = {"glyphs": glyphs(font), "kerning": kerning(content)}
    write(STUDIO / "glyphs.pack", packed(made))
    license = npm.unpacked(package, NUNITO_SHA512, "LICENSE_FONT")["LICENSE_FONT"]
    write(LICENCES / "nunito.txt", license)


def write(path: Path, content: bytes) -> None:
    """Write a file, and print its size."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    print(f"{path.relative_to(STUDIO)}: {len(content) / 1024:.0f} KB")


def main() -> None:
    """Write all packs."""
    write_graphics()
    write_glyphs()


def run(work: Callable[[], None]) -> int:
    """Build packs and return the exit status; print what is missing."""
    try:
        work()
    except npm.FetchError as problem:
        print(f"The studio's packs are unchanged: {problem}", file=sys.stderr)
    except ModuleNotFoundError as problem:
        print(f"{problem.name} is missing: run `make packs` to install it", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(run(main))
