"""Importing templates: by URL from any server, by id from this one, and from hostile servers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.data.models import Draft
from chalicelib.domain.badges import fields
from chalicelib.domain.drafts import content, drafts, sharing
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.errors import InvalidContent
from chalicelib.openbadges import default_image
from tests.admin.browser import Browser, words
from tests.conftest import Cloud
from tests.domain import places
from tests.servers import OK, Server, serving

RECORDED = Path(os.environ.get("BADGEKIT_SHARED", "../shared")) / "badgekit-web/share_template.json"
PNG = default_image.content()
JSON = OK + b"Content-Type: application/json\r\n\r\n"
NAMED: dict[str, Any] = {"name": "Reader"}


@pytest.fixture
def chicago(administrator: Browser, cloud: Cloud) -> Scope:
    """Where the administrator works."""
    return Scope(places.chicago())


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Start a server on this machine that sends something; requests may reach it."""
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    with serving() as start:
        yield start


def share(browser: Browser, template: str) -> Any:
    return browser.submit("/share", "/share", template=template)


def sent(server_url: str) -> str:
    return f"{server_url}share/0c93905be6f5d348"


def test_the_recorded_template_of_the_original_is_imported(
    administrator: Browser, chicago: Scope, serve: Callable[..., Server]
) -> None:
    server = serve(JSON + RECORDED.read_bytes())
    answer = share(administrator, sent(server.url))
    draft = Draft.get()
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/description?notice=imported"
    assert (draft.status, draft.name, draft.author) == (
        "template", "My Template", "ada@admin.example.org",
    )  # fmt: skip
    said = drafts.content(drafts.find(draft.id))
    assert said["strapline"] == "Short description"
    assert (said["timeValue"], said["timeUnits"], said["limit"]) == (3, "hours", 25)
    assert (said["type"], said["evidenceType"], said["unique"]) == ("Skill", "URL", True)
    assert said["criteria"] == [
        {"description": "First criterion", "note": "Note", "required": True},
        {"description": "Second criterion", "note": "", "required": False},
    ]
    assert (said["tags"], said["categories"]) == (["one", "two"], ["Exploring Earth and Space"])
    head = server.requests[0].decode()
    assert head.startswith("GET /share/0c93905be6f5d348 HTTP/1.1")
    assert "Accept: application/json" in head


@pytest.mark.parametrize("form", [list, lambda data: {"type": "Buffer", "data": list(data)}])
def test_its_image_is_imported_in_either_form(
    form: Any, administrator: Browser, chicago: Scope, cloud: Cloud, serve: Callable[..., Server]
) -> None:
    image = {"mimetype": "text/html", "data": form(PNG), "url": None}
    share(administrator, sent(serve(JSON + json.dumps({**NAMED, "image": image}).encode()).url))
    kept = drafts.find(Draft.get().id).image
    assert kept.media_type == "image/png"
    assert cloud.objects()[kept.key] == PNG


def test_an_image_on_another_server_is_fetched_through_redirects(
    administrator: Browser, chicago: Scope, cloud: Cloud, serve: Callable[..., Server]
) -> None:
    there = serve(OK + b"\r\n" + PNG)
    moved = serve(f"HTTP/1.1 302 Found\r\nLocation: {there.url}b.png\r\n\r\n".encode())
    body = {**NAMED, "image": {"url": f"{moved.url}a.png"}}
    share(administrator, sent(serve(JSON + json.dumps(body).encode()).url))
    assert cloud.objects()[drafts.find(Draft.get().id).image.key] == PNG


@pytest.mark.parametrize(
    "image",
    [
        {"data": [60, 115, 99, 114, 105, 112, 116]},
        {"url": "javascript:alert(1)"},
        {"url": "http://127.0.0.1:1/b.png"},
        {"url": "http://[/"},
        {"data": [1, 2, 300]},
        {"data": ["a"], "url": "file:///etc/passwd"},
    ],
)
def test_a_template_is_imported_without_an_unavailable_image(
    image: Any, administrator: Browser, chicago: Scope, serve: Callable[..., Server]
) -> None:
    body = {**NAMED, "image": image, "supportBadges": [{"id": 1}]}
    answer = share(administrator, sent(serve(JSON + json.dumps(body).encode()).url))
    assert Draft.get().image_id is None
    assert answer.status == 303
    expected = "badges" if image.get("data") == [1, 2, 300] else "both"
    assert answer.headers["Location"].endswith(f"notice=imported-without-{expected}")


