"""Images are stored once, under the digest of their content."""

from __future__ import annotations

import hashlib

import peewee
import pytest

from chalicelib.aws import session
from chalicelib.imaging import builtin, store
from chalicelib.openbadges import default_image
from tests.conftest import Cloud

PNG = default_image.content()
NAME = f"images/{hashlib.sha256(PNG).hexdigest()}"


def test_a_picture_is_kept_with_what_it_was_drawn_from(
    database: peewee.Database, cloud: Cloud
) -> None:
    assert store.keep(PNG, svg="<svg/>", design='{"shape": "☃"}') == f"{NAME}.png"
    assert cloud.objects() == {
        f"{NAME}.png": PNG,
        f"{NAME}.svg": b"<svg/>",
        f"{NAME}.json": '{"shape": "☃"}'.encode(),
    }
    s3 = session.client("s3")
    heads = {key: s3.head_object(Bucket=cloud.bucket, Key=key) for key in cloud.objects()}
    assert {key: head["ContentType"] for key, head in heads.items()} == {
        f"{NAME}.png": "image/png",
        f"{NAME}.svg": "image/svg+xml",
        f"{NAME}.json": "application/json",
    }
    assert {head["CacheControl"] for head in heads.values()} == {store.FOR_EVER}


def test_keeping_it_again_changes_nothing(database: peewee.Database, cloud: Cloud) -> None:
    assert store.keep(PNG, svg="first") == store.keep(PNG, svg="second") == store.keep(PNG)
    assert cloud.objects() == {f"{NAME}.png": PNG, f"{NAME}.svg": b"first"}


@pytest.mark.parametrize(
    ("media_type", "ending"), [("image/png", "png"), ("image/jpeg", "jpg"), ("image/gif", "gif")]
)
def test_pictures_of_programs_are_kept_as_what_they_are(
    media_type: str, ending: str, database: peewee.Database, cloud: Cloud
) -> None:
    assert store.store(PNG, media_type) == f"{NAME}.{ending}"
    head = session.client("s3").head_object(Bucket=cloud.bucket, Key=f"{NAME}.{ending}")
    assert head["ContentType"] == media_type


def test_pictures_that_come_with_the_product_are_kept_alike(cloud: Cloud) -> None:
    link = builtin.link(default_image.FILE)
    ((key, content),) = cloud.objects().items()
    assert content == PNG
    assert f"/{cloud.bucket}/{key}?" in link


def test_links_lead_to_the_host_before_the_bucket(cloud: Cloud, settings: dict[str, str]) -> None:
    assert f"/{cloud.bucket}/images/a%20b?" in store.link("images/a b")
    for base in ("https://p.example.org", "https://p.example.org/"):
        settings["IMAGE_BASE_URL"] = base
        assert store.link("images/a b") == "https://p.example.org/images/a%20b"
    settings["IMAGE_BASE_URL"] = ""
    assert cloud.bucket in store.link("images/a")
