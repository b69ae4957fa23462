"""Alternative text: describes a design in words."""

from __future__ import annotations

from chalicelib.i18n import gettext
from chalicelib.studio import graphics
from chalicelib.studio.design import Design
from chalicelib.studio.shapes import SHAPES


def describe(design: Design) -> str:
    """Return a sentence or two that describe a design's badge."""
    shape = gettext(SHAPES[design.shape].label)
    if design.graphic:
        words = gettext("%(shape)s with a graphic: %(graphic)s.")
        text = words % {"shape": shape, "graphic": graphics.get(design.graphic.name).label}
    else:
        text = f"{shape}."
    if design.words:
        text += " " + gettext("Text: %s.") % ", ".join(f"“{line}”" for line in design.words)
    return text
