"""A design: the small document that describes a badge's appearance, parsed and validated.

Documents have a version, currently 1. They come from forms, the database and other BadgeKit
deployments, so they are not trusted: unknown members and invalid values are rejected with a message.
The modules that draw each part list its choices.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from chalicelib.errors import BadgeKitError
from chalicelib.i18n import gettext
from chalicelib.studio import palettes
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.palettes import PALETTES, ROLES, Palette
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES

VERSION = 1
LARGEST = 16 * 1024  # bytes of a document
LONGEST_TEXT = 60  # characters
_AS_TYPED = 4 * LONGEST_TEXT  # characters; normalizing longer texts would be slow
_COLOR = re.compile(r"#[0-9a-f]{6}")
_PLAIN = re.compile(r"[a-z_]{1,20}", re.ASCII)


class DesignRefused(BadgeKitError):
    """A document is not a valid design."""

    status = 400
    code = "InvalidContent"


@dataclass(frozen=True)
class Background:
    """The fill of a badge; `scale` is the size of patterns in percent."""

    style: str = "solid"
    scale: int = 100


@dataclass(frozen=True)
class Border:
    """The border of a badge; `width` is in units of the canvas, which is 512 wide."""

    style: str = "line"
    width: int = 18


@dataclass(frozen=True)
class Graphic:
    """A graphic: name in the pack, size and position in percent, rotation in degrees."""

    name: str
    size: int = 100
    x: int = 0
    y: int = 0
    rotation: int = 0


@dataclass(frozen=True)
class Ribbon:
    """A ribbon across the badge, and its text."""

    style: str = "none"
    label: str = ""


@dataclass(frozen=True)
class Text:
    """Text at the top and bottom, curved or straight."""

    top: str = ""
    bottom: str = ""
    curved: bool = True


@dataclass(frozen=True)
class Design:
    """The appearance of a badge.

    Parameters
    ----------
    shape, palette, finish : str
        Names in the tables of choices.
    colours : Mapping[str, str]
        Colors that replace the palette's, by role, as ``#rrggbb``.
    background, border, graphic, ribbon, text
        Its parts; the graphic is optional.
    branding : str
        A small line at the bottom that names the issuer, or empty.
    """

    shape: str = "circle"
    palette: str = palettes.STANDARD
    colours: Mapping[str, str] = field(default_factory=dict)
    finish: str = "soft"
    background: Background = Background()
    border: Border = Border()
    graphic: Graphic | None = None
    ribbon: Ribbon = Ribbon()
    text: Text = Text()
    branding: str = ""

    @property
    def painted(self) -> Palette:
        """The palette, with the design's own colors."""
        return PALETTES[self.palette][1]._replace(**self.colours)

    @property
    def thickness(self) -> int:
        """The border's width in units of the canvas; 0 without a border."""
        return 0 if self.border.style == "none" else self.border.width

    @property
    def words(self) -> list[str]:
        """All text on the badge; a ribbon's label only counts if there is a ribbon."""
        label = "" if self.ribbon.style == "none" else self.ribbon.label
        texts = (self.text.top, label, self.text.bottom, self.branding)
        return [text for text in texts if text]


_Reader = Callable[[tuple[str, ...], Any], Any]

# Allowed ranges of numbers.
LIMITS: dict[tuple[str, ...], tuple[int, int]] = {
    ("background", "scale"): (40, 250),
    ("border", "width"): (0, 48),
    ("graphic", "size"): (10, 200),
    ("graphic", "x"): (-100, 100),
    ("graphic", "y"): (-100, 100),
    ("graphic", "rotation"): (-180, 180),
}
_CHOICES: dict[tuple[str, ...], Any] = {
    ("shape",): SHAPES,
    ("palette",): PALETTES,
    ("finish",): FINISHES,
    ("background", "style"): BACKGROUNDS,
    ("border", "style"): BORDERS,
    ("ribbon", "style"): RIBBONS,
}
_PARTS: dict[str, Any] = {
    "background": Background, "border": Border, "graphic": Graphic, "ribbon": Ribbon, "text": Text,
}  # fmt: skip


