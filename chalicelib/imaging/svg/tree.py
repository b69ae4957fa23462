"""An SVG file as a tree of elements, with limits on its size; scripts and text are rejected.

Comments, processing instructions and texts are not kept, except style sheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from chalicelib.imaging.svg.decoding import Entities
from chalicelib.imaging.svg.refusals import (
    ENTITIES,
    HAS_TEXT,
    INSTRUCTIONS,
    NOT_READ,
    RUNS,
    TOO_MUCH,
    refuse,
    refuse_feature,
)

MOST_NODES = 20_000
MOST_ATTRIBUTES = 10 * MOST_NODES
DEEPEST = 100  # nested elements
LONGEST = 1024 * 1024  # characters of an attribute without an embedded image
LONGEST_STYLE = 256 * 1024  # characters of all style sheets

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
XHTML, MATHML = "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"
_RUNNING = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "handler", "listener",
}  # fmt: skip
_MOVING = {"animate", "animateColor", "animateMotion", "animateTransform", "set"}


@dataclass(eq=False)
class Element:
    """An element; those of other namespaces are kept while selectors are matched.

    Parameters
    ----------
    space, name : str
        Namespace and local name.
    attributes : dict[str, str]
        Attributes without a namespace, and `href` of either kind.
    parent : Element, optional
        The element around it.
    index, index_of_type : int
        Position among its siblings, and among those of the same name, from 0.
    is_ignored : bool
        Whether browsers ignore it, because it needs an extension that they lack.
    """

    space: str
    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    index: int = 0
    index_of_type: int = 0
    is_ignored: bool = False
    children: list[Element] = field(default_factory=list)
    text: str = ""
    types: dict[tuple[str, str], int] = field(default_factory=dict)

    def append(self, child: Element) -> None:
        """Add a child at the end."""
        kind = child.space, child.name
        child.parent, child.index = self, len(self.children)
        child.index_of_type = self.types.get(kind, 0)
        self.types[kind] = child.index_of_type + 1
        self.children.append(child)

    def walk(self) -> Iterator[Element]:
        """Yield this element and all within, in the document's order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_text(self) -> str:
        """Return the element as SVG."""
        parts: list[str] = []
        self._write(parts, f" xmlns={quoteattr(SVG)}")
        return "".join(parts)

    def _write(self, parts: list[str], more: str = "") -> None:
        parts.append(f"<{self.name}{more}")
        parts += [f" {name}={quoteattr(value)}" for name, value in self.attributes.items()]
        if self.children:
            parts.append(">")
            for child in self.children:
                child._write(parts)
            parts.append(f"</{self.name}>")
        else:
            parts.append("/>")


def parse(text: str) -> Element:
    """Return the root of an SVG file.

    Raises
    ------
    PictureRefused
        If it is no SVG, contains scripts, parts of web pages or texts, or is too large.
    """
    return _Reader(text).root


class _Reader:
    """Reads one file in a single pass."""

    def __init__(self, text: str) -> None:
        document = Element("", "", {})
        self._open = [document]
        self._nodes = 0
        self._attributes = 0
        self._style_size = 0
        self._ignored_from = DEEPEST + 2  # how deep an element is that browsers ignore
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = Entities(text).declare
        for declared in ("ElementDeclHandler", "AttlistDeclHandler", "NotationDeclHandler", "SkippedEntityHandler"):  # fmt: skip
            setattr(parser, declared, lambda *_: refuse(ENTITIES))
        parser.ProcessingInstructionHandler = self._instruction
        try:
            # The text is already decoded, whatever encoding its declaration names.
            parser.Parse(text.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as problem:
            unknown = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
            refuse(ENTITIES if problem.code == unknown else NOT_READ)
        self.root = document.children[0]

    def _instruction(self, target: str, _data: str) -> None:
        # Others, such as the frame of XMP metadata, have no effect.
        if target == "xml-stylesheet":
            refuse(INSTRUCTIONS)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        self._attributes += len(attributes)
        if self._nodes > MOST_NODES or self._attributes > MOST_ATTRIBUTES:
            refuse(TOO_MUCH)
        if len(self._open) > DEEPEST:
            refuse(TOO_MUCH)
        space, name = _split(qualified)
        if self._nodes == 1 and (space, name) != (SVG, "svg"):
            refuse(NOT_READ)
        element = Element(space, name, {})
        for key, value in attributes.items():
            self._attribute(element, *_split(key), value)
        element.is_ignored = space == SVG and _needs_more(attributes.get("requiredExtensions"))
        self._open[-1].append(element)
        self._open.append(element)
        if element.is_ignored:
            self._ignored_from = min(self._ignored_from, len(self._open))
        if name.lower() in _RUNNING and not (name == "foreignObject" and self._is_ignored):
            refuse(RUNS)
        if space == SVG and name in _MOVING and not self._is_ignored:
            refuse_feature(f"<{name}>")

    @property
    def _is_ignored(self) -> bool:
        return len(self._open) >= self._ignored_from

    def _end(self, _qualified: str) -> None:
        if len(self._open) == self._ignored_from:
            self._ignored_from = DEEPEST + 2
        self._open.pop()

    def _characters(self, text: str) -> None:
        element = self._open[-1]
        if element.name == "style" and element.space in (SVG, XHTML):
            self._style_size += len(text)
            if self._style_size > LONGEST_STYLE:
                refuse(TOO_MUCH)
            element.text += text
        elif text.strip():
            element.text = " "  # for the selector :empty
            if not self._is_ignored and any(
                one.space == SVG and one.name == "text" for one in self._open
            ):
                refuse(HAS_TEXT)

    def _attribute(self, element: Element, space: str, name: str, value: str) -> None:
        if name == "href" and space in ("", XLINK):
            # The one without a namespace wins (SVG 2, 16.1.3).
            if space == "" or "href" not in element.attributes:
                element.attributes["href"] = value.strip()
            return
        if len(value) > LONGEST:
            refuse(TOO_MUCH)
        if space:
            return  # an editor's own namespace
        if name.lower().startswith("on"):
            refuse(RUNS)
        element.attributes[name] = value


def _split(qualified: str) -> tuple[str, str]:
    """Split a qualified name from expat into namespace and name."""
    space, _, name = qualified.rpartition(" ")
    return space, name


def _needs_more(extensions: str | None) -> bool:
    """Return whether an attribute `requiredExtensions` names one that browsers lack."""
    if extensions is None:
        return False
    names = {*extensions.split()}
    return not names or not names <= {XHTML, MATHML}  # none at all is false, too
