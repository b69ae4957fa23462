"""S3: objects, uploads, and links that expire."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib.aws import session, storage
from chalicelib.errors import NotFound, Unavailable
from tests.conftest import Cloud


def test_an_object_is_stored_with_its_media_type(cloud: Cloud) -> None:
    storage.put("baked/ünï/1.png", b"\x89PNG", "image/png")
    assert storage.get("baked/ünï/1.png") == b"\x89PNG"
    assert cloud.objects() == {"baked/ünï/1.png": b"\x89PNG"}
    head = session.client("s3").head_object(Bucket=cloud.bucket, Key="baked/ünï/1.png")
    assert head["ContentType"] == "image/png"


def test_storing_again_replaces_an_object(cloud: Cloud) -> None:
    storage.put("a", b"1", "image/png")
    storage.put("a", b"2", "image/svg+xml")
    assert storage.get("a") == b"2"


FOR_EVER = "public, max-age=31536000, immutable"


def test_an_object_stored_once_is_immutable_and_cacheable(cloud: Cloud) -> None:
    assert storage.put_once("a", b"1", "image/png", cache_control=FOR_EVER)
    assert not storage.put_once("a", b"2", "image/png", cache_control="no-store")
    head = session.client("s3").head_object(Bucket=cloud.bucket, Key="a")
    assert (head["ContentType"], head["CacheControl"]) == ("image/png", FOR_EVER)
    assert storage.get("a") == b"1"


@pytest.mark.parametrize(("times", "stored"), [(1, True), (2, True), (3, False)])
def test_storing_is_retried_during_a_concurrent_request(
    times: int, stored: bool, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = session.client("s3")
    conflict = {"Error": {"Code": "ConditionalRequestConflict"}}
    left, put = [ClientError(conflict, "PutObject")] * times, s3.put_object

    def put_object(**how: Any) -> Any:
        if left:
            raise left.pop()
        return put(**how)

    monkeypatch.setattr(s3, "put_object", put_object)
    if stored:
        assert storage.put_once("a", b"1", "image/png", cache_control=FOR_EVER)
    else:
        with pytest.raises(Unavailable):
            storage.put_once("a", b"1", "image/png", cache_control=FOR_EVER)


def test_other_errors_of_storing_once_are_raised(cloud: Cloud, settings: dict[str, str]) -> None:
    settings["IMAGE_BUCKET"] = "no-such-bucket"
    for call in (
        lambda: storage.put_once("a", b"", "", cache_control=""),
        lambda: storage.delete("a"),
    ):
        with pytest.raises(ClientError, match="NoSuchBucket"):
            call()


def test_objects_exist_until_they_are_deleted(cloud: Cloud) -> None:
    storage.put("a", b"123", "image/png")
    assert cloud.objects() == {"a": b"123"}
    storage.delete("a")
    storage.delete("a")
    assert cloud.objects() == {}


def test_a_browser_can_upload_a_file_directly_to_the_bucket(cloud: Cloud) -> None:
    url, fields = storage.upload_form(largest=1000, seconds=60)
    other = storage.upload_form()[1]["key"]
    assert fields["key"].startswith("uploads/")
    assert fields["key"] != other
    assert url.endswith(f"/{cloud.bucket}")
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert ["content-length-range", 1, 1000] in policy["conditions"]
    assert {"key": fields["key"]} in policy["conditions"]
    assert {"bucket": cloud.bucket} in policy["conditions"]
    files = {"file": ("a.png", b"content")}
    assert requests.post(url, data=fields, files=files, timeout=5).status_code == 204
    assert storage.take(fields["key"]) == b"content"
    assert cloud.objects() == {}
    with pytest.raises(NotFound):
        storage.take(fields["key"])


def test_a_file_that_is_too_large_is_cut_and_deleted(cloud: Cloud) -> None:
    key = storage.upload_form()[1]["key"]
    storage.put(key, b"x" * 100, "")
    assert storage.take(key, largest=10) == b"x" * 11
    assert cloud.objects() == {}


def test_only_uploads_are_taken(cloud: Cloud) -> None:
    storage.put("images/a", b"x", "image/png")
    with pytest.raises(NotFound):
        storage.take("images/a")
    assert storage.get("images/a") == b"x"


@pytest.mark.parametrize(
    "ending", ["a", "", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", "0" * 2000]
)
def test_keys_that_no_form_has_are_not_requested(cloud: Cloud, ending: str) -> None:
    """S3 refuses some of them with errors other than `NoSuchKey`."""
    with pytest.raises(NotFound):
        storage.take(f"uploads/{ending}")


def test_an_upload_is_only_taken_with_its_prefix(cloud: Cloud) -> None:
    key = storage.upload_form("uploads/17/")[1]["key"]
    storage.put(key, b"x", "")
    for prefix in ("uploads/", "uploads/1/", "uploads/18/", "uploads/./"):
        with pytest.raises(NotFound):
            storage.take(key, prefix)
    assert storage.take(key, "uploads/17/") == b"x"


def test_a_missing_object_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(NotFound):
        storage.get("nope")


def test_a_missing_bucket_is_another_error(cloud: Cloud, settings: dict[str, str]) -> None:
    settings["IMAGE_BUCKET"] = "no-such-bucket"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        storage.get("nope")


def test_deleting_a_missing_object_is_no_error(cloud: Cloud) -> None:
    storage.put("a", b"1", "image/png")
    storage.put("b", b"2", "image/png")
    storage.delete("a")
    storage.delete("a")
    assert cloud.objects() == {"b": b"2"}


def test_links_are_for_one_object_and_expire(cloud: Cloud) -> None:
    link = urlsplit(storage.link("baked/1 2.png", seconds=60))
    query = parse_qs(link.query)
    assert link.path == f"/{cloud.bucket}/baked/1%202.png"
    assert query["X-Amz-Expires"] == ["60"]
    assert parse_qs(urlsplit(storage.link("a")).query)["X-Amz-Expires"] == ["3600"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-central-1"])
def test_links_are_signed_with_version_4(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    session.forget()
    query = parse_qs(urlsplit(storage.link("a")).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Credential"][0].split("/")[2] == region
