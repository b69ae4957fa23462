"""Converts the studio's form to a design document, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.studio import design, palettes
from chalicelib.studio.design import Design
from chalicelib.web.form import Form

_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)


def read(form: Form, brand: str) -> dict[str, Any]:
    """Return the design document of a form; it may be invalid.

    Parameters
    ----------
    form : Form
        The form.
    brand : str
        The issuer's name, used if the design shows it.
    """
    graphic = form.text("graphic")
    return {
        "version": design.VERSION,
        "shape": form.text("shape"),
        "palette": form.text("palette"),
        "colours": {role: form.text(f"colour_{role}").lower() for role in form.texts("own")},
        "finish": form.text("finish"),
        "background": {
            "style": form.text("background"), "scale": _number(form, "background_scale"),
        },
        "border": {"style": form.text("border"), "width": _number(form, "border_width")},
        "graphic": {
            "name": graphic,
            **{name: _number(form, f"graphic_{name}") for name in ("size", "x", "y", "rotation")},
        } if graphic else None,
        "ribbon": {"style": form.text("ribbon"), "label": form.text("label")},
        "text": {
            "top": form.text("top"), "bottom": form.text("bottom"), "curved": form.flag("curved"),
        },
        "branding": brand if form.flag("branded") else "",
    }  # fmt: skip


def _number(form: Form, name: str) -> Any:
    """Return a number, or the text that was sent in its place."""
    text = form.text(name)
    return int(text) if _NUMBER.fullmatch(text) else text


def fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the form's fields for a document, as the page and its script use them."""
    graphic = document["graphic"] or design.document(Design(graphic=design.Graphic("")))["graphic"]
    colours = dict(zip(palettes.ROLES, _painted(document), strict=True))
    return {
        "shape": document["shape"],
        "palette": document["palette"],
        "own": list(document["colours"]),
        **{f"colour_{role}": colour for role, colour in colours.items()},
        "finish": document["finish"],
        "background": document["background"]["style"],
        "background_scale": document["background"]["scale"],
        "border": document["border"]["style"],
        "border_width": document["border"]["width"],
        "graphic": graphic["name"],
        **{f"graphic_{name}": graphic[name] for name in ("size", "x", "y", "rotation")},
        "ribbon": document["ribbon"]["style"],
        "label": document["ribbon"]["label"],
        "top": document["text"]["top"],
        "bottom": document["text"]["bottom"],
        "curved": document["text"]["curved"],
        "branded": bool(document["branding"]),
    }


def _painted(document: Mapping[str, Any]) -> list[str]:
    """Return the colors that a document is drawn in; its palette may be unknown."""
    standard = palettes.PALETTES[palettes.STANDARD]
    palette = palettes.PALETTES.get(document["palette"], standard)[1]
    return [document["colours"].get(role, colour) for role, colour in palette._asdict().items()]
