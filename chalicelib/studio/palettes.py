"""Palettes, and the contrast between colors (WCAG 2.2, "contrast ratio")."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _


class Palette(NamedTuple):
    """The colors of a badge, each as ``#rrggbb`` in lower case.

    Parameters
    ----------
    ground, accent : str
        The background: gradients blend both, patterns are drawn in the second on the first. Both
        contrast with `graphic` and `text`.
    border : str
        The border.
    graphic : str
        The graphic.
    ribbon, label : str
        The ribbon and its text.
    text : str
        Text on the background.
    """

    ground: str
    accent: str
    border: str
    graphic: str
    ribbon: str
    label: str
    text: str


ROLES = Palette._fields
ROLE_LABELS = {
    "ground": _("Background"), "accent": _("Second background color"), "border": _("Border"),
    "graphic": _("Graphic"), "ribbon": _("Ribbon"), "label": _("Ribbon text"),
    "text": _("Badge text"),
}  # fmt: skip


def _of(*colors: str) -> Palette:
    """Return a palette of six colors, whose text has the color of its graphic."""
    ground, accent, border, graphic, ribbon, label = (f"#{one}" for one in colors)
    return Palette(ground, accent, border, graphic, ribbon, label, graphic)


PALETTES: dict[str, tuple[str, Palette]] = {
    "ocean": (_("Ocean"), _of("0b4f80", "106aa3", "f2b632", "ffffff", "f2b632", "0b2f4d")),
    "forest": (_("Forest"), _of("1f5a3a", "2c7351", "e3b23c", "fdf9ec", "e3b23c", "3a2606")),
    "sunrise": (_("Sunrise"), _of("ffd166", "ff9908", "c8401e", "5a1a0b", "c8401e", "ffffff")),
    "berry": (_("Berry"), _of("7b1e56", "a12c74", "f7b2cf", "ffffff", "f7b2cf", "5a1040")),
    "night": (_("Night"), _of("14213d", "263d6c", "fca311", "fca311", "fca311", "14213d")),
    "coral": (_("Coral"), _of("b83a3a", "c64b39", "ffe3d3", "ffffff", "16425b", "ffffff")),
    "mint": (_("Mint"), _of("c9f2df", "6bd5a8", "0f766e", "0b4f4a", "0f766e", "ffffff")),
    "lavender": (_("Lavender"), _of("e5dcfb", "c7b5f5", "5b3fa8", "3d2880", "5b3fa8", "ffffff")),
    "royal": (_("Royal"), _of("3c1f7a", "5933ad", "e9b949", "fff4d6", "e9b949", "3c1f7a")),
    "slate": (_("Slate"), _of("334155", "475973", "cbd5e1", "ffffff", "f59e0b", "2b1a00")),
    "brick": (_("Brick"), _of("8c2f1b", "b54327", "f4d9b0", "fff3e0", "f4d9b0", "5a1d0f")),
    "honey": (_("Honey"), _of("f6c445", "d4a009", "6b3f0a", "4a2a05", "6b3f0a", "fff6dc")),
    "sky": (_("Sky"), _of("cde8ff", "88c6f9", "1c5fa8", "123f73", "f26a2e", "2b1002")),
    "teal": (_("Teal"), _of("0d5f63", "147776", "f6c667", "ffffff", "f6c667", "12393b")),
    "rose": (_("Rose"), _of("fde0e6", "f8aec0", "b3264f", "7d1236", "b3264f", "ffffff")),
    "graphite": (_("Graphite"), _of("1f2328", "373d45", "8c959f", "f6f8fa", "2ea043", "06210c")),
    "moss": (_("Moss"), _of("48591f", "5d722a", "d8c37a", "fbf7e4", "d8c37a", "2f3a14")),
    "plum": (_("Plum"), _of("4a1942", "702a64", "e8a5d8", "fdeaf8", "e8a5d8", "4a1942")),
    "lagoon": (_("Lagoon"), _of("bff0f2", "50d0da", "0b6b8a", "07465b", "e4572e", "1f0a03")),
    "ember": (_("Ember"), _of("5c1010", "881e15", "ff9f1c", "ffd9a0", "ff9f1c", "3d0a0a")),
    "paper": (_("Paper"), _of("fbf7ef", "decca8", "2f3e46", "2f3e46", "a23b2a", "ffffff")),
    "cobalt": (_("Cobalt"), _of("1d3fb8", "385bd4", "ffffff", "ffffff", "ffd23f", "1a2350")),
    "copper": (_("Copper"), _of("5a2e17", "7c4323", "d99058", "ffe9d6", "d99058", "3a1c0c")),
    "silver": (_("Silver"), _of("e6eaef", "b9c4d1", "6b7785", "2c3640", "3c4856", "ffffff")),
    "gold": (_("Gold"), _of("f3c94c", "d4a609", "9a6a08", "553a02", "7c1d1d", "fff6dc")),
    "bronze": (_("Bronze"), _of("d39a67", "cd7b30", "7a4519", "3d1f07", "3d1f07", "f6dcc2")),
    "candy": (_("Candy"), _of("ff9ecb", "ff70b4", "7c2ae8", "4b118f", "7c2ae8", "ffffff")),
    "aurora": (_("Aurora"), _of("0b3a4a", "0f4f52", "7ef0c0", "d6fff0", "6d48f5", "ffffff")),
}  # fmt: skip
STANDARD = "ocean"
WHITE, BLACK = "#ffffff", "#000000"


def luminance(color: str) -> float:
    """Return a color's lightness from 0 to 1 (WCAG 2.2, "relative luminance")."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(color: str, other: str, share: float) -> str:
    """Return a mix of two colors, with a share of the second."""
    parts = [
        round(int(color[n : n + 2], 16) * (1 - share) + int(other[n : n + 2], 16) * share)
        for n in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)
