"""Images on other sites are copied to the bucket, so that badges outlive those sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib import config
from chalicelib.data.models import Image, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.events import serializers
from chalicelib.domain.images import images
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.imaging import uploads
from chalicelib.openbadges import baking, v1, v2
from chalicelib.openbadges.links import Links
from tests.conftest import Clock, Cloud
from tests.domain import places
from tests.imaging.pictures import GIF, JPEG, svg
from tests.openbadges import examples
from tests.openbadges.png import png as small_png
from tests.pipeline.harness import Pipeline
from tests.servers import Server, serving

WIDE = svg('<rect width="200" height="100" fill="red"/>', 'viewBox="0 0 200 100"')
Serve = Callable[..., Server]


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Serve]:
    """Start a server on this machine that sends something; requests may reach it."""
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    with serving() as start:
        yield start


@pytest.fixture
def pipeline(database: object, cloud: Cloud, clock: Clock) -> Pipeline:
    return Pipeline(cloud, clock)


def picture(content: bytes, serve: Serve) -> images.Picture:
    return images.Picture(url=serve(b"HTTP/1.1 200 OK\r\n\r\n" + content).url)


def kept(one: images.Picture) -> Image:
    image = images.keep(one)
    assert image is not None
    return image


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(small_png(), "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (WIDE, "image/png")],
    ids=["PNG", "JPEG", "GIF", "SVG"],
)
def test_a_copy_keeps_its_pixels_but_for_drawings(
    content: bytes, media_type: str, pipeline: Pipeline, cloud: Cloud, serve: Serve
) -> None:
    image = kept(picture(content, serve))
    pipeline.settle()
    row = Image.get_by_id(image.id)
    assert row.media_type == media_type
    stored = cloud.objects()[row.key]
    assert stored == (uploads.as_png(WIDE) if content == WIDE else uploads.check(content)[0])
    assert (row.url, Job.get().outcome) == (image.url, "copied")


def test_documents_of_2_0_show_the_copy_and_all_others_what_was_sent(
    pipeline: Pipeline, serve: Serve
) -> None:
    badge = places.published(places.chicago(), "reader")
    there = picture(JPEG, serve)
    badges.update(badge, {}, there)
    pipeline.settle()
    links, badge = Links(config.settings().url("")), badges.by_id(badge.id)
    image, details = badge.image, examples.details()
    ours = f"http://localhost:3000/public/images/{image.slug}"
    assert v2.badge_class(links, badge, details)["image"] == ours
    assert v1.badge_class(links, badge, details)["image"] == there.url
    assert serializers.image_url(image) == there.url


def test_a_badge_outlives_the_site_of_its_image(
    pipeline: Pipeline, cloud: Cloud, serve: Serve, settings: dict[str, str]
) -> None:
    badge = places.published(places.chicago(), "reader")
    badges.update(badge, {}, picture(small_png(), serve))
    pipeline.settle()
    settings["ALLOW_PRIVATE_ADDRESSES"] = "false"  # nothing is reached any more
    award, _ = awards.give(badges.by_id(badge.id), "earner@example.org")
    pipeline.settle()
    baked = cloud.objects()[f"awards/{award.slug}.png"]
    assert baking.bake(baked, "{}") == baking.bake(uploads.check(small_png())[0], "{}")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "returned status 404"),
        (b"HTTP/1.1 500 Oops\r\n\r\n", "returned status 500"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "damaged"),
        (b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n", "redirects too often"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", "cannot be used"),
    ],
    ids=["missing", "broken", "a page", "a loop", "not the web"],
)
def test_what_cannot_be_copied_says_why_and_stays_where_it_is(
    answer: bytes, reason: str, pipeline: Pipeline, serve: Serve
) -> None:
    image = kept(images.Picture(url=serve(*[answer] * 20).url))
    pipeline.settle()
    job = Job.get()
    assert (job.state, Image.get_by_id(image.id).key) == (outbox.FAILED, None)
    assert reason in job.reason


def test_an_image_is_copied_from_where_its_address_redirects(
    pipeline: Pipeline, serve: Serve
) -> None:
    """Sites move to https, and addresses of images on many others always redirect."""
    there = picture(JPEG, serve).url
    moved = f"HTTP/1.1 301 Moved\r\nLocation: {there}\r\n\r\n".encode()
    image = kept(images.Picture(url=serve(moved).url))
    pipeline.settle()
    row = Image.get_by_id(image.id)
    assert (row.key is not None, row.url, Job.get().outcome) == (True, image.url, "copied")


def test_a_job_that_comes_twice_copies_once(pipeline: Pipeline, cloud: Cloud, serve: Serve) -> None:
    kept(picture(JPEG, serve))
    pipeline.settle()
    Job.update(state=outbox.RECEIVED).execute()
    pipeline.work({"Records": []}, None)
    outbox.retry(Job.get().id)
    assert outbox.add(kinds.IMAGE, image=Image.get(), key=images.copy_key(Image.get())) is False
    assert len([key for key in cloud.objects() if key.startswith("images/")]) == 1
