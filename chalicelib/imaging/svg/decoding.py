"""The text of an SVG file: its encoding, and the entities that some editors declare."""

from __future__ import annotations

import codecs
import re

from chalicelib.imaging.svg.refusals import ENCODING, ENTITIES, NOT_READ, refuse

MOST_ENTITIES = 50  # declared; Illustrator declares about a dozen, for its namespaces
MOST_USES = 1000  # of all entities
LONGEST_ENTITY = 200  # characters

_DECLARED = re.compile(r"""<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
# As browsers do (Encoding Standard 4.2), ISO-8859-1 is read as its superset.
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
    # An 8-bit file that names UTF-16 was converted without changing its declaration.
    "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8",
}  # fmt: skip
_WIDE = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}  # without a byte order mark
_CP1252_HOLES = {code: chr(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_USE = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)[^;\s]*;")


def looks_like(content: bytes) -> bool:
    """Return whether a file may be SVG, because it starts like XML."""
    start = content[:1024]
    encoding = _wide(start) or "utf-8-sig"
    return start.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").startswith("<")


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, ISO-8859-1 or Windows-1252.

    Raises
    ------
    PictureRefused
        If the encoding is another one, or the content is not in the encoding it declares.
    """
    try:
        return _decode(content).removeprefix("\ufeff")
    except UnicodeDecodeError:
        refuse(NOT_READ)


def _decode(content: bytes) -> str:
    if wide := _wide(content):
        return content.decode(wide)
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    declared = _DECLARED.match(content[:200].decode("ascii", "replace"))
    encoding = _ENCODINGS.get(declared[1].lower()) if declared else "utf-8"
    if encoding is None:
        refuse(ENCODING)
    if encoding == "cp1252":
        # Python leaves five bytes undefined; browsers read them as control characters.
        return content.decode("cp1252", "surrogateescape").translate(
            {0xDC00 + code: text for code, text in _CP1252_HOLES.items()}
        )
    return content.decode(encoding)


def _wide(content: bytes) -> str | None:
    """Return the name of UTF-16 with its byte order, if a file is written in it."""
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return _WIDE.get(content[:2])


class Entities:
    """The entities that a DOCTYPE may declare: few, short, and without markup or other entities.

    Illustrator declares one for each of its namespaces. Everything that could grow or that is
    read from elsewhere is rejected, so expat may replace them.
    """

    def __init__(self, text: str) -> None:
        self._declared: set[str] = set()
        self._uses = len(_USE.findall(text))

    def declare(
        self, name: str, is_parameter: int, value: str | None, _base: str | None,
        _system: str | None, _public: str | None, _notation: str | None,
    ) -> None:  # fmt: skip
        """Accept a declaration; the arguments are those of expat's ``EntityDeclHandler``.

        Raises
        ------
        PictureRefused
            If it is not a short text, or there are too many.
        """
        self._declared.add(name)
        harmless = (
            not is_parameter
            and value is not None
            and len(value) <= LONGEST_ENTITY
            and not set(value) & set("&<%")
            and len(self._declared) <= MOST_ENTITIES
            and self._uses <= MOST_USES
        )
        if not harmless:
            refuse(ENTITIES)
