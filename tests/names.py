"""Pairs of slugs and codes that are the same, and that are not: one table for all who compare."""

from __future__ import annotations

SAME = (
    ("trail", "Trail"),
    ("école", "École"),
    ("caf\u00e9", "cafe\u0301"),  # one character, and two
    ("CAF\u00c9", "cafe\u0301"),
    ("ångström", "\u212bngström"),  # the sign for the unit
    ("ǰ", "J\u030c"),  # which has no capital of its own
    ("яндекс", "ЯНДЕКС"),
    ("b-🎉", "B-🎉"),
)
DIFFERENT = (
    ("b-🎉", "b-🎊"),
    ("🦄-1", "🍣-1"),
    ("🎉", "?"),
    ("👍🏽", "👍"),  # with a color of skin
    ("❤️", "❤"),  # with a variation selector
    ("👨‍👩‍👧", "👨👩👧"),  # joined
    ("trail", "trail "),
    ("trail", " trail"),
    ("trail", "trail\u00a0"),
    ("a b", "a  b"),
    ("école", "ecole"),
    ("jose", "josé"),
    ("über", "uber"),
    ("straße", "strasse"),
    ("ﬁt", "fit"),  # a ligature
    ("\uff11", "1"),  # of full width
    ("x²", "x2"),
    ("\u0131", "i"),  # without a dot
    ("и", "й"),
    ("か", "が"),
    ("か", "カ"),
    ("a-b", "a_b"),
    ("a%", "ab"),
)
