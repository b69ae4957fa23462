"""Uploaded SVG: checked, then rewritten in the plain SVG that the renderer draws as browsers do.

Scripts, external references and content that expands while rendering are rejected with a message, and
so is what would look different than in a browser. Harmless leftovers of editors are dropped: their own
namespaces, metadata, comments, links and fonts. The sandbox limits everything else, see
`imaging/sandbox.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chalicelib import limits
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import data_urls, raster
from chalicelib.imaging.svg import decoding, tree
from chalicelib.imaging.svg.refusals import (
    ELSEWHERE,
    NOT_READ,
    RUNS,
    TOO_MUCH,
    refuse,
    refuse_feature,
)
from chalicelib.imaging.svg.tree import DEEPEST, Element

MOST_DRAWN = 100_000  # nodes, including the copies made by `use`, patterns, masks and others

_URL = re.compile(r"\b(?:url|src|image|image-set)\s*\(\s*[\"']?\s*([^\"')]*)", re.IGNORECASE)
_MEDIA_TYPES = {"image/png", "image/jpeg", "image/jpg", "image/gif"}
_IMAGES = {"image", "feImage"}


def looks_like(content: bytes) -> bool:
    """Return whether a file may be SVG, because it starts like XML."""
    return decoding.looks_like(content)


def read(content: bytes) -> str:
    """Check an SVG image, and return it in the plain SVG that the renderer draws as browsers do.

    Raises
    ------
    PictureRefused
        If it may do harm, is not SVG, or would look different than in a browser.
    """
    # The parser of style sheets is needed for SVG only.
    from chalicelib.imaging.svg import structure, styles, values

    if len(content) > limits.PICTURE:
        raise PictureRefused(
            gettext("This image is larger than %d MB. Make it smaller and try again.")
            % limits.PICTURE_MB
        )
    root = tree.parse(decoding.decode(content))
    try:
        background = styles.resolve(root)
        structure.simplify(root, background)
    except values.Invalid:  # a number that is too large, where no other value could be taken
        refuse(NOT_READ)
    _References(root).check()
    return root.to_text()


@dataclass(eq=False)
class _Node:
    """The rendering cost of an element: its weight, its children and its references."""

    weight: int = 1
    children: list[_Node] = field(default_factory=list)
    refers_to: list[str] = field(default_factory=list)


class _References:
    """Checks what the elements of a file refer to, and how much is drawn in the end."""

    def __init__(self, root: Element) -> None:
        self._pixels = 0
        self._by_id: dict[str, _Node] = {}
        self._weighed: dict[_Node, tuple[int, int]] = {}
        self._root = self._node(root)

    def check(self) -> None:
        drawn, _depth = self._weigh(self._root, 0)
        if drawn > MOST_DRAWN:
            refuse(TOO_MUCH)

    def _node(self, element: Element) -> _Node:
        node = _Node()
        for name, value in element.attributes.items():
            if name == "href":
                self._reference(node, element, value)
            elif name == "id":
                self._by_id.setdefault(value, node)
            else:
                node.refers_to += _references(value)
        if element.attributes.get("href") == "":
            del element.attributes["href"]
        node.children = [self._node(child) for child in element.children]
        return node

    def _reference(self, node: _Node, element: Element, target: str) -> None:
        if target.startswith("#"):
            node.refers_to.append(target[1:])
        elif data_urls.is_one(target) and element.name in _IMAGES:
            kind, content = _embedded(target)
            picture = raster.read(content)
            if picture.orientation != 1:  # only browsers turn it
                refuse_feature("image-orientation (EXIF)")
            pixels = picture.width * picture.height
            element.attributes["href"] = data_urls.encode(kind, content)
            node.weight += pixels * MOST_DRAWN // raster.MOST_PIXELS
            self._pixels += pixels
            if self._pixels > raster.MOST_PIXELS:
                refuse(TOO_MUCH)
        elif target:
            refuse(RUNS if target.lower().startswith("javascript:") else ELSEWHERE)

    def _weigh(self, node: _Node, depth: int) -> tuple[int, int]:
        """Return how many elements are rendered for one, including copies, and their depth."""
        if node not in self._weighed:
            if depth > 2 * DEEPEST:
                refuse(TOO_MUCH)
            self._weighed[node] = 0, 0  # circular references count once
            referred = [self._by_id[name] for name in node.refers_to if name in self._by_id]
            inner = [self._weigh(other, depth + 1) for other in (*node.children, *referred)]
            drawn = node.weight + sum(count for count, _ in inner)
            self._weighed[node] = drawn, 1 + max((levels for _, levels in inner), default=0)
        if depth + self._weighed[node][1] > 2 * DEEPEST:
            refuse(TOO_MUCH)
        return self._weighed[node]


def _embedded(target: str) -> tuple[str, bytes]:
    """Return the kind and content of an embedded raster image."""
    try:
        kind, content = data_urls.decode(target)
    except data_urls.NotData:
        refuse(NOT_READ if ";base64," in target[:200] else ELSEWHERE)
    if kind not in _MEDIA_TYPES:
        refuse(ELSEWHERE)
    return kind, content


def _references(value: str) -> list[str]:
    """Return the IDs that an attribute refers to; reject external references."""
    if "(" not in value and "\\" not in value:
        return []
    targets = set(_URL.findall(value))
    if any(not target.startswith("#") for target in targets):
        refuse(ELSEWHERE)
    return [target[1:].strip() for target in targets]
