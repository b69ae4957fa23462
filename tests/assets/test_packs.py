"""The studio's packs match their scripts and the third-party packages; nothing is downloaded."""

from __future__ import annotations

import io
import lzma
import tarfile

import pytest

from chalicelib.studio import graphics, packs
from infra.assets import fonts
from infra.assets import packs as packing

# An excerpt in Phosphor's format.
CATALOGUE = """\
var t = ((i) => (i.FILL = "fill", i))(t || {}), e = /* @__PURE__ */ ((i) => (i.BRAND = "brands", \
i.DEVELOPMENT = "technology & development", i.MAP = "maps & travel", i.OBJECTS = "objects", i))\
(e || {}), a = ((i) => (i.MAP = "never used", i))(a || {});
const n = [
  {
    name: "rocket-launch",
    pascal_name: "RocketLaunch",
    categories: [
      e.DEVELOPMENT,
      e.MAP,
      e.OBJECTS
    ],
    figma_category: a.MAP,
    tags: [
      "*updated*",
      "spaceship",
      "flying",
      "blastoff",
      "deployment",
      "rocketship"
    ],
    codepoint: 58366,
    published_in: 1,
    updated_in: 2.1
  },
  {
    name: "gitlab-logo-simple",
    pascal_name: "GitlabLogoSimple",
    categories: [e.BRAND, e.DEVELOPMENT],
    figma_category: a.BRAND,
    tags: ["logos"],
    codepoint: 60000,
    published_in: 1,
    updated_in: 1
  },
  {
    name: "archive",
    pascal_name: "Archive",
    alias: { name: "archive-box", pascal_name: "ArchiveBox" },
    categories: [e.OBJECTS],
    figma_category: a.OFFICE,
    tags: ["saved", "Plus/Minus"],
    codepoint: 57344,
    published_in: 1,
    updated_in: 1
  }
];
"""
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" fill="currentColor">'


def svg(*paths: str) -> str:
    return HEAD + "".join(f'<path d="{path}"/>' for path in paths) + "</svg>"


def test_graphics_are_named_and_can_be_searched() -> None:
    svgs = {"archive": svg("M1,2Z"), "rocket-launch": svg("M3,4Z"), "gitlab-logo-simple": "?"}
    assert packing.graphics(CATALOGUE, svgs) == [
        ["archive", "Archive", "box saved plus minus objects", "M1,2Z"],
        [
            "rocket-launch",
            "Rocket launch",
            "spaceship flying blastoff deployment rocketship technology development maps travel "
            "objects",
            "M3,4Z",
        ],
    ]


def test_the_pack_holds_exactly_that() -> None:
    path = graphics.get("rocket-launch").path
    svgs = {"archive": svg("M1,2Z"), "rocket-launch": svg(path)}
    made = packing.graphics(CATALOGUE, svgs)[1]
    assert made in packs.read("graphics")


def test_our_search_terms_match_existing_graphics() -> None:
    for word, named in packing.MEANT.items():
        found = {graphic.name for graphic in graphics.find(word, most=5000)[0]}
        assert found >= set(named.split()), word


def test_several_paths_are_joined() -> None:
    assert packing.outline(svg("M1,2Z", "M3,4Z")) == "M1,2ZM3,4Z"


@pytest.mark.parametrize(
    "other",
    [
        HEAD + "</svg>",
        svg("M1,2Z", "m3,4Z"),
        HEAD + '<path d="M1,2Z"/><circle r="4"/></svg>',
        HEAD + '<path d="M1,2Z" opacity="0.2"/></svg>',
    ],
)
def test_icons_with_more_than_paths_are_rejected(other: str) -> None:
    with pytest.raises(ValueError, match="plain paths"):
        packing.outline(other)


@pytest.mark.parametrize("name", ["graphics", "glyphs", "fonts"])
def test_packs_hold_what_was_packed(name: str) -> None:
    content = packs.read(name)
    kept = (packs._FOLDER / f"{name}.pack").read_bytes()
    assert packs.unpacked(packing.packed(content)) == content
    assert packs.unpacked(kept) == content
    assert len(kept) < 200 * 1024


def test_characters_are_stored_as_ranges() -> None:
    assert fonts.ranges({66: 5, 65: 5, 70: 7, 71: 8}) == [[65, 2, 5], [70, 2, [7, 8]]]


def test_files_are_extracted_from_a_debian_package() -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("./usr/share/font.ttf")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"font"))
    data = lzma.compress(archive.getvalue())
    package = b"!<arch>\n" + member("debian-binary", b"2.0\n") + member("data.tar.xz", data)
    assert fonts.debian(package, {"./usr/share/font.ttf"}) == {"./usr/share/font.ttf": b"font"}


def member(name: str, content: bytes) -> bytes:
    return f"{name:16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
