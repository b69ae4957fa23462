"""Image files keep their pixels and colors, and nothing that says where they come from."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from chalicelib.imaging import metadata, raster, uploads
from tests.imaging.pictures import GIF, JPEG, oriented, png
from tests.openbadges.png import chunk

PLACE = b"GPS 41.88N 87.63W"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(*more: bytes) -> bytes:
    """Return the photograph with more segments after its first one (JFIF)."""
    after = 4 + int.from_bytes(JPEG[4:6], "big")
    return JPEG[:after] + b"".join(more) + JPEG[after:]


def profile(content: bytes, name: bytes = b"ICC profile") -> bytes:
    return chunk(b"iCCP", name + b"\0\0" + zlib.compress(content))


def decoded(content: bytes) -> bytes:
    return Image.open(io.BytesIO(content)).convert("RGBA").tobytes()


def kept(content: bytes) -> bytes:
    return uploads.check(content)[0]


# PNG


def test_of_png_files_what_decides_about_pixels_is_kept_and_nothing_else() -> None:
    said = [
        chunk(kind, b"Author\0" + PLACE)
        for kind in (
            b"tEXt",
            b"iTXt",
            b"zTXt",
            b"eXIf",
            b"tIME",
            b"caBX",
            b"prVW",
            b"sPLT",
            b"dSIG",
        )
    ]
    stays = [chunk(b"gAMA", b"\0\0\1\0"), profile(PROFILE), chunk(b"pHYs", bytes(9))]
    assert kept(png(2, 2, bytes(4), *said, *stays) + PLACE) == png(2, 2, bytes(4), *stays)


BAD_PROFILES = {
    "a bomb": profile(bytes(64 * 1024**2)),
    "one that is too large": profile(
        (2 * 1024**2).to_bytes(4, "big") + PROFILE[4:].ljust(2 * 1024**2 - 4, b"\0")
    ),
    "another size": profile(PROFILE + PLACE),
    "no profile": profile(PLACE * 20),
    "data that is damaged": chunk(b"iCCP", b"a\0\0" + zlib.compress(PROFILE)[:-9]),
    "data after its end": chunk(b"iCCP", b"a\0\0" + zlib.compress(PROFILE) + PLACE),
    "another compression": chunk(b"iCCP", b"a\0\1" + zlib.compress(PROFILE)),
    "no name": profile(PROFILE, b""),
    "a long name": profile(PROFILE, b"a" * 80),
}


@pytest.mark.parametrize("bad", BAD_PROFILES.values(), ids=BAD_PROFILES)
def test_color_profiles_that_are_not_sound_are_dropped(bad: bytes) -> None:
    assert kept(png(2, 2, bytes(4), bad)) == png(2, 2, bytes(4))


def test_a_profile_is_never_inflated_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "LARGEST_PROFILE", len(PROFILE) - 1)
    assert kept(png(2, 2, bytes(4), profile(PROFILE))) == png(2, 2, bytes(4))
    monkeypatch.setattr(metadata, "LARGEST_PROFILE", len(PROFILE))
    assert kept(png(2, 2, bytes(4), profile(PROFILE))) != png(2, 2, bytes(4))


# JPEG


SAID = {
    "EXIF": segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0" + PLACE),
    "XMP": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
    "IPTC": segment(0xED, b"Photoshop 3.0\0" + PLACE),
    "a comment": segment(0xFE, PLACE),
    "more images": segment(0xE2, b"MPF\0" + PLACE),
    "a thumbnail": segment(0xE0, b"JFXX\0\x10" + PLACE),
    "content credentials": segment(0xEB, b"JP" + PLACE),
    "a profile that is none": segment(0xE2, b"ICC_PROFILE\0\1\1" + PLACE * 20),
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_photographs_do_not_say_where_they_were_taken(said: bytes) -> None:
    assert kept(with_segments(said) + PLACE) == JPEG


def test_a_thumbnail_in_the_first_segment_is_dropped() -> None:
    first = JPEG[6:20]
    with_thumbnail = segment(0xE0, first[:-2] + b"\1\1" + b"GPS")
    assert kept(JPEG[:2] + with_thumbnail + JPEG[20:]) == JPEG


def test_photographs_keep_their_colors() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\0\1\1" + PROFILE)
    adobe = segment(0xEE, b"Adobe\0d\0\0\0\0\1")
    assert kept(with_segments(profile, adobe)) == with_segments(profile, adobe)


@pytest.mark.parametrize("number", range(2, 9))
def test_photographs_stay_upright_with_nothing_but_their_orientation(number: int) -> None:
    said = oriented(number).replace(b"\xff\xdb", SAID["EXIF"] + SAID["XMP"] + b"\xff\xdb", 1)
    stripped = kept(said)
    assert Image.open(io.BytesIO(stripped)).getexif() == {0x0112: number}
    assert raster.read(stripped).orientation == number
    assert PLACE not in stripped
    assert decoded(stripped) == decoded(JPEG)
    assert kept(stripped) == stripped


def test_the_scans_of_a_progressive_photograph_are_unchanged() -> None:
    file = io.BytesIO()
    noise = Image.effect_noise((64, 48), 90).convert("RGB")
    noise.save(file, "JPEG", progressive=True, comment=PLACE, exif=b"Exif\0\0" + PLACE)
    assert PLACE in file.getvalue()
    stripped = kept(file.getvalue())
    assert PLACE not in stripped
    assert decoded(stripped) == decoded(file.getvalue())


# GIF


def test_of_gif_files_frames_and_repeats_are_kept() -> None:
    start = GIF.index(b",")
    repeats = b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    comment = b"!\xfe" + bytes([len(PLACE)]) + PLACE + b"\0"
    xmp = b"!\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\0"
    said = GIF[:start] + repeats + comment + xmp + GIF[start:] + PLACE
    assert kept(said) == GIF[:start] + repeats + GIF[start:]
