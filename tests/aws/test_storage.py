"""S3: objects, and links to them that anyone can use for a while."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws import session, storage
from chalicelib.errors import NotFound
from tests.conftest import Cloud


def test_what_is_put_can_be_got_with_its_media_type(cloud: Cloud) -> None:
    storage.put("baked/ünï/1.png", b"\x89PNG", "image/png")
    assert storage.get("baked/ünï/1.png") == b"\x89PNG"
    assert cloud.objects() == {"baked/ünï/1.png": b"\x89PNG"}
    head = session.client("s3").head_object(Bucket=cloud.bucket, Key="baked/ünï/1.png")
    assert head["ContentType"] == "image/png"


def test_putting_again_replaces(cloud: Cloud) -> None:
    storage.put("a", b"1", "image/png")
    storage.put("a", b"2", "image/svg+xml")
    assert storage.get("a") == b"2"


def test_what_is_not_there_cannot_be_got(cloud: Cloud) -> None:
    with pytest.raises(NotFound):
        storage.get("nope")


def test_a_bucket_that_is_not_there_is_another_trouble(
    cloud: Cloud, settings: dict[str, str]
) -> None:
    settings["IMAGE_BUCKET"] = "no-such-bucket"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        storage.get("nope")


def test_deleting_twice_is_deleting_once(cloud: Cloud) -> None:
    storage.put("a", b"1", "image/png")
    storage.put("b", b"2", "image/png")
    storage.delete("a")
    storage.delete("a")
    assert cloud.objects() == {"b": b"2"}


def test_links_lead_to_one_object_for_a_while(cloud: Cloud) -> None:
    link = urlsplit(storage.link("baked/1 2.png", seconds=60))
    query = parse_qs(link.query)
    assert link.path == f"/{cloud.bucket}/baked/1%202.png"
    assert query["X-Amz-Expires"] == ["60"]
    assert parse_qs(urlsplit(storage.link("a")).query)["X-Amz-Expires"] == ["3600"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-central-1"])
def test_links_are_signed_as_every_bucket_takes_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    session.forget()
    query = parse_qs(urlsplit(storage.link("a")).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Credential"][0].split("/")[2] == region
