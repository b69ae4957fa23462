"""Alternative text: describes a design in words."""

from __future__ import annotations

from chalicelib.i18n import gettext
from chalicelib.studio import graphics
from chalicelib.studio.design import Design
from chalicelib.studio.shapes import SHAPES


def describe(design: Design) -> str:
    """Return in a sentence or two what a badge of a design shows."""
    shape = gettext(SHAPES[design.shape].label)
    if design.graphic:
        words = gettext("%(shape)s with a graphic: %(graphic)s.")
        said = words % {"shape": shape, "graphic": graphics.get(design.graphic.name).label}
    else:
        said = f"{shape}."
    if design.words:
        said += " " + gettext("Text: %s.") % ", ".join(f"“{text}”" for text in design.words)
    return said
