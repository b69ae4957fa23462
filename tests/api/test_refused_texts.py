"""Texts that the API refuses: paths that browsers resolve, controls in names, links that run."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import peewee
import pytest

from chalicelib.data.models import Alignment, Badge, System
from chalicelib.domain.drafts import drafts, from_badge
from chalicelib.domain.owners.places import Scope
from tests.api.test_routes import BADGE, MINIMAL, OWNER, SYSTEM, Api
from tests.openbadges import examples
from tests.openbadges.examples import stored

Body = dict[str, Any]

NO_SLUGS = (".", "..", "a\0", "a\nb", "a\x1f", "a\x7f", "a\x85", "a\u2028", "\u202eab", "a\u2066")
NO_NAMES = tuple(name for name in NO_SLUGS if name not in (".", ".."))
NAMES = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family, which joiners join
    "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner
    "\u05d0\u200e1",  # Hebrew, with a mark that reorders nothing
    "...", "a/b", "a\u00a0b",
)  # fmt: skip
# What a browser might run, or take for another host.
NO_LINKS = (
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "\tjavascript:alert(1)",
    "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript://example.org/%0aalert(1)",
    "javascript:80/alert(1)", "data:text/html,<script>", "vbscript:msgbox(1)", "file:///etc/passwd",
    "blob:https://example.org/1", "//example.org/x", "\\\\example.org", "/\\example.org",
    "http:example.org", "https://example.org/\r\nX-Injected: 1", "https://example.org/\0",
    "https://example.org/\u202e",
)  # fmt: skip
LINKS = (
    "", "https://example.org/a?b=c#d", "HTTP://EXAMPLE.ORG", "example.org/x", "example.org:8080/x",
    "localhost:3000/x", "/a/path", "ask at the desk", "mailto:desk@example.org",
    "http://intranet/page", "https://xn--strae-oqa.example", "https://straße.example",
)  # fmt: skip


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Api:
    stored(examples.system())
    api = Api(app)
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    return api


def refused(api: Api, method: str, path: str, body: Body, field: str) -> bool:
    """Return whether a body is refused because of this field."""
    answer = api.api(method, path, body)
    if answer.status < 300:
        return False
    assert (answer.status, answer.json["code"]) == (400, "ValidationError"), answer.text
    (wrong,) = answer.json["details"]
    assert wrong["field"] == field, answer.text
    assert wrong["message"], answer.text
    return True


def test_no_slug_is_a_path_that_browsers_resolve_or_holds_controls(api: Api) -> None:
    for slug in NO_SLUGS:
        for path, body, field in (
            ("/systems", {**OWNER, "slug": slug}, "slug"),
            (f"{SYSTEM}/issuers", {**OWNER, "slug": slug}, "slug"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": slug}, "slug"),
            (f"{MINIMAL}/codes", {"code": slug}, "code"),
            (f"{MINIMAL}/instances", {"email": "a@example.org", "slug": slug}, "slug"),
        ):
            assert refused(api, "POST", path, body, field), (slug, path)
        assert refused(api, "PUT", MINIMAL, {"slug": slug}, "slug"), slug
        assert refused(api, "PUT", SYSTEM, {"slug": slug}, "slug"), slug


def test_no_name_holds_controls(api: Api) -> None:
    for name in NO_NAMES:
        for path, body, field in (
            ("/systems", {**OWNER, "name": name}, "name"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": "x", "name": name}, "name"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": "x", "type": name}, "type"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": "x", "tags": [name]}, "tags"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": "x", "categories": [name]}, "categories"),
            (f"{SYSTEM}/badges", {**BADGE, "slug": "x", "alignments": [{"name": name}]}, "name"),
        ):
            assert refused(api, "POST", path, body, field), (name, body)
    for strapline in ("a\0", "\u202eab"):
        assert refused(api, "PUT", MINIMAL, {"strapline": strapline}, "strapline")
    assert not refused(api, "PUT", MINIMAL, {"strapline": "one\n\ttwo"}, "strapline")


def test_names_of_every_script_are_taken(api: Api) -> None:
    for number, name in enumerate(NAMES):
        body = {**BADGE, "slug": name, "name": name, "tags": [name]}
        assert not refused(api, "POST", f"{SYSTEM}/badges", body, ""), name
        code = {"code": f"{name}{number}"}
        assert not refused(api, "POST", f"{MINIMAL}/codes", code, ""), name


def with_link(link: str) -> list[tuple[str, str, Body, str]]:
    """Return requests that send a link: method, path, body and field."""
    return [
        ("PUT", MINIMAL, {"issuerUrl": link}, "issuerUrl"),
        ("PUT", MINIMAL, {"rubricUrl": link}, "rubricUrl"),
        ("PUT", MINIMAL, {"alignments": [{"name": "A", "url": link}]}, "url"),
        ("POST", f"{MINIMAL}/applications",
         {"learner": f"a{abs(hash(link))}@example.org", "evidence": [{"url": link}]}, "url"),
    ]  # fmt: skip


def test_links_that_browsers_run_are_refused(api: Api) -> None:
    for link in NO_LINKS:
        for method, path, body, field in with_link(link):
            assert refused(api, method, path, body, field), (link, field)
        assert refused(api, "PUT", MINIMAL, {"criteriaUrl": link}, "criteriaUrl"), link
        assert refused(api, "PUT", SYSTEM, {"url": link}, "url"), link


def test_other_links_are_taken_as_before(api: Api) -> None:
    for link in LINKS:
        for method, path, body, field in with_link(link):
            assert not refused(api, method, path, body, field), (link, field)


def test_old_rows_hand_no_such_link_on(api: Api) -> None:
    """Neither in documents, nor by a shared template; pages are tested in `tests/admin`."""
    link = "javascript:alert(1)"
    row = Badge.get(Badge.called("minimal"))
    Badge.update(issuer_url=link, rubric_url=link).where(Badge.id == row.id).execute()
    Alignment.create(badge=row, name="A", url=link)
    System.update(url=link).execute()
    system = System.get()
    copied = from_badge.create(row, Scope(system), "ada@example.org")
    shared = drafts.copy(copied, Scope(system), "ada@example.org", drafts.TEMPLATE)
    paths = (
        f"/share/{shared.slug}?format=json", "/public/systems/chicago",
        "/public/systems/chicago/badges/minimal", f"/id/badges/{row.public_id}",
        f"/id/issuers/{system.public_id}",
    )  # fmt: skip
    for path in paths:
        answer = api.send("GET", path, headers={"Accept": "application/json"})
        assert answer.status == 200, path
        assert link not in answer.text, path


def test_old_names_with_controls_reach_no_document(api: Api) -> None:
    name = "a\0b\u202ec\nd"
    row = Badge.get(Badge.called("minimal"))
    Badge.update(name=name, strapline=name, consumer_description="").execute()
    System.update(name=name).execute()
    paths = (
        "/public/systems/chicago", "/public/systems/chicago/badges/minimal",
        f"/id/badges/{row.public_id}", f"/id/issuers/{System.get().public_id}",
    )  # fmt: skip
    for path in paths:
        answer = api.send("GET", path, headers={"Accept": "application/json"})
        assert answer.status == 200, path
        assert answer.json["name"] == "abc d", path
        assert not {"\0", "\u202e"} & set(answer.json.get("description", "")), path


def test_a_slug_with_dots_is_no_path_to_elsewhere(api: Api) -> None:
    for slug in ("...", ".a", "a..", "..a"):
        made = api.post(f"{SYSTEM}/badges", {**BADGE, "slug": slug}, "badge")
        assert api.get(f"{SYSTEM}/badges/{quote(slug, safe='')}", "badge")["id"] == made["id"]
