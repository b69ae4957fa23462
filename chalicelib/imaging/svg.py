"""Uploaded SVG: checked before it is rendered, and never changed.

Scripts, external references and content that expands while rendering are rejected with a message.
Harmless leftovers of editors are allowed: their own namespaces, metadata, comments, and a DOCTYPE
without declarations. The sandbox limits everything else, see `imaging/sandbox.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from chalicelib import limits
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.imaging import raster

MOST_NODES = 20_000
MOST_ATTRIBUTES = 10 * MOST_NODES
MOST_DRAWN = 100_000  # nodes, including the copies made by `use`, patterns, masks and others
DEEPEST = 100  # nested elements, including referenced ones
LONGEST = 1024 * 1024  # characters of an attribute without an embedded image
LONGEST_STYLE = 256 * 1024  # characters of all style sheets

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_RUNNING = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "handler", "listener",
}  # fmt: skip
_URL = re.compile(r"\b(?:url|src|image|image-set)\s*\(\s*[\"']?\s*([^\"')]*)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif)(?:;[\w=.-]+)*;base64,", re.IGNORECASE)
_BLANKS = str.maketrans("", "", " \t\r\n")

NOT_READ = _("This file is damaged or not an SVG. Export it again as plain SVG.")  # fmt: skip
ENTITIES = _("This SVG file contains a DOCTYPE with declarations, or entities. Save it as plain SVG and try again.")  # fmt: skip
INSTRUCTIONS = _("This SVG file contains processing instructions. Save it as plain SVG and try again.")  # fmt: skip
RUNS = _("This SVG file contains a script or part of a web page. Save it as plain SVG and try again.")  # fmt: skip
ELSEWHERE = _("This SVG file refers to content outside the file. Embed its images as PNG, JPEG, or GIF, remove its links, and try again.")  # fmt: skip
TOO_MUCH = _("This SVG file has too many parts. Simplify it, or save it as PNG.")  # fmt: skip
HAS_TEXT = _("This SVG file contains text, which looks different on every device. Convert it to paths (Inkscape: Path > Object to Path; Illustrator: Type > Create Outlines) and try again.")  # fmt: skip


def looks_like(content: bytes) -> bool:
    """Return whether a file may be SVG, because it starts like XML."""
    return _text(content[:1024], "ignore").lstrip().startswith("<")


def read(content: bytes) -> str:
    """Check an SVG image and return its unchanged text.

    Raises
    ------
    PictureRefused
        If it may do harm, or is not SVG.
    """
    if len(content) > limits.PICTURE:
        raise PictureRefused(
            gettext("This image is larger than %d MB. Make it smaller and try again.")
            % limits.PICTURE_MB
        )
    try:
        text = _text(content)
    except UnicodeDecodeError:
        _refuse(NOT_READ)
    _Reader().read(text)
    return text


def _text(content: bytes, errors: str = "strict") -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors)
    return content.decode("utf-8-sig", errors)


def _refuse(why: str) -> NoReturn:
    raise PictureRefused(gettext(why))


@dataclass(eq=False)
class _Node:
    """The rendering cost of an element: its weight, its children and its references."""

    name: str
    weight: int = 1
    children: list[_Node] = field(default_factory=list)
    refers_to: list[str] = field(default_factory=list)


class _Reader:
    """Checks one file in a single pass."""

    def __init__(self) -> None:
        self._root = _Node("")
        self._open = [self._root]
        self._nodes = 0
        self._attributes = 0
        self._pixels = 0
        self._by_id: dict[str, _Node] = {}
        self._style: list[str] = []
        self._style_size = 0
        self._weighed: dict[_Node, tuple[int, int]] = {}

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = lambda *_: _refuse(ENTITIES)
        parser.SkippedEntityHandler = lambda *_: _refuse(ENTITIES)
        parser.ProcessingInstructionHandler = lambda *_: _refuse(INSTRUCTIONS)
        try:
            # The text is already decoded, whatever encoding its declaration names.
            parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError:
            _refuse(NOT_READ)
        style = "".join(self._style)
        if "@import" in _plain_css(style).lower():
            _refuse(ELSEWHERE)
        self._root.refers_to = _references(style)
        drawn, _depth = self._weigh(self._root, 0)
        if drawn > MOST_DRAWN:
            _refuse(TOO_MUCH)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, inside: int) -> None:
        if inside:
            _refuse(ENTITIES)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        self._attributes += len(attributes)
        if self._nodes > MOST_NODES or self._attributes > MOST_ATTRIBUTES:
            _refuse(TOO_MUCH)
        if len(self._open) > DEEPEST:
            _refuse(TOO_MUCH)
        space, name = _split(qualified)
        if self._nodes == 1 and (space, name) != (SVG, "svg"):
            _refuse(NOT_READ)
        if name.lower() in _RUNNING:
            _refuse(RUNS)
        node = _Node(name if space == SVG else "")
        for key, value in attributes.items():
            self._attribute(node, *_split(key), value)
        self._open[-1].children.append(node)
        self._open.append(node)

    def _end(self, _qualified: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._open[-1].name == "style":
            self._style_size += len(text)
            if self._style_size > LONGEST_STYLE:
                _refuse(TOO_MUCH)
            self._style.append(text)
        elif text.strip() and any(node.name == "text" for node in self._open):
            _refuse(HAS_TEXT)

    def _attribute(self, node: _Node, space: str, name: str, value: str) -> None:
        if name == "href" and space in ("", XLINK):
            self._reference(node, value.strip())
            return
        if len(value) > LONGEST:
            _refuse(TOO_MUCH)
        if space:
            return  # an editor's own namespace
        if name.lower().startswith("on"):
            _refuse(RUNS)
        if name == "id":
            self._by_id.setdefault(value, node)
        node.refers_to += _references(value)

    def _reference(self, node: _Node, target: str) -> None:
        if target.startswith("#"):
            node.refers_to.append(target[1:])
        elif target[:5].lower() == "data:" and node.name in ("image", "feImage"):
            pixels = _pixels(target)
            node.weight += pixels * MOST_DRAWN // raster.MOST_PIXELS
            self._pixels += pixels
            if self._pixels > raster.MOST_PIXELS:
                _refuse(TOO_MUCH)
        elif target:
            _refuse(ELSEWHERE)

    def _weigh(self, node: _Node, depth: int) -> tuple[int, int]:
        """Return how many elements are rendered for one, including copies, and their depth."""
        if node not in self._weighed:
            if depth > 2 * DEEPEST:
                _refuse(TOO_MUCH)
            self._weighed[node] = 0, 0  # circular references count once
            referred = [self._by_id[name] for name in node.refers_to if name in self._by_id]
            inner = [self._weigh(other, depth + 1) for other in (*node.children, *referred)]
            drawn = node.weight + sum(count for count, _ in inner)
            self._weighed[node] = drawn, 1 + max((levels for _, levels in inner), default=0)
        if depth + self._weighed[node][1] > 2 * DEEPEST:
            _refuse(TOO_MUCH)
        return self._weighed[node]


def _split(qualified: str) -> tuple[str, str]:
    """Split a qualified name from expat into namespace and name."""
    space, _, name = qualified.rpartition(" ")
    return space, name


def _pixels(target: str) -> int:
    """Check an embedded raster image; return its number of pixels."""
    head = _DATA.match(target[:200])
    if head is None:
        _refuse(ELSEWHERE)
    try:
        content = base64.b64decode(target[head.end() :].translate(_BLANKS), validate=True)
    except (binascii.Error, ValueError):
        _refuse(NOT_READ)
    picture = raster.read(content)
    return picture.width * picture.height


def _references(value: str) -> list[str]:
    """Return the IDs that an attribute or style sheet refers to; reject external references."""
    if "(" not in value and "\\" not in value:
        return []
    targets = set(_URL.findall(value)) | set(_URL.findall(_plain_css(value)))
    if any(not target.startswith("#") for target in targets):
        _refuse(ELSEWHERE)
    return [target[1:].strip() for target in targets]


def _plain_css(text: str) -> str:
    """Return CSS without comments and escapes, which could hide keywords."""

    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else 0
        return found[2] or (chr(number) if 0 < number < 0x110000 else "\ufffd")

    return _CSS_ESCAPE.sub(character, _COMMENT.sub("", text))
