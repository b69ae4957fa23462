"""The AWS mocks: objects and mails are written to disk, and websites have no access."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from chalicelib.aws import queues, session, storage
from infra.local.aws_mocks import MAX_DELIVERIES, AwsMocks, _create_queue


@pytest.fixture
def mocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsMocks]:
    mocks = AwsMocks(tmp_path)
    monkeypatch.setattr("os.environ", {})
    mocks.start()
    yield mocks
    mocks.stop()
    session.forget()


def status(mocks: AwsMocks, method: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(urlsplit(mocks.url).netloc, timeout=10)
    connection.request(method, path, headers=headers)
    found = connection.getresponse().status
    connection.close()
    return found


def test_objects_are_files_with_their_media_type(
    mocks: AwsMocks, settings: dict[str, str], tmp_path: Path
) -> None:
    settings["IMAGE_BUCKET"] = "pictures"
    mocks.create_resources("pictures", "badges@example.org")
    storage.put("awards/1.png", b"content", "image/png")
    assert storage.get("awards/1.png") == b"content"
    assert (tmp_path / "s3/pictures/awards%2F1.png.object").read_bytes() == b"content"
    assert (tmp_path / "s3/pictures/awards%2F1.png.type").read_text() == "image/png"


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {"Origin": "https://evil.example"}),
        ("GET", "/", {"Host": "evil.example"}),
        ("GET", "/moto-api/data.json", {}),
        ("POST", "/moto-api/reset", {}),
    ],
)
def test_websites_are_rejected(
    mocks: AwsMocks, method: str, path: str, headers: dict[str, str]
) -> None:
    assert status(mocks, method, path, headers) == 403


FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.usefixtures("mocks")
def test_a_page_of_this_machine_may_send_a_file(settings: dict[str, str]) -> None:
    settings["IMAGE_BUCKET"] = "uploaded"
    session.client("s3").create_bucket(Bucket="uploaded")
    url, fields = storage.upload_form()
    answer = requests.post(
        url, data=fields, files={"file": b"picture"}, headers={"Origin": "http://localhost:3000"},
        timeout=10,
    )  # fmt: skip
    assert answer.ok
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "http://localhost:3000")
    assert storage.take(fields["key"]) == b"picture"


@pytest.mark.parametrize(
    "headers", [{**FORM, "Origin": "https://evil.example"}, {"Origin": "http://localhost:3000"}]
)
def test_other_pages_may_not(mocks: AwsMocks, headers: dict[str, str]) -> None:
    assert status(mocks, "POST", "/pictures", headers) == 403


@pytest.mark.usefixtures("mocks")
def test_dead_letters_are_counted_and_redriven() -> None:
    mails, sqs = _create_queue("badgekit-of-this-test"), session.client("sqs")
    queues.send(mails, [{"not": "ours"}] * 3)
    for _ in range(MAX_DELIVERIES + 1):  # the last receive moves them to the dead-letter queue
        sqs.receive_message(QueueUrl=mails, MaxNumberOfMessages=10, VisibilityTimeout=0)
    dead = queues.dead_letters_of(mails)
    assert dead is not None
    assert (dead.number, len(queues.peek(dead))) == (3, 3)
    assert queues.redrive(dead, mails, most=3, seconds=20) == 3
    assert queues.dead_letters_of(mails) == (dead.url, 0)
    assert len(sqs.receive_message(QueueUrl=mails, MaxNumberOfMessages=10)["Messages"]) == 3
