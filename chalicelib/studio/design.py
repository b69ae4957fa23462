"""A design: the small document that says how a badge is drawn, parsed and validated.

Documents have a version; this is the first. They come from forms, from the database and from other
BadgeKits, so that nothing in one is believed: unknown members and strange values are refused in
words. What may be chosen stands in the modules that draw it.
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
_AS_TYPED = 4 * LONGEST_TEXT  # before it is composed, for which long ones would take long
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PLAIN = re.compile(r"[a-z_]{1,20}", re.ASCII)


class DesignRefused(BadgeKitError):
    """A document is no design, or asks for something that there is not."""

    status = 400
    code = "InvalidContent"


@dataclass(frozen=True)
class Background:
    """What a badge is filled with; `scale` is in percent, of patterns."""

    style: str = "solid"
    scale: int = 100


@dataclass(frozen=True)
class Border:
    """A badge's edge; `width` is in units of the canvas, which is 512 wide."""

    style: str = "line"
    width: int = 18


@dataclass(frozen=True)
class Graphic:
    """A graphic: its name in the pack, its size and place in percent, its turn in degrees."""

    name: str
    size: int = 100
    x: int = 0
    y: int = 0
    rotation: int = 0


@dataclass(frozen=True)
class Ribbon:
    """A ribbon across the badge, and the words on it."""

    style: str = "none"
    label: str = ""


@dataclass(frozen=True)
class Text:
    """Words along the top and the bottom, on a curve or straight."""

    top: str = ""
    bottom: str = ""
    curved: bool = True


@dataclass(frozen=True)
class Design:
    """How a badge looks.

    Parameters
    ----------
    shape, palette, finish : str
        Names of what there is to choose from.
    colours : Mapping[str, str]
        Colours that are not the palette's, by their role, as ``#rrggbb``.
    background, border, graphic, ribbon, text
        Its parts; a badge need not have a graphic.
    branding : str
        A small line at the bottom that names who issues it; empty for none.
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
        """The colours that it is drawn in."""
        return PALETTES[self.palette][1]._replace(**self.colours)

    @property
    def thickness(self) -> int:
        """How wide its border is, in units of the canvas; 0 if it has none."""
        return 0 if self.border.style == "none" else self.border.width

    @property
    def words(self) -> list[str]:
        """All that is written on it; not the words of a ribbon that it has not."""
        label = "" if self.ribbon.style == "none" else self.ribbon.label
        said = (self.text.top, label, self.text.bottom, self.branding)
        return [text for text in said if text]


_Reader = Callable[[tuple[str, ...], Any], Any]

# What numbers may be.
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
    """Return the design that a document says.

    Parameters
    ----------
    document : Any
        JSON as text, or what it holds. Members that are missing have their defaults.

    Raises
    ------
    DesignRefused
        If it is none, with words about the first thing that is wrong.
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
    """Return the members of one part of a design, each checked."""
    known = kind.__dataclass_fields__
    if not isinstance(sent, dict):
        raise _strange(path)
    if unknown := next((name for name in sent if name not in known), None):
        raise _strange((*path, str(unknown)))
    return {name: _value((*path, name), value) for name, value in sent.items()}


def _value(path: tuple[str, ...], value: Any) -> Any:
    """Return the value of a member, checked by what reads it."""
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
        raise _strange(path)
    return value


def _part(name: str, value: Any) -> Any:
    if name == "graphic" and value is None:
        return None
    members = _members(_PARTS[name], value, (name,))
    if name == "graphic" and "name" not in members:
        raise _strange(("graphic", "name"))
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
        raise _strange(path)
    return value


def _colours(path: tuple[str, ...], value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _strange(path)
    for role, colour in value.items():
        if role not in ROLES or not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise _strange((*path, str(role)))
    return {role: value[role] for role in ROLES if role in value}


def _graphic(path: tuple[str, ...], value: Any) -> str:
    from chalicelib.studio import graphics

    try:
        return graphics.get(value).name
    except (KeyError, TypeError) as problem:
        raise DesignRefused(gettext("This design uses a graphic that does not exist.")) from problem


def _text(path: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, str):
        raise _strange(path)
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
    ("colours",): _colours,
    ("graphic", "name"): _graphic,
    ("text", "curved"): _flag,
}


def _strange(path: tuple[str, ...]) -> DesignRefused:
    words = gettext("This design has a part that cannot be drawn: %s.")
    return DesignRefused(words % _named(path))


def _named(path: tuple[str, ...]) -> str:
    """Return the name of a member; what somebody made up is not repeated."""
    plain = [part for part in path if _PLAIN.fullmatch(part)]
    return ".".join(plain) or gettext("an unknown part")


def document(design: Design) -> dict[str, Any]:
    """Return the document that says a design."""
    return {"version": VERSION, **asdict(design)}


def write(design: Design) -> str:
    """Return a design's document as JSON; the same design gives the same text."""
    return json.dumps(document(design), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
