"""The AWS mocks: objects and mails are written to disk, and websites have no access."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from chalicelib.aws import queues, session, storage
from infra.aws import fragments
from infra.local.aws_mocks import MAX_DELIVERIES, AwsMocks, _create_queue
from infra.local.bucket_cors import OWN, RULES, SECURITY, Rule


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
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert storage.take(fields["key"]) == b"picture"


@pytest.mark.parametrize(
    "headers", [{**FORM, "Origin": "https://evil.example"}, {"Origin": "http://localhost:3000"}]
)
def test_other_pages_may_not(mocks: AwsMocks, headers: dict[str, str]) -> None:
    assert status(mocks, "POST", "/pictures", headers) == 403


# The bucket's CORS rules


@pytest.fixture
def signed(mocks: AwsMocks, settings: dict[str, str]) -> str:
    """A signed link to an object of the bucket `read`, which all tests here share."""
    settings["IMAGE_BUCKET"] = "read"
    session.client("s3").create_bucket(Bucket="read")
    storage.put("awards/1.png", b"content", "image/png")
    return storage.link("awards/1.png")


def test_the_rules_are_those_of_the_stack() -> None:
    bucket = fragments.read()["Resources"]["Bucket"]["Properties"]
    rules = [
        Rule("*" if rule["AllowedOrigins"] == ["*"] else OWN, tuple(rule["AllowedMethods"]))
        for rule in bucket["CorsConfiguration"]["CorsRules"]
    ]
    assert rules == list(RULES)


def test_images_have_the_security_headers_of_the_stack(signed: str) -> None:
    headers = requests.get(signed, timeout=10).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = fragments.read()["Resources"]["PictureHeaders"]["Properties"]
    config = policy["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    (custom,) = config["CustomHeadersConfig"]["Items"]
    assert {name: headers[name] for name, _ in SECURITY} == {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        custom["Header"]: custom["Value"],
    }


@pytest.mark.parametrize("origin", ["null", "https://displayer.example", "http://localhost:3000"])
def test_any_site_may_read_an_object_by_its_signed_link(origin: str, signed: str) -> None:
    for method in ("GET", "HEAD"):
        answer = requests.request(method, signed, headers={"Origin": origin}, timeout=10)
        assert (answer.status_code, answer.content) == (200, b"content" if method == "GET" else b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Access-Control-Allow-Origin" not in requests.get(signed, timeout=10).headers


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),  # without a signature
        ("GET", "?list-type=2&X-Amz-Signature=x"),  # all keys
        ("PUT", "/awards/1.png?X-Amz-Signature=x"),
        ("DELETE", "/awards/1.png?X-Amz-Signature=x"),
    ],
)
def test_no_site_may_list_or_change_the_bucket(
    method: str, rest: str, mocks: AwsMocks, signed: str
) -> None:
    path = "/read" + (rest or "/awards/1.png")
    for origin in ("null", "https://evil.example", "http://localhost:3000"):
        assert status(mocks, method, path, {"Origin": origin}) == 403
    queue = "/123456789012/badgekit-mails?Action=ReceiveMessage&X-Amz-Signature=x"
    assert status(mocks, "GET", queue, {"Origin": "null"}) == 403


@pytest.mark.parametrize(
    ("origin", "method", "headers", "expected"),
    [
        ("null", "GET", None, 200),
        ("https://displayer.example", "HEAD", None, 200),
        ("http://localhost:3000", "POST", None, 200),
        ("https://evil.example", "POST", None, 403),
        ("http://localhost:3000", "PUT", None, 403),
        ("null", "GET", "x-amz-target", 403),
    ],
)
def test_preflights_are_answered_by_the_rules(
    origin: str, method: str, headers: str | None, expected: int, mocks: AwsMocks, signed: str
) -> None:
    sent = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        sent["Access-Control-Request-Headers"] = headers
    assert status(mocks, "OPTIONS", "/read/awards/1.png", sent) == expected


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
