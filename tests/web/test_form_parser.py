"""Form bodies are parsed into what the same body in JSON would be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.errors import InvalidContent
from chalicelib.web import form_parser

BOUNDARY = "----b0undary"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, more: str = "", kind: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{kind}\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[1]=1&a=2&a[]=3", {"a": ["1", "2", "3"]}),
        ("tags[]=a&tags[]=b", {"tags": ["a", "b"]}),
        ("c[1][n]=y&c[0][n]=x&c[0][m]=z", {"c": [{"n": "x", "m": "z"}, {"n": "y"}]}),
        ("a[b][c]=d", {"a": {"b": {"c": "d"}}}),
        ("a%5B0%5D=%C3%BC+%E2%98%83", {"a": ["ü ☃"]}),
        ("[]=1", {"[]": "1"}),
        ("", {}),
    ],
)
def test_names_may_be_nested(text: str, wanted: dict[str, Any]) -> None:
    assert form_parser.urlencoded(text.encode()) == wanted


@pytest.mark.parametrize(
    "text",
    [b"a=%FF", b"\xff", b"a=1&a[b]=2", b"a" + b"[b]" * 9 + b"=1", b"&".join([b"a=1"] * 2001)],
)
def test_malformed_forms_are_refused(text: bytes) -> None:
    with pytest.raises(InvalidContent):
        form_parser.urlencoded(text)


def test_a_multipart_body_has_fields_and_files() -> None:
    png = "Content-Type: image/png; x=y\r\n"
    sent = body(
        part("slug", b"reader"),
        part("c[0][note]", "ü".encode()),
        part("image", b"\x89PNG\r\n", '; filename="a.png"', png),
    )
    assert form_parser.multipart(sent, KIND) == {
        "slug": "reader",
        "c": [{"note": "ü"}],
        "image": form_parser.Upload("image/png", b"\x89PNG\r\n"),
    }


@profile(deadline=None)
@given(
    content=st.binary(max_size=3000)
    | st.lists(st.sampled_from([b"\r", b"\n", b"-", b"a", b"\x00"])).map(b"".join)
)
def test_uploads_are_kept_byte_for_byte(content: bytes) -> None:
    if f"--{BOUNDARY}".encode() in content:
        return
    sent = body(part("image", content, '; filename="a"'), part("z", b"end"))
    assert form_parser.multipart(sent, KIND) == {
        "image": form_parser.Upload("application/octet-stream", content),
        "z": "end",
    }


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"", KIND),
        (b"nothing", KIND),
        (part("a", b"1"), KIND),
        (body(part("a", b"\xff")), KIND),
        (body(b"--" + BOUNDARY.encode() + b"\r\n\r\nno name\r\n"), KIND),
        (body(part("a", b"1")), "multipart/form-data"),
        (body(*[part("a", b"1")] * 501), KIND),
        (body(*[part("a", b"1").replace(b"Disposition", b"DISPOSITION")] * 501), KIND),
        (body(part("", b"1")), KIND),
        (body(part("a", b"1", kind="Content-Transfer-Encoding: base64\r\n")), KIND),
        (body(part("\u00fc", b"1")).replace("\u00fc".encode(), b"\xff"), KIND),
        (body(part("a", b"1").replace(b'name="a"', b"name*")), KIND),
        (body(part("(" * 9000, b"1")), KIND),
        (body(part("a", b"1", kind="X: " + "=?utf-8?q?a?=" * 9000 + "\r\n")), KIND),
        (body(part("a", b"1", kind="X-Y: z\r\n" * 20)), KIND),
        (body(part("a", b"1")), "multipart/form-data; boundary*"),
        (body(part("a", b"1")), "multipart/form-data; boundary=\u00fc"),
        (body(part("a", b"1")), 'multipart/form-data; boundary=""'),
    ],
)
def test_malformed_multipart_bodies_are_refused(sent: bytes, kind: str) -> None:
    with pytest.raises(InvalidContent):
        form_parser.multipart(sent, kind)


@pytest.mark.parametrize(
    "more",
    [
        '; filename="a.png"',
        "; filename*=utf-8''%C3%BC.png",
        '; filename="\u00fc.png"',
        "; filename=a",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_file_may_have_any_name(more: str, charset: str) -> None:
    sent = body(
        part("image", b"\xff", more)
        .decode("utf-8", "surrogateescape")
        .encode(charset, "surrogateescape")
    )
    assert form_parser.multipart(sent, KIND)["image"].content == b"\xff"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", b"w7xhYg=="),
        ("BASE64", b"w7xh\r\nYg=="),
        ("quoted-printable", b"=C3=BCa=\r\nb"),
        ("8bit", "\u00fcab".encode()),
    ],
)
def test_encoded_parts_are_decoded(encoding: str, content: bytes) -> None:
    sent = body(part("name", content, kind=f"Content-Transfer-Encoding: {encoding}\r\n"))
    assert form_parser.multipart(sent, KIND) == {"name": "\u00fcab"}


@pytest.mark.parametrize("boundary", ["----=_Part_1_123.456", "a+b_c/d=e?f", "x", "a'(),b"])
@pytest.mark.parametrize("form", ["boundary={}", 'boundary="{}"', "charset=x; Boundary={} ; a=b"])
def test_boundaries_may_be_quoted(boundary: str, form: str) -> None:
    sent = body(part("a", b"1")).replace(BOUNDARY.encode(), boundary.encode())
    assert form_parser.multipart(sent, f"multipart/form-data; {form.format(boundary)}") == {
        "a": "1"
    }


def test_odd_content_types_of_parts_are_accepted() -> None:
    strange = part("a", b"1", kind="Content-Type: " + "(" * 900 + "\r\n")
    nested = part("b", b"2", kind="Content-Type: multipart/mixed; boundary=x\r\n")
    assert form_parser.multipart(body(strange, nested), KIND) == {"a": "1", "b": "2"}


@profile(deadline=None)
@given(sent=st.binary(max_size=500), kind=st.text(max_size=40))
def test_any_body_is_parsed_or_refused(sent: bytes, kind: str) -> None:
    for read in (
        lambda: form_parser.urlencoded(sent),
        lambda: form_parser.multipart(sent, KIND + kind),
    ):
        try:
            assert isinstance(read(), dict)
        except InvalidContent:
            continue
