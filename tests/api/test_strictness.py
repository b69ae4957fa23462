"""The OpenAPI document allows what the checks accept: what it allows is no 400, and the reverse."""

from __future__ import annotations

import re
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.api import schemas
from chalicelib.data import connection
from tests.api.test_refused_texts import LINKS, NO_LINKS, NO_NAMES, NO_SLUGS
from tests.api.test_routes import BADGE, MINIMAL, OWNER, SYSTEM, Api
from tests.conftest import SQLITE
from tests.openbadges import examples
from tests.openbadges.examples import stored

Schema = dict[str, Any]
PICTURE = st.sampled_from(["http://example.org/a.png"])


def valid(schema: Schema, name: str = "") -> st.SearchStrategy[Any]:
    """Return a strategy for what a schema of a body allows; images are real ones."""
    if name == "image":
        return PICTURE
    if "anyOf" in schema:
        return st.one_of([valid(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_KINDS[kind](schema) for kind in kinds])


def _text(schema: Schema) -> st.SearchStrategy[str]:
    shortest, longest = schema.get("minLength", 0), min(schema.get("maxLength", 300), 300)
    if schema.get("format") in ("date", "date-time"):
        made: st.SearchStrategy[str] = st.datetimes().map(lambda one: one.isoformat())
        made = made.map(lambda one: one[:10] if schema["format"] == "date" else one + "Z")
    elif "pattern" in schema:
        made = st.from_regex(schema["pattern"])
    else:
        made = st.text(min_size=shortest, max_size=longest)
    is_valid = Draft202012Validator({**schema, "type": "string"}).is_valid
    return made.filter(lambda one: is_valid(one) and _is_storable(one))


def _is_storable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _object(schema: Schema) -> st.SearchStrategy[Any]:
    members = {name: valid(one, name) for name, one in schema["properties"].items()}
    needed = {name: members.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=members)


_KINDS: dict[str, Any] = {
    "string": _text,
    "object": _object,
    "array": lambda schema: st.lists(valid(schema["items"]), max_size=2),
    "integer": lambda schema: st.integers(schema.get("minimum"), schema.get("maximum")),
    "boolean": lambda schema: st.booleans(),
    "null": lambda schema: st.none(),
}
# Where bodies are sent; the others refer to rows, or are checked together (`expires`).
SENT = {
    "NewOwner": ("POST", "/systems"),
    "ChangedOwner": ("PUT", SYSTEM),
    "NewBadge": ("POST", f"{SYSTEM}/badges"),
    "ChangedBadge": ("PUT", MINIMAL),
    "NewClaimCode": ("POST", f"{MINIMAL}/codes"),
    "NewRandomCode": ("POST", f"{MINIMAL}/codes/random"),
    "NewApplication": ("POST", f"{MINIMAL}/applications"),
    "Revocation": ("DELETE", f"{MINIMAL}/instances/nobody@example.org"),
    "NewWebhook": ("PUT", f"{SYSTEM}/webhook"),
    "NewConsumer": ("POST", f"{SYSTEM}/consumers"),
}


def as_javascript(schema: Any) -> Any:
    """Return a schema whose patterns mean to Python what they mean to JavaScript: `$` is the end."""
    if isinstance(schema, list):
        return [as_javascript(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    read = {name: as_javascript(one) for name, one in schema.items()}
    if isinstance(pattern := read.get("pattern"), str):
        read["pattern"] = re.sub(r"\$(?=\)|$)", r"\\Z", pattern)
    return read


BODIES = as_javascript(schemas.bodies())


@pytest.fixture
def engine() -> str:
    """One database is enough: checks come before it."""
    return SQLITE


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Api:
    stored(examples.system())
    api = Api(app)
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    return api


@pytest.mark.parametrize("name", SENT)
@profile(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=15,
)
@given(data=st.data())
def test_what_the_document_allows_is_no_400(api: Api, data: st.DataObject, name: str) -> None:
    body = data.draw(valid(BODIES[name]))
    assert Draft202012Validator(BODIES[name]).is_valid(body)
    method, path = SENT[name]
    with connection.database.atomic() as transaction:
        answer = api.api(method, path, body)
        assert answer.status != 400, answer.text
        assert answer.status < 500, answer.text
        transaction.rollback()


BADGES = {**BADGE, "slug": "other"}
HOOK = {"url": "http://example.org/hook", "secret": "webhook-secret"}
LEARNER = {"learner": "ada@example.org"}


def refused() -> list[tuple[str, Any]]:
    """Return bodies that the checks refuse, with the names of their schemas."""
    bad: list[tuple[str, Any]] = []
    for slug in ("", *NO_SLUGS, "s" * 256):
        bad.append(("NewOwner", {**OWNER, "slug": slug}))
        bad += [("NewBadge", {**BADGES, "slug": slug})] if slug else []
        bad.append(("NewClaimCode", {"code": slug}))
    for name in ("", *NO_NAMES, "n" * 256):
        bad.append(("NewOwner", {**OWNER, "name": name}))
        bad.append(("NewBadge", {**BADGES, "name": name}))
        bad.append(("NewBadge", {**BADGES, "alignments": [{"name": name}]}))
        bad += [("NewBadge", {**BADGES, "tags": [name]})] if name in NO_NAMES else []
    for link in NO_LINKS:
        bad.append(("NewBadge", {**BADGES, "criteriaUrl": link}))
        bad.append(("NewBadge", {**BADGES, "issuerUrl": link}))
        bad.append(("NewBadge", {**BADGES, "rubricUrl": link}))
        bad.append(("NewBadge", {**BADGES, "alignments": [{"name": "A", "url": link}]}))
        bad.append(("NewApplication", {**LEARNER, "evidence": [{"url": link}]}))
        bad.append(("NewOwner", {**OWNER, "url": link}))
        bad.append(("NewWebhook", {**HOOK, "url": link}))
    for url in ("", "example", "http://", "http://exa mple.org", "http://example.org:123456"):
        bad.append(("NewOwner", {**OWNER, "url": url}))
        bad.append(("NewBadge", {**BADGES, "criteriaUrl": url}))
    for url in ("example.org", "http://a@example.org", "http://example.org:0", "ftp://example.org"):
        bad.append(("NewWebhook", {**HOOK, "url": url}))
    for email in ("", "nope", "a@b", "ada@straße.example", "josé@example.org", "=?x?@example.org",
                  "a@example.org\n", "a" * 250 + "@example.org"):  # fmt: skip
        bad.append(("NewApplication", {"learner": email}))
        bad.append(("NewOwner", {**OWNER, "email": email}))
    for number in ("", "1.5", "9999999999", str(2**31), 2**31, True, "+1", "1 "):
        bad.append(("NewBadge", {**BADGES, "limit": number}))
        bad.append(("NewBadge", {**BADGES, "timeValue": number}))
    for date in ("", "tomorrow", "2030-13-45", "12:00", "99999999999999999", "0000-00-00 00:00:00"):
        bad.append(("ChangedApplication", {"processed": date}))
    bad += [
        ("NewBadge", {**BADGES, "unique": 2}), ("NewBadge", {**BADGES, "timeUnits": "years"}),
        ("NewBadge", {**BADGES, "strapline": "s" * 141}),
        ("NewBadge", {**BADGES, "strapline": "a\0"}),
        ("NewBadge", {**BADGES, "image": "javascript:a"}), ("NewBadge", {**BADGES, "image": ""}),
        ("NewBadge", {**BADGES, "criteria": [{}] * 201}),
        ("NewBadge", {**BADGES, "tags": ["t"] * 201}),
        ("NewWebhook", {**HOOK, "secret": "  "}),
        ("NewWebhook", {**HOOK, "secret": "ssh-rsa AAAAB3NzaC1yc2E="}),
    ]  # fmt: skip
    return bad


def test_what_the_checks_refuse_the_document_refuses(api: Api) -> None:
    application = api.api("POST", f"{MINIMAL}/applications", LEARNER).json["application"]["slug"]
    to = {**SENT, "ChangedApplication": ("PUT", f"{MINIMAL}/applications/{application}")}
    checks = Draft202012Validator.FORMAT_CHECKER
    for name, body in refused():
        method, path = to[name]
        answer = api.api(method, path, body)
        assert answer.status == 400, (name, body)
        validator = Draft202012Validator(BODIES[name], format_checker=checks)
        assert not validator.is_valid(body), (name, body)


def test_what_was_taken_before_is_allowed() -> None:
    validator = Draft202012Validator(BODIES["NewBadge"])
    for link in LINKS:
        assert validator.is_valid({**BADGES, "issuerUrl": link, "rubricUrl": link}), link
    for name, schema in BODIES.items():
        for example in schema["examples"]:
            assert Draft202012Validator(schema).is_valid(example), name
