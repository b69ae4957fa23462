"""Internationalization: gettext translates texts.

Catalogs are `locales/<language>/LC_MESSAGES/badgekit.mo`, compiled from the `.po` files beside them
when the package is built. The request's `Accept-Language` selects one; English, the language of the
source texts, needs none.
"""

from __future__ import annotations

import functools
import os
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

LOCALES = os.path.join(os.path.dirname(__file__), "locales")
DOMAIN = "badgekit"
ENGLISH = "en"
# A language range of RFC 9110, with an optional script or region, and its weight.
_TAG = re.compile(
    r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)"
    r"\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII,
)

accepted: ContextVar[str] = ContextVar("accepted", default="")


def current() -> str:
    """Return the language of the current request, such as ``en`` or ``pt-BR``."""
    return _chosen(accepted.get()[:200])


@functools.lru_cache(maxsize=64)
def _chosen(accept: str) -> str:
    wanted: list[tuple[float, str]] = []
    for part in accept.split(","):
        if found := _TAG.fullmatch(part):
            wanted.append((float(found[2] or 1), found[1]))
    available = _available()
    for weight, tag in sorted(wanted, key=lambda one: -one[0]):
        if not weight:
            break  # the rest is not acceptable to the client
        for candidate in (tag, tag.split("-")[0]):
            if known := available.get(candidate.lower()):
                return known
    return ENGLISH


@functools.cache
def _available() -> dict[str, str]:
    """Return the available languages by their names in lower case."""
    from pathlib import Path  # imported here: API requests do not need it

    found = {path.parents[1].name for path in Path(LOCALES).glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return {name.lower().replace("_", "-"): name.replace("_", "-") for name in found} | {
        ENGLISH: ENGLISH
    }


@functools.cache
def _translations(language: str) -> NullTranslations:
    from gettext import NullTranslations, translation

    if language == ENGLISH:
        return NullTranslations()
    return translation(DOMAIN, LOCALES, [language.replace("-", "_")])


def gettext(text: str) -> str:
    """Return a text in the language of the current request."""
    return _translations(current()).gettext(text) if text else text


def ngettext(one: str, many: str, number: int) -> str:
    """Return the singular or plural text for a number (see `gettext`)."""
    return _translations(current()).ngettext(one, many, number)


def gettext_noop(text: str) -> str:
    """Mark a text for extraction and return it unchanged; it is translated where it is shown."""
    return text