def read(document: Any) -> Design:
    """Parse and validate a document.

    Parameters
    ----------
    document : Any
        JSON text or a parsed document. Missing members have defaults.

    Raises
    ------
    DesignRefused
        If it is not a valid design; the message describes the first error.
    """
    if isinstance(document, str):
        document = _parsed(document)
    if not isinstance(document, dict):
        raise DesignRefused(gettext("This is not a badge design."))
    members = dict(document)
    version = members.pop("version", None)
    if type(version) is not int or version != VERSION:
        raise DesignRefused(
            gettext(
                "This design was made with a different version of the studio and cannot be opened."
            )
        )
    return Design(**_members(Design, members, ()))


def _parsed(text: str) -> Any:
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise DesignRefused(gettext("This design is too large."))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise DesignRefused(gettext("This is not a badge design.")) from problem


def _members(kind: Any, sent: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """Validate the members of one part of a design."""
    known = kind.__dataclass_fields__
    if not isinstance(sent, dict):
        raise _invalid(path)
    if unknown := next((name for name in sent if name not in known), None):
        raise _invalid((*path, str(unknown)))
    return {name: _value((*path, name), value) for name, value in sent.items()}


def _value(path: tuple[str, ...], value: Any) -> Any:
    """Validate the value of a member with the reader for its path."""
    if path in _CHOICES:
        return _choice(path, value)
    if path in LIMITS:
        return _number(path, value)
    if len(path) == 1 and path[0] in _PARTS:
        return _part(path[0], value)
    read: _Reader = _READERS.get(path, _text)
    return read(path, value)


def _choice(path: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str) or value not in _CHOICES[path]:
        raise _invalid(path)
    return value


def _part(name: str, value: Any) -> Any:
    if name == "graphic" and value is None:
        return None
    members = _members(_PARTS[name], value, (name,))
    if name == "graphic" and "name" not in members:
        raise _invalid(("graphic", "name"))
    return _PARTS[name](**members)


def _number(path: tuple[str, ...], value: Any) -> int:
    low, high = LIMITS[path]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        words = gettext(
            "In this design, %(member)s must be a whole number from %(low)d to %(high)d."
        )
        raise DesignRefused(words % {"member": _named(path), "low": low, "high": high})
    return value


def _flag(path: tuple[str, ...], value: Any) -> bool:
    if not isinstance(value, bool):
        raise _invalid(path)
    return value


def _colors(path: tuple[str, ...], value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _invalid(path)
    for role, color in value.items():
        if role not in ROLES or not isinstance(color, str) or not _COLOR.fullmatch(color):
            raise _invalid((*path, str(role)))
    return {role: value[role] for role in ROLES if role in value}


def _graphic(path: tuple[str, ...], value: Any) -> str:
    from chalicelib.studio import graphics

    try:
        return graphics.get(value).name
    except (KeyError, TypeError) as problem:
        raise DesignRefused(gettext("This design uses a graphic that does not exist.")) from problem


def _text(path: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str):
        raise _invalid(path)
    text = value if len(value) > _AS_TYPED else unicodedata.normalize("NFC", value)
    text = " ".join(text.split())
    if len(text) > LONGEST_TEXT:
        words = gettext("In this design, %(member)s is longer than %(most)d characters.")
        raise DesignRefused(words % {"member": _named(path), "most": LONGEST_TEXT})
    if not all(map(_drawable, text)):
        raise DesignRefused(
            gettext("Some text in this design has characters that cannot be drawn.")
        )
    return text


def _drawable(letter: str) -> bool:
    from chalicelib.studio import fonts, glyphs

    if unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn"):
        return False
    return glyphs.glyph(letter) is not None or fonts.drawable(letter)


_READERS: dict[tuple[str, ...], _Reader] = {
    ("colours",): _colors,
    ("graphic", "name"): _graphic,
    ("text", "curved"): _flag,
}


def _invalid(path: tuple[str, ...]) -> DesignRefused:
    words = gettext("This design has a part that cannot be drawn: %s.")
    return DesignRefused(words % _named(path))


def _named(path: tuple[str, ...]) -> str:
    """Return the name of a member for a message, without repeating arbitrary input."""
    plain = [part for part in path if _PLAIN.fullmatch(part)]
    return ".".join(plain) or gettext("an unknown part")


def document(design: Design) -> dict[str, Any]:
    """Return the document of a design."""
    return {"version": VERSION, **asdict(design)}


def write(design: Design) -> str:
    """Return a design's document as JSON; the same design gives the same text."""
    return json.dumps(document(design), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
