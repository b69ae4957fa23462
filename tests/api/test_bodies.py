"""Bodies: objects that can be stored; images are stored only if the rest is valid."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib import limits
from chalicelib.api import bodies
from chalicelib.aws import session, storage
from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.domain.owners import owners
from chalicelib.domain.shared import validation
from chalicelib.errors import InvalidContent, UnsupportedMediaType, ValidationError
from chalicelib.openbadges import default_image
from chalicelib.web.request import Request
from tests.conftest import Cloud, short_id
from tests.imaging.pictures import GIF, JPEG

PNG = default_image.content()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OWNER = {"slug": "mini", "name": "Mini", "url": "http://mini.example.org"}
# Settings of a test stay as they are while Hypothesis tries its examples.
same_settings = profile(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(body: bytes, media_type: str | None = "application/json") -> dict[str, Any]:
    headers = {} if media_type is None else {"Content-Type": media_type}
    event = {"requestContext": {"httpMethod": "POST"}, "headers": headers}
    return bodies.read(Request(event, "/systems"), body)


def data_uri(content: bytes, head: str = "data:image/png;base64,") -> str:
    return head + base64.b64encode(content).decode()


# JSON


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/vnd.api+json",
        None,
        "",
    ],
)
def test_a_json_object_is_read(media_type: str | None) -> None:
    assert read('{"a":"ü ☃ 😀"}'.encode(), media_type) == {"a": "ü ☃ 😀"}


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain", "text/html", "application/xml", "multipart/mixed; boundary=x",
        "image/png", "application/octet-stream", "json",
    ],
)  # fmt: skip
def test_other_kinds_of_bodies_are_named_and_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as problem:
        read(b'{"a":1}', media_type)
    assert (problem.value.status, problem.value.message) == (415, media_type.partition(";")[0])


UNREADABLE = {
    "empty": b"",
    "no JSON": b'{"slug": ',
    "two": b"{}{}",
    "single quotes": b"{'a':1}",
    "not UTF-8": b'{"a":"\xff"}',
    "Latin-1": '{"a":"ü"}'.encode("latin-1"),
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-16 with half a character": '{"a":"\\ud800"}'.encode("utf-16"),
    "UTF-32": '{"a":1}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "half a character": b'{"a":"\\ud800"}',
    "the other half": b'{"a":"\\udfff and so on"}',
    "half a character in bytes": b'{"a":"\xed\xa0\x80"}',
    "half a character as a name": b'{"\\ud800":1}',
    "half a character far inside": b'{"a":[{"b":["\\ud83d\\u0041"]}]}',
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":[-Infinity]}',
    "a number that is infinite": b'{"a":1e999}',
    "a number without end": b'{"a":' + b"9" * 5000 + b"}",
    "too many brackets": b'{"a":' * 100_000,
    "too deep": b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
    "an array": b"[1,2]",
    "a text": b'"text"',
    "a number": b"5",
    "null": b"null",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidContent) as problem:
        read(body)
    assert problem.value.status == 400


def test_whole_characters_may_be_escaped() -> None:
    assert read(b'{"a":"\\ud83d\\ude00 \\u0000 \\\\ud800"}') == {"a": "😀 \0 \\ud800"}


def test_bodies_may_be_as_deep_as_any_that_makes_sense() -> None:
    levels = validation.DEEPEST - 1
    assert read(b'{"a":' + b"[" * levels + b"]" * levels + b"}")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@same_settings
@given(
    body=st.binary()
    | ANYTHING.map(lambda value: json.dumps(value).encode())
    | ANYTHING.map(
        lambda value: json.dumps({"a": value}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )
)
def test_no_body_upsets_the_reader_and_what_is_read_can_be_kept_and_answered(body: bytes) -> None:
    try:
        content = read(body)
    except InvalidContent:
        return
    answer = json.dumps(content, ensure_ascii=False, allow_nan=False)
    assert json.loads(answer.encode("utf-8")) == content


# Pictures


def picture(**data: Any) -> Picture | None:
    return bodies.picture({**OWNER, **data}, owners.OWNER)


@pytest.mark.parametrize("url", ["http://example.org/a.png", "HTTPS://example.org/a?b=c#d"])
def test_a_picture_elsewhere_stays_there(url: str) -> None:
    assert picture(image=url) == Picture(url=url)
    assert picture(imageUrl=url) == Picture(url=url)
    assert picture(image=None, imageUrl=url) == Picture(url=url)


def test_there_need_not_be_a_picture() -> None:
    assert picture() is None
    assert picture(image=None, imageUrl=None) is None


def test_the_member_image_comes_first() -> None:
    url = "http://example.org/a.png"
    assert picture(image=url, imageUrl="http://example.org/b.png") == Picture(url=url)


@pytest.mark.parametrize(
    ("content", "media_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif")]
)
@pytest.mark.parametrize(
    "head",
    [
        "data:image/png;base64,",
        "DATA:IMAGE/PNG;BASE64,",
        "data:;base64,",
        "data:image/svg+xml;charset=utf-8;base64,",
    ],
)
def test_a_data_uri_goes_into_the_bucket_as_what_it_is_not_as_what_it_says(
    database: peewee.Database, cloud: Cloud, content: bytes, media_type: str, head: str
) -> None:
    kept = picture(image=data_uri(content, head))
    assert kept is not None
    assert kept.key is not None
    assert (kept.url, kept.media_type) == (None, media_type)
    assert cloud.objects() == {kept.key: content}
    found = session.client("s3").head_object(Bucket=cloud.bucket, Key=kept.key)
    assert found["ContentType"] == media_type


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: text[:9] + "\r\n" + text[9:] + "\n",
        lambda text: " " + text[:9] + "\t " + text[9:],
        lambda text: quote(text, safe=""),
        lambda text: text[:9] + "%0A" + quote(text[9:], safe=""),
    ],
    ids=["line breaks", "blanks", "in percent", "line breaks in percent"],
)
def test_a_data_uri_is_read_as_browsers_read_it(
    database: peewee.Database, cloud: Cloud, wrapped: Callable[[str], str]
) -> None:
    head, _, text = data_uri(PNG).partition(",")
    kept = picture(image=f"{head},{wrapped(text)}")
    assert kept is not None
    assert cloud.objects() == {kept.key: PNG}


def test_a_picture_may_be_of_5_megabytes_and_not_more(
    database: peewee.Database, cloud: Cloud
) -> None:
    largest = PNG.ljust(limits.PICTURE, b"\0")
    assert picture(image=data_uri(largest)) is not None
    with pytest.raises(ValidationError) as problem:
        picture(image=data_uri(largest + b"\0"))
    assert problem.value.details == [
        {
            "message": "The image must be a PNG, JPEG or GIF of at most 5 MB",
            "field": "image",
            "value": "",
        }
    ]
    assert len(cloud.objects()) == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        *((data_uri(bad), "The image must be a PNG") for bad in (b"", SVG, b"<html>", PNG[1:])),
        *((data_uri(bad), "This image is damaged") for bad in (PNG[:-1], JPEG[:-9], GIF[:99])),
        *(
            (bad, "Invalid URL")
            for bad in (
                "", "nope", "example.org/a.png", "//example.org/a.png", "/images/a.png",
                "ftp://example.org/a.png", "javascript:alert(1)", "file:///etc/passwd",
                "http://exa mple.org/a.png", "http://example.org/a.png\n", "http://",
                "data:", "data:image/png", "data:image/png;base64", "data:image/png,abc",
                "data:image/png;base64,!!!",
                "data:image/png;base64,iVBORw0", "data:image/png;base64,é", "data:a b;base64,AAAA",
            )
        ),
        *(
            (bad, "Unexpected value or invalid argument")
            for bad in (5, True, False, [], {}, {"path": "/some/server/file", "size": 5})
        ),
    ],
    ids=short_id,
)  # fmt: skip
@pytest.mark.parametrize("name", ["image", "imageUrl"])
def test_what_is_no_picture_is_refused_and_not_stored(
    monkeypatch: pytest.MonkeyPatch, name: str, value: Any, message: str
) -> None:
    monkeypatch.delattr(storage, "put_once")
    with pytest.raises(ValidationError) as problem:
        picture(**{name: value})
    (detail,) = problem.value.details
    assert detail["field"] == "image"
    assert detail["message"].startswith(message)


def test_a_long_value_is_not_sent_back_whole() -> None:
    with pytest.raises(ValidationError) as problem:
        picture(image="x" * 1_000_000)
    assert problem.value.details[0]["value"] == "x" * 200


def test_what_else_is_wrong_is_said_with_it_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(storage, "put_once")
    slug = {"message": "String is not in range", "field": "slug", "value": ""}
    with pytest.raises(ValidationError) as problem:
        picture(slug="", image="nope")
    assert problem.value.details == [
        slug,
        {"message": "Invalid URL", "field": "image", "value": "nope"},
    ]
    with pytest.raises(ValidationError) as problem:
        picture(slug="", image=data_uri(PNG))
    assert problem.value.details == [slug]


@same_settings
@given(
    value=ANYTHING
    | st.binary().map(data_uri)
    | st.from_regex(r"data:[a-z/+;=-]{0,20},?[A-Za-z0-9+/=\s]{0,20}", fullmatch=True)
    | st.from_regex(r"https?://[a-z.:@/ \[\]]{0,20}", fullmatch=True)
)
def test_no_value_upsets_the_reader_of_pictures(
    monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    stored: list[str] = []
    monkeypatch.setattr(
        storage, "put_once", lambda key, content, kind, caching: stored.append(kind)
    )
    try:
        kept = picture(image=value)
    except ValidationError:
        assert stored == []
        return
    if kept is None:
        assert value is None
    elif kept.url is not None:
        assert kept.url.lower().startswith(("http://", "https://"))
        assert stored == []
    else:
        assert stored == [kept.media_type]
        assert kept.media_type in images.MEDIA_TYPES.values()
