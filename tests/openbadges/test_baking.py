"""Assertions in PNG files: what is baked comes out again, and nothing else is touched."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import limits
from chalicelib.imaging.png import MOST_CHUNKS, WIDEST, NotAPng
from chalicelib.openbadges import default_image
from chalicelib.openbadges.baking import LARGEST_ASSERTION, bake, unbake
from tests.openbadges.png import END, PIXEL, SIGNATURE, chunk, chunks, header, png

IMAGE = default_image.content()
KINDS_OF_TEXT = (b"iTXt", b"tEXt", b"zTXt")
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


# What is baked


@given(texts)
def test_what_is_baked_comes_out_again(text: str) -> None:
    assert unbake(bake(IMAGE, text)) == text


@given(texts, texts)
def test_baking_again_replaces_what_was_baked(first: str, second: str) -> None:
    assert bake(bake(IMAGE, first), second) == bake(IMAGE, second)


@given(texts)
def test_the_image_itself_is_not_touched(text: str) -> None:
    before, after = chunks(IMAGE), chunks(bake(IMAGE, text))
    assert [after[0], *after[2:]] == before


def test_an_assertion_is_one_uncompressed_itxt_chunk_after_the_header() -> None:
    assert chunks(bake(IMAGE, "ü"))[1] == (b"iTXt", b"openbadges\0\0\0\0\0\xc3\xbc")


@pytest.mark.parametrize("kind", KINDS_OF_TEXT)
def test_an_older_assertion_is_replaced_wherever_it_stands(kind: bytes) -> None:
    old = chunk(kind, b"openbadges\0http://example.org/assertion")
    assert bake(SIGNATURE + header() + PIXEL + old + END, "new") == bake(png(), "new")


def test_other_texts_stay() -> None:
    author = chunk(b"tEXt", b"Author\0Ada")
    assert (b"tEXt", b"Author\0Ada") in chunks(bake(png(author), "new"))


def test_what_follows_the_end_of_the_image_is_dropped() -> None:
    assert bake(png() + b"<script>", "new") == bake(png(), "new")


@pytest.mark.parametrize("assertion", ["a\0b", "x" * (LARGEST_ASSERTION + 1)])
def test_what_cannot_be_an_assertion_is_not_baked(assertion: str) -> None:
    with pytest.raises(ValueError, match="assertion"):
        bake(IMAGE, assertion)


def test_the_largest_image_can_be_baked_and_baked_again() -> None:
    filler = b"x" * (limits.PICTURE - len(png()) - 12)
    largest = png(chunk(b"fiLl", filler))
    assert len(largest) == limits.PICTURE
    text = "y" * LARGEST_ASSERTION
    assert unbake(bake(bake(largest, text[:-100]), text[:-100])) == text[:-100]
    with pytest.raises(NotAPng, match="5 MB"):
        bake(png(chunk(b"fiLl", filler + b"x")), "new")


# What comes out of images that others baked


def test_an_image_without_assertion_has_none() -> None:
    assert unbake(IMAGE) is None


def test_old_bakers_wrote_the_address_as_plain_text() -> None:
    old = chunk(b"tEXt", b"openbadges\0http://example.org/assertion")
    assert unbake(png(old)) == "http://example.org/assertion"


def test_an_itxt_chunk_counts_more_than_an_old_one() -> None:
    old, new = chunk(b"tEXt", b"openbadges\0old"), chunk(b"iTXt", b"openbadges\0\0\0en\0\0new")
    assert unbake(png(old, new)) == "new"


@pytest.mark.parametrize(
    "compressed",
    [
        chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b"x" * 1000)),
        chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"x" * 1000)),
    ],
)
def test_compressed_assertions_are_not_read(compressed: bytes) -> None:
    assert unbake(png(compressed)) is None


@pytest.mark.parametrize(
    "content", [b"openbadges\0", b"openbadges\0\0\0\0", b"openbadges\0\0\0\0\0\xff"]
)
def test_an_unreadable_assertion_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPng, match="baked into"):
        unbake(png(chunk(b"iTXt", content)))


# What is no image

DAMAGED = {
    "nothing": b"",
    "another format": b"GIF89a" + bytes(100),
    "the signature alone": SIGNATURE,
    "no header": SIGNATURE + PIXEL + END,
    "text before the header": SIGNATURE + chunk(b"iTXt", b"openbadges\0") + png()[8:],
    "two headers": png(header()),
    "a header of 12 bytes": SIGNATURE + chunk(b"IHDR", bytes(12)) + PIXEL + END,
    "no pixels": SIGNATURE + header(width=0) + PIXEL + END,
    "too many pixels": SIGNATURE + header(height=WIDEST + 1) + PIXEL + END,
    "an unknown colour type": SIGNATURE + header(colour=5) + PIXEL + END,
    "a depth that colours cannot have": SIGNATURE + header(depth=1, colour=2) + PIXEL + END,
    "an unknown compression": SIGNATURE + header(tail=b"\1\0\0") + PIXEL + END,
    "an unknown filter": SIGNATURE + header(tail=b"\0\1\0") + PIXEL + END,
    "an unknown interlacing": SIGNATURE + header(tail=b"\0\0\2") + PIXEL + END,
    "no data": SIGNATURE + header() + END,
    "no end": SIGNATURE + header() + PIXEL,
    "an end with content": SIGNATURE + header() + PIXEL + chunk(b"IEND", b"x"),
    "a wrong checksum": png(chunk(b"teXt", b"x", checksum=0)),
    "a chunk without name": png(chunk(b"\0\0\0\0")),
    "a chunk that is longer than the file": png(b"\xff\xff\xff\xffteXt"),
    "too many chunks": png(*[chunk(b"teXt")] * MOST_CHUNKS),
    "too many bytes": png() + bytes(limits.PICTURE + LARGEST_ASSERTION),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_no_sound_png_image_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPng, match="PNG") as refusal:
        bake(content, "new")
    assert refusal.value.status == 400
    with pytest.raises(NotAPng):
        unbake(content)


def bakes_or_refuses(content: bytes) -> None:
    try:
        baked = bake(content, "new")
    except NotAPng:
        return
    assert unbake(baked) == "new"


@given(st.binary(), st.booleans())
def test_random_bytes_are_refused(content: bytes, signed: bool) -> None:
    with pytest.raises(NotAPng):
        bake(SIGNATURE * signed + content, "new")


@given(st.data())
def test_a_mutated_image_is_baked_or_refused(data: st.DataObject) -> None:
    image = bytearray(bake(png(), "old"))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(image) - 1))
        stop = data.draw(st.integers(start, min(start + 8, len(image))))
        image[start:stop] = data.draw(st.binary(max_size=8))
        image = image or bytearray(1)
    bakes_or_refuses(bytes(image))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"IHDR", b"IDAT", b"IEND", *KINDS_OF_TEXT]) | st.binary(min_size=4, max_size=4),
            st.binary() | st.binary().map(lambda rest: b"openbadges\0" + rest),
        )
    )
)  # fmt: skip
def test_any_sequence_of_chunks_is_baked_or_refused(parts: list[tuple[bytes, bytes]]) -> None:
    content = png(*(chunk(kind, content) for kind, content in parts))
    bakes_or_refuses(content)
    try:
        unbake(content)
    except NotAPng:
        return
