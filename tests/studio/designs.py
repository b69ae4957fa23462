"""Designs made up by hypothesis: all choices, all limits, words of any script."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.studio import fonts, glyphs, graphics
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.design import LIMITS, LONGEST_TEXT, VERSION
from chalicelib.studio.palettes import PALETTES, ROLES
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES

# Machines may be slow; that is not what these tests are about.
UNHURRIED = profile(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HOSTILE = (
    "<script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "\"/><image href='http://e.example/'/>",
    "' onload='alert(1)",
    "&#0;&amp;&lt;&nbsp;&bogus;",
    "<!--<![CDATA[<?xml?>",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "${7*7} {{7*7}} %s%n %(x)s",
    "url(#ground) #u41",
)
_SCRIPTS = (
    ("A", "z"), ("\u00c0", "\u017f"), ("\u0391", "\u03ce"), ("\u0410", "\u044f"),
    ("\u05d0", "\u05ea"), ("\u0627", "\u064a"), ("\u0905", "\u0939"), ("\u0e01", "\u0e2e"),
    ("\u1ea0", "\u1ef9"), ("\u3042", "\u3093"), ("\u4e00", "\u9fa5"), ("\uac00", "\ud7a3"),
    (" ", "@"), ("\u200b", "\u200f"), ("\u202a", "\u202e"), ("\u0300", "\u0304"),
)  # fmt: skip


def _drawable(letter: str) -> bool:
    return glyphs.glyph(letter) is not None or fonts.drawable(letter)


def texts() -> st.SearchStrategy[str]:
    """Words that a badge can bear: of one script, of many, and such that mean harm."""
    scripts = [
        st.characters(min_codepoint=ord(first), max_codepoint=ord(last)).filter(_drawable)
        for first, last in _SCRIPTS
    ]
    lines = [st.text(one, max_size=LONGEST_TEXT) for one in [*scripts, st.one_of(scripts)]]
    return st.one_of([*lines, st.sampled_from(HOSTILE)])


def _number(*path: str) -> st.SearchStrategy[int]:
    low, high = LIMITS[path]
    return st.integers(low, high)


def _one_of(choices: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(choices))


def _part(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Documents of designs that are in order."""
    names = [graphic.name for graphic in graphics.find("", most=5000)[0]]
    colour = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
    graphic = st.fixed_dictionaries(
        {"name": st.sampled_from(names)},
        optional={name: _number("graphic", name) for name in ("size", "x", "y", "rotation")},
    )
    members = {
        "shape": _one_of(SHAPES),
        "palette": _one_of(PALETTES),
        "colours": st.dictionaries(st.sampled_from(ROLES), colour),
        "finish": _one_of(FINISHES),
        "background": _part(style=_one_of(BACKGROUNDS), scale=_number("background", "scale")),
        "border": _part(style=_one_of(BORDERS), width=_number("border", "width")),
        "graphic": st.none() | graphic,
        "ribbon": _part(style=_one_of(RIBBONS), label=texts()),
        "text": _part(top=texts(), bottom=texts(), curved=st.booleans()),
        "branding": texts(),
    }
    return st.fixed_dictionaries({"version": st.just(VERSION)}, optional=members)
