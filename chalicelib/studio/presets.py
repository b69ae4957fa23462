"""Designs to start from: ready-made ones, and a random one."""

from __future__ import annotations

import functools
import hashlib
import zlib
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

from chalicelib.i18n import gettext_noop as _
from chalicelib.studio import design
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import FINISHES
from chalicelib.studio.design import Design
from chalicelib.studio.palettes import PALETTES
from chalicelib.studio.shapes import SHAPES


class Preset(NamedTuple):
    """A ready-made design: its label, and its document without the version."""

    label: str
    members: dict[str, Any]

    @property
    def design(self) -> Design:
        """The design."""
        return design.read({"version": design.VERSION, **self.members})


def _preset(
    label: str, shape: str, palette: str, graphic: str, background: str = "solid", **more: Any
) -> Preset:
    members = {
        "shape": shape, "palette": palette, "graphic": {"name": graphic},
        "background": {"style": background}, **more,
    }  # fmt: skip
    return Preset(label, members)


def _border(style: str, width: int) -> dict[str, Any]:
    return {"style": style, "width": width}


def _ribbon(style: str, label: str) -> dict[str, Any]:
    return {"style": style, "label": label}


PRESETS: dict[str, Preset] = {
    "explorer": _preset(
        _("Explorer"), "shield", "ocean", "compass", "rays", border=_border("double", 24),
        ribbon=_ribbon("arch", "Explorer"),
    ),
    "scientist": _preset(
        _("Scientist"), "hexagon", "teal", "flask", "honeycomb", border=_border("rim", 20),
        text={"top": "Young Scientist", "bottom": "", "curved": True},
    ),
    "maker": _preset(
        _("Maker"), "gear", "slate", "wrench", "radial", border=_border("line", 20),
        ribbon=_ribbon("banner", "Maker"),
    ),
    "reader": _preset(
        _("Reader"), "scallop", "rose", "book-open-text", "dots", border=_border("stitched", 24),
        text={"top": "Summer Reading", "bottom": "Library", "curved": True},
    ),
    "coder": _preset(
        _("Coder"), "square", "graphite", "code", "grid", border=_border("inset", 18),
        ribbon=_ribbon("strip", "Coder"),
    ),
    "musician": _preset(
        _("Musician"), "circle", "plum", "music-notes", "rings", border=_border("beads", 20),
    ),
    "champion": _preset(
        _("Champion"), "medal", "gold", "trophy", "radial", border=_border("rim", 18),
        finish="gloss",
    ),
    "gardener": _preset(
        _("Gardener"), "flower", "forest", "plant", "vertical", border=_border("line", 14),
    ),
    "citizen": _preset(
        _("Community"), "crest", "cobalt", "hand-heart", "slant", border=_border("double", 22),
        ribbon=_ribbon("smile", "Community"), finish="flat",
    ),
    "artist": _preset(
        _("Artist"), "burst", "candy", "palette", "confetti", border=_border("line", 16),
    ),
    "navigator": _preset(
        _("Night sky"), "octagon", "night", "moon-stars", "sparks", border=_border("inset", 20),
        text={"top": "Astronomy", "bottom": "Level 1", "curved": True},
    ),
    "starter": _preset(
        _("First steps"), "diamond", "mint", "footprints", "waves", border=_border("rim", 18),
    ),
    "mentor": _preset(
        _("Mentor"), "banner", "royal", "chalkboard-teacher", "argyle", border=_border("line", 16),
        ribbon=_ribbon("tag", "Mentor"),
    ),
    "volunteer": _preset(
        _("Volunteer"), "heart", "coral", "hands-clapping", "vertical",
        border=_border("line", 18),
    ),
    "cyclist": _preset(
        _("Sports"), "pentagon", "sunrise", "bicycle", "stripes", border=_border("rope", 18),
        ribbon=_ribbon("plaque", "On the move"),
    ),
    "star": _preset(
        _("Star"), "star", "honey", "star", "solid", border=_border("rim", 20), finish="facet",
    ),
}  # fmt: skip

# Graphics that suit badges: shown before a search, and used in random designs.
LIVELY = (
    "rocket-launch", "leaf", "book-open", "star", "heart", "flask", "paint-brush", "trophy", "code",
    "globe-hemisphere-west", "music-notes", "camera", "compass", "lightbulb", "mountains", "planet",
    "puzzle-piece", "robot", "sun", "tree", "anchor", "bird", "brain", "butterfly", "crown",
    "feather", "fish", "flower-lotus", "guitar", "hand-heart", "lightning", "magic-wand",
    "medal", "microscope", "moon-stars", "paw-print", "pencil", "plant", "rainbow", "shooting-star",
)  # fmt: skip
_EDGES = ("line", "rim", "double", "inset", "stitched", "dotted", "rope")


def surprise(chance: Random, like: Design | None = None) -> Design:
    """Return a random design that keeps the text of another one.

    Parameters
    ----------
    chance : Random
        Source of randomness.
    like : Design, optional
        The design whose text, ribbon and branding are kept.
    """
    like = like or Design()
    return Design(
        shape=chance.choice(list(SHAPES)),
        palette=chance.choice(list(PALETTES)),
        finish=chance.choice(list(FINISHES)),
        background=design.Background(chance.choice(list(BACKGROUNDS))),
        border=design.Border(chance.choice(_EDGES), chance.randrange(14, 27, 2)),
        graphic=design.Graphic(chance.choice(LIVELY)),
        ribbon=like.ribbon,
        text=like.text,
        branding=like.branding,
    )


def starting_design(name: str) -> Design:
    """Return the initial design for a badge's name, always the same for the same name."""
    chosen = PRESETS[list(PRESETS)[zlib.crc32(name.encode("utf-8")) % len(PRESETS)]].design
    return replace(chosen, text=design.Text(), ribbon=design.Ribbon())


@functools.cache
def version() -> str:
    """Return a digest of all presets' drawings, used as their version."""
    return hashlib.sha256("".join(map(draw, PRESETS)).encode("utf-8")).hexdigest()[:12]


@functools.cache
def draw(name: str) -> str:
    """Return the drawing of a preset.

    Raises
    ------
    KeyError
        If there is no preset with that name.
    """
    from chalicelib.studio import drawing

    return drawing.svg(PRESETS[name].design)