def with_design(**more: Any) -> dict[str, Any]:
    return {
        **NAMED, "image": {"data": list(PNG)}, "imageAlt": " A  star ",
        "studioDesign": {"shape": "star"}, **more,
    }  # fmt: skip


def test_an_imported_design_is_drawn_again(
    administrator: Browser, chicago: Scope, cloud: Cloud, serve: Callable[..., Server],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from chalicelib.studio import pictures

    def keep(design: Any, alt: str | None) -> images.Picture:
        return images.Picture(
            key="images/drawn.png", media_type="image/png", alt=alt, design=json.dumps(design)
        )

    monkeypatch.setattr(pictures, "keep", keep)
    answer = share(administrator, sent(serve(JSON + json.dumps(with_design()).encode()).url))
    assert answer.headers["Location"].endswith("notice=imported")
    assert images.picture(drafts.find(Draft.get().id).image) == keep({"shape": "star"}, "A star")
    assert cloud.objects() == {}  # the picture that came along is not needed


@pytest.mark.parametrize("design", [{"shape": "no such"}, {"n": "x" * 17_000}, "x", [], 7, None])
def test_an_invalid_design_leaves_the_included_image(
    design: Any, administrator: Browser, chicago: Scope, cloud: Cloud,
    serve: Callable[..., Server],
) -> None:  # fmt: skip
    body = with_design(studioDesign=design)
    share(administrator, sent(serve(JSON + json.dumps(body).encode()).url))
    kept = drafts.find(Draft.get().id).image
    assert (kept.alt, kept.design) == ("A star", None)
    assert cloud.objects()[kept.key] == PNG


def test_an_invalid_design_without_an_image_is_reported(
    administrator: Browser, chicago: Scope, serve: Callable[..., Server]
) -> None:
    body = with_design(image={}, studioDesign={"shape": "no such"})
    answer = share(administrator, sent(serve(JSON + json.dumps(body).encode()).url))
    assert answer.headers["Location"].endswith("notice=imported-without-picture")


@pytest.mark.parametrize("alt", [None, "", " ", 7.5, [], {}, True])
def test_invalid_alternative_text_is_left_out(alt: Any) -> None:
    shared = sharing.parse(json.dumps({**NAMED, "imageAlt": alt}).encode())
    assert shared.alt == ("7.5" if alt == 7.5 else None)


def test_too_long_alternative_text_is_refused() -> None:
    with pytest.raises(sharing.InvalidTemplate, match="too much"):
        sharing.parse(json.dumps({**NAMED, "imageAlt": "x" * 501}).encode())


def test_images_are_fetched_from_public_addresses_only(
    administrator: Browser, chicago: Scope, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    from chalicelib.admin.drafts import imports

    body = {**NAMED, "image": {"url": "http://169.254.169.254/latest/meta-data/"}}
    monkeypatch.setattr(imports, "_get", lambda url: json.dumps(body).encode())
    answer = share(administrator, "https://badges.example.org/share/1")
    assert answer.headers["Location"].endswith("imported-without-picture")
    assert cloud.objects() == {}


# From here


def test_an_id_or_url_of_this_deployment_needs_no_request(
    administrator: Browser, chicago: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.net import client

    monkeypatch.setattr(client, "request", lambda *_, **__: pytest.fail("asked"))
    boston = Scope(places.chicago("boston"))
    picture = images.keep(images.Picture(key="images/a", media_type="image/png", alt="A star"))
    template = drafts.create(
        boston, "x@example.org", {"name": "Mould", "tags": ["a"], "multiClaimCode": "secret"},
        status=drafts.TEMPLATE, image=picture,
    )  # fmt: skip
    for text in (template.slug, str(template.id), f"http://localhost:3000/share/{template.slug}"):
        assert share(administrator, text).status == 303
    copies = list(Draft.select().where(Draft.system == chicago.system))
    assert [(one.name, one.status, one.image_id) for one in copies] == [
        ("Mould", "template", template.image_id)
    ] * 3
    assert "secret" not in copies[0].content


def test_drafts_and_unknown_ids_get_the_same_message(
    administrator: Browser, chicago: Scope
) -> None:
    draft = drafts.create(chicago, "x@example.org", {"name": "Private"})
    for text in (str(draft.id), draft.slug, "nope", "99999"):
        answer = share(administrator, text)
        assert answer.status == 400
        assert "No template here has that ID. Check it and try again." in words(answer)
    assert Draft.select().count() == 1


# Whoever means harm


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "Paste a template link or ID"),
        ("http://169.254.169.254/latest/meta-data/", "can’t be opened from here"),
        ("http://localhost/share/1", "can’t be opened from here"),
        ("http://[::1]/share/1", "can’t be opened from here"),
        ("http://0x7f.1/share/1", "can’t be opened from here"),
        ("http://user@example.org/", "can’t be opened from here"),
        ("file:///etc/passwd", "Paste a full link"),
        ("ftp://example.org/x", "Paste a full link"),
        ("//example.org/x", "Paste a full link"),
        ("http://" + "a" * 2100, "too long"),
    ],
)
def test_a_forbidden_address_is_refused_next_to_the_field(
    address: str, why: str, administrator: Browser, chicago: Scope
) -> None:
    answer = share(administrator, address)
    assert answer.status == 400
    assert why in words(answer)
    assert 'aria-invalid="true"' in answer.text
    if address:
        assert f'value="{address}"' in answer.text


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "No template was found at this link."),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "The site responded with status 500"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n",
            "This link redirects.",
        ),
        (OK + b"\r\n<html>", "This link doesn’t lead to a template."),
        (OK + b"\r\n[]", "This link doesn’t lead to a template."),
        (OK + b'\r\n{"name": 7}', "This link doesn’t lead to a template."),
        (OK + b'\r\n{"name": "' + b"n" * 300 + b'"}', "than a badge can hold here"),
        (OK + b"Content-Length: 99999999\r\n\r\n{", "is larger than"),
        (OK + b"\r\n" + b"[" * 100_000, "This link doesn’t lead to a template."),
        (b"SSH-2.0-OpenSSH\r\n", "The site didn’t respond."),
    ],
)
def test_a_response_that_is_not_a_template_is_explained(
    answered: bytes, why: str, administrator: Browser, chicago: Scope,
    serve: Callable[..., Server],
) -> None:  # fmt: skip
    answer = share(administrator, sent(serve(answered).url))
    assert answer.status == 400
    assert why in words(answer)
    assert Draft.select().count() == 0


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text() | st.sampled_from(["http://example.org", "javascript:x", "hours", "\ud800", "\0"]),
    lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=8), one, max_size=4),
    max_leaves=12,
)  # fmt: skip
MEMBERS = st.sampled_from([*json.loads(RECORDED.read_text()), "imageAlt", "studioDesign"])
ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["name", "url", "description", "note", "required", "label", "value"]), WILD
    ),
    max_size=3,
)


