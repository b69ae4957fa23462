"""Images: detected by their first bytes, and stored under random slugs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.data.models import Image, Job
from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.openbadges import default_image


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ],
)
def test_png_jpeg_and_gif_are_pictures(start: bytes, kind: str) -> None:
    assert images.media_type(start + b"and so on") == kind
    assert images.media_type(start[:-1]) is None
    assert images.media_type(b" " + start) is None


def test_our_own_picture_is_one() -> None:
    assert images.media_type(default_image.content()) == "image/png"


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"BM", b"RIFF....WEBP"],
)
def test_nothing_else_is_least_of_all_what_can_hold_scripts(content: bytes) -> None:
    assert images.media_type(content) is None


@profile(deadline=None)
@given(content=st.binary())
def test_no_bytes_upset_the_look_at_them(content: bytes) -> None:
    assert images.media_type(content) in (None, *images.MEDIA_TYPES.values())


@pytest.mark.usefixtures("database")
def test_no_picture_is_no_row() -> None:
    assert images.keep(None) is None
    assert Image.select().count() == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "picture",
    [
        Picture(url="http://example.org/a.png"),
        Picture(key="images/a", media_type="image/png"),
        Picture(key="images/a.png", media_type="image/png", alt="A star", design='{"shape":1}'),
    ],
    ids=["elsewhere", "in the bucket", "drawn"],
)
def test_a_picture_is_kept_with_where_it_is_and_what_it_shows(picture: Picture) -> None:
    kept = images.keep(picture)
    assert kept is not None
    row = Image.get_by_id(kept.id)
    assert images.picture(row) == picture
    assert re.fullmatch("[0-9a-f]{32}", row.slug)


@pytest.mark.usefixtures("database")
def test_the_same_picture_twice_is_two_rows_of_different_names() -> None:
    first, second = (images.keep(Picture(url="http://example.org/a.png")) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.slug != second.slug


@pytest.mark.usefixtures("database")
def test_a_picture_elsewhere_gets_a_job_that_copies_it() -> None:
    elsewhere, here = (
        images.keep(Picture(url="http://example.org/a.png")), images.keep(Picture(key="images/a")),
    )  # fmt: skip
    assert elsewhere is not None
    assert here is not None
    assert [(job.kind, job.image_id) for job in Job.select()] == [("image", elsewhere.id)]
    images.keep(Picture(url="http://example.org/a.png", key="images/b"))  # copied before
    assert Job.select().count() == 1


@pytest.mark.usefixtures("database")
def test_a_picture_at_an_address_of_ours_is_the_one_that_is_there(
    settings: dict[str, str],
) -> None:
    settings["FORMER_HOSTS"] = "old.example.org"
    kept = images.keep(Picture(key="images/a"))
    assert kept is not None
    for host in ("http://localhost:3000", "https://old.example.org"):
        assert images.keep(Picture(url=f"{host}/public/images/{kept.slug}")) == kept
    for url in (
        f"https://elsewhere.example.org/public/images/{kept.slug}",
        "http://localhost:3000/public/images/nothing",
    ):
        other = images.keep(Picture(url=url))
        assert other is not None
        assert (other.url, other == kept) == (url, False)
