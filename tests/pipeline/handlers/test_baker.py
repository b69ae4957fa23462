"""Assertions are baked into the badge's picture, whatever kind of picture that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import peewee
import pytest

from chalicelib.aws import storage
from chalicelib.data.models import Badge
from chalicelib.domain.badges import badges
from chalicelib.domain.events import serializers
from chalicelib.domain.images import images
from chalicelib.imaging import uploads
from chalicelib.openbadges import baking, default_image
from chalicelib.pipeline.handlers import baker
from tests.conftest import Cloud
from tests.domain import places
from tests.imaging.pictures import GIF, JPEG, svg
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.openbadges.png import END, chunk
from tests.openbadges.png import png as small_png
from tests.servers import Server, serving

WIDE = svg('<rect width="200" height="100" fill="red"/>', 'viewBox="0 0 200 100"')


@pytest.fixture
def badge(database: peewee.Database, cloud: Cloud) -> Badge:
    return places.published(places.chicago(), "reader")


def baked(badge: Badge, picture: images.Picture, cloud: Cloud) -> tuple[bytes, str | None]:
    """Return what an award of a badge with a picture is baked into, and what is said about it."""
    badge.image = images.keep(picture)
    badge.save()
    award = stored(examples.award(badges.by_id(badge.id)))
    key, note = baker.bake(award, may_retry=True)
    made = cloud.objects()[key]
    assert award.slug in str(baking.unbake(made))
    return baking.bake(made, "{}"), note


@pytest.mark.parametrize("content", [JPEG, GIF], ids=["JPEG", "GIF"])
def test_pictures_that_programs_sent_become_png_files(
    content: bytes, badge: Badge, cloud: Cloud
) -> None:
    storage.put("images/p", content, "image/jpeg")
    made, note = baked(badge, images.Picture(key="images/p"), cloud)
    assert note is None
    assert made == baking.bake(uploads.as_png(content), "{}")


def test_png_files_stay_as_they_are(badge: Badge, cloud: Cloud) -> None:
    storage.put("images/p", small_png(), "image/png")
    made, note = baked(badge, images.Picture(key="images/p"), cloud)
    assert (made, note) == (baking.bake(small_png(), "{}"), None)


def test_png_files_say_nothing_but_the_assertion(badge: Badge, cloud: Cloud) -> None:
    said = chunk(b"eXIf", b"GPS")
    content = small_png().replace(END, said + END)
    assert said in content
    storage.put("images/p", content, "image/png")
    made, note = baked(badge, images.Picture(key="images/p"), cloud)
    assert (made, note) == (baking.bake(small_png(), "{}"), None)


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start a server on this machine that sends something; requests may reach it."""
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    with serving() as start:
        yield start


@pytest.mark.parametrize("content", [JPEG, WIDE], ids=["JPEG", "SVG"])
def test_pictures_elsewhere_may_be_of_any_kind(
    content: bytes, badge: Badge, cloud: Cloud, serve: Callable[..., Server]
) -> None:
    url = serve(b"HTTP/1.1 200 OK\r\n\r\n" + content).url
    made, note = baked(badge, images.Picture(url=url), cloud)
    assert note is None
    assert made == baking.bake(uploads.as_png(content), "{}")


def test_a_picture_at_our_own_address_is_baked_into(badge: Badge, cloud: Cloud) -> None:
    """Programs send the `imageUrl` that they read."""
    storage.put("images/ours.png", small_png(), "image/png")
    ours = images.keep(images.Picture(key="images/ours.png", media_type="image/png"))
    url = serializers.image_url(ours)
    made, note = baked(badge, images.Picture(url=url), cloud)
    assert (made, note) == (baking.bake(small_png(), "{}"), None)


def test_a_picture_is_baked_into_wherever_its_address_redirects(
    badge: Badge, cloud: Cloud, serve: Callable[..., Server]
) -> None:
    """Such as an address of another deployment, which redirects to its bucket."""
    bucket = serve(b"HTTP/1.1 200 OK\r\n\r\n" + small_png())
    front = serve(f"HTTP/1.1 302 Found\r\nLocation: {bucket.url}\r\n\r\n".encode())
    made, note = baked(badge, images.Picture(url=front.url), cloud)
    assert (made, note) == (baking.bake(small_png(), "{}"), None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (JPEG[:-2], "damaged"),
        (svg("<script/>"), "script"),
        (b"<html>Not found</html>", "not an SVG"),
        (b"", "PNG, JPEG, or SVG"),
        (small_png()[:-4], "ends too early"),
    ],
)
def test_for_what_cannot_be_drawn_the_default_picture_is_taken(
    content: bytes, reason: str, badge: Badge, cloud: Cloud
) -> None:
    storage.put("images/p", content, "image/png")
    made, note = baked(badge, images.Picture(key="images/p"), cloud)
    assert made == baking.bake(default_image.content(), "{}")
    assert note is not None
    assert reason in note
    assert note.endswith("; the default image was used")


@pytest.mark.parametrize("content", [None, b"not an image"], ids=["gone", "broken"])
def test_an_award_that_is_baked_again_keeps_its_picture_if_the_badge_has_lost_it(
    content: bytes | None, badge: Badge, cloud: Cloud
) -> None:
    storage.put("images/p", small_png(), "image/png")
    badge.image = images.keep(images.Picture(key="images/p"))
    badge.save()
    award = stored(examples.award(badges.by_id(badge.id)))
    award.baked_key, _ = baker.bake(award, may_retry=True)
    if content is None:
        storage.delete("images/p")
    else:
        storage.put("images/p", content, "image/png")
    award.comment = "Told later"
    award.save()
    key, note = baker.bake(award, may_retry=False)
    made = cloud.objects()[key]
    assert (baking.bake(made, "{}"), note) == (baking.bake(small_png(), "{}"), None)
    assert "Told later" in str(baking.unbake(made))
    storage.delete(key)
    _, note = baker.bake(award, may_retry=False)
    assert "the default image was used" in str(note)