@given(st.dictionaries(MEMBERS, WILD | ROWS, max_size=12), st.booleans())
def test_any_json_is_a_template_or_refused(body: dict[str, Any], named: bool) -> None:
    try:
        shared = sharing.parse(json.dumps(body | (NAMED if named else {})).encode())
    except (InvalidContent, sharing.InvalidTemplate):
        return
    for section in fields.SECTIONS:
        assert content.problems(section, shared.content) == {}
    assert shared.picture is None or isinstance(shared.picture, bytes)
    assert shared.alt is None or 0 < len(shared.alt) <= content.LONGEST_ALT
    assert shared.design is None or isinstance(shared.design, dict)
    json.dumps(shared.content, ensure_ascii=False).encode()


def test_unsupported_values_are_left_out_of_a_valid_template() -> None:
    body = {
        **NAMED, "issuerUrl": "javascript:x", "timeUnits": "years", "limit": -1, "badgeType": {},
        "milestoneAction": "explode", "milestoneNumRequired": "many", "isMilestone": [],
        "alignments": [{"name": "A", "url": "nope"}, 7, None], "tags": "x", "criteria": {"a": 1},
        "categories": [{"label": "Numbers"}, {"label": ["x"]}], "image": "x",
    }  # fmt: skip
    said = sharing.parse(json.dumps(body).encode()).content
    assert said["alignments"] == [{"name": "A", "url": "", "description": ""}]
    assert (said["tags"], said["criteria"], said["categories"]) == ([], [], ["Numbers"])
    assert (said["issuerUrl"], said["timeUnits"], said["limit"], said["type"]) == ("", "", None, "")
    assert said["milestone"]["action"] == "issue"


# Who may


def test_importing_needs_the_permission_to_draft(
    chicago: Scope, signed_in: Callable[[str], Browser], database: peewee.Database
) -> None:
    template = drafts.create(chicago, "x@example.org", {"name": "M"}, status=drafts.TEMPLATE)
    accounts.allow("dora@example.org", Place("chicago"), Rights(draft=True))
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    assert signed_in("rita@example.org").get("/share").status == 403
    dora = signed_in("dora@example.org")
    assert 'value="&lt;b&gt;"' in dora.get("/share?template=%3Cb%3E").text
    assert share(dora, template.slug).status == 303
