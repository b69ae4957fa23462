"""The image of badges that have none of their own."""

from __future__ import annotations

import struct

from chalicelib.openbadges import baking, default_image
from tests.openbadges.png import chunks


def test_it_is_a_small_square_png_with_transparency() -> None:
    content = dict(chunks(default_image.content()))
    assert struct.unpack(">II", content[b"IHDR"][:8]) == (400, 400)
    assert content[b"tRNS"]
    assert len(default_image.content()) < 12 * 1024


def test_it_can_be_baked() -> None:
    assert baking.unbake(baking.bake(default_image.content(), "{}")) == "{}"
