"""The API's routes: create, find and list at all three levels, in the original's words."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import peewee
import pytest

from chalicelib import config, errors, limits, tokens
from chalicelib.api import bodies, instances
from chalicelib.data import connection
from chalicelib.data.models import Award, Badge, ClaimCode, Event, Image, System
from chalicelib.openbadges import default_image
from tests.client import Answer, Client, event
from tests.conftest import Cloud
from tests.domain.places import jobs_of_events
from tests.openbadges import examples
from tests.openbadges.examples import stored

PNG = default_image.content()
DATA_URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
OWNER = {"slug": "mini", "name": "Mini", "url": "http://mini.example.org"}
BADGE = {
    "name": "Minimal",
    "slug": "minimal",
    "earnerDescription": "E",
    "consumerDescription": "C",
    "criteriaUrl": "http://example.org/c",
    "unique": "0",
    "image": "http://example.org/m.png",
    "type": "Skill",
    "criteria": [{"description": "D", "required": 1, "note": "N"}],
    "tags": ["one"],
}
SYSTEM = "/systems/chicago"
ISSUER = f"{SYSTEM}/issuers/library"
PROGRAM = f"{ISSUER}/programs/scratch"
LEVELS = (SYSTEM, ISSUER, PROGRAM)
MINIMAL = f"{SYSTEM}/badges/minimal"
EARNER = "Earner+tag@example.org"
Together = Callable[..., list[Any]]


class Api(Client):
    """A client whose paths reach the Lambda function as they were sent."""

    def send(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        sent = event(method, target, body, headers) | {"path": target.partition("?")[0]}
        answer = self.app(sent, None)
        return Answer(answer["statusCode"], answer["headers"], answer["body"] or "")

    def get(self, target: str, member: str) -> Any:
        """Return a member of what must be there."""
        answer = self.api("GET", target)
        assert answer.status == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json.keys() == {member}
        return answer.json[member]

    def post(self, target: str, data: Any, member: str) -> Any:
        """Return a member of what must have been made."""
        answer = self.api("POST", target, data)
        assert answer.status == 201, answer.text
        assert (answer.json.keys(), answer.json["status"]) == ({"status", member}, "created")
        return answer.json[member]


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Api:
    """The API over a database that knows a system, an issuer of it, and its program."""
    chicago = stored(examples.system())
    library = stored(examples.issuer(chicago))
    stored(examples.program(library))
    return Api(app)


@pytest.fixture(params=LEVELS, ids=["system", "issuer", "program"])
def level(request: pytest.FixtureRequest) -> str:
    """The path of a place where badges live."""
    path: str = request.param
    return path


@pytest.fixture
def badge(api: Api, level: str) -> str:
    """The path of a badge at that place."""
    api.post(f"{level}/badges", BADGE, "badge")
    return f"{level}/badges/minimal"


def error(answer: Answer, status: int, code: str) -> str:
    """Return the message of an answer that must be this error."""
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/json"
    message: str = answer.json["message"]
    return message


# Systems, issuers, programs

OWNERS = [
    ("/systems", "system", {"issuers": []}),
    (f"{SYSTEM}/issuers", "issuer", {"description": None, "programs": []}),
    (f"{ISSUER}/programs", "program", {"description": None}),
]


@pytest.mark.parametrize(("target", "name", "more"), OWNERS)
def test_an_owner_is_made_found_and_listed(
    api: Api, target: str, name: str, more: dict[str, Any]
) -> None:
    answer = api.api("POST", target, {**OWNER, "image": "http://example.org/a.png"})
    assert (answer.status, "Location" in answer.headers) == (201, False)
    made = answer.json[name]
    assert made == {
        **OWNER, **more, "id": made["id"], "email": None, "imageUrl": "http://example.org/a.png",
    }  # fmt: skip
    assert api.get(f"{target}/MINI", name) == made
    listed = api.get(target, f"{name}s")
    assert (len(listed), listed[-1]) == (2, made)


# An owner, what is in it, the first of those, and what they have besides.
NESTED = [
    (SYSTEM, "system", "issuers", "library", {"programs": []}),
    (ISSUER, "issuer", "programs", "scratch", {}),
]


@pytest.mark.parametrize(("target", "name", "inner", "first", "more"), NESTED)
def test_an_owner_comes_with_those_below_it_also_in_lists_and_after_a_change(
    api: Api, target: str, name: str, inner: str, first: str, more: dict[str, Any]
) -> None:
    api.post(f"{target}/{inner}", {**OWNER, "image": "http://example.org/a.png"}, inner[:-1])
    whole = api.get(target, name)
    assert [one["slug"] for one in whole[inner]] == [first, "mini"]
    assert whole[inner][1] == {
        **OWNER, **more, "id": whole[inner][1]["id"], "email": None, "description": None,
        "imageUrl": "http://example.org/a.png",
    }  # fmt: skip
    changed = api.api("PUT", target, {"name": whole["name"]})
    assert changed.json == {"status": "updated", name: whole}
    siblings, slug = target.rpartition("/")[::2]
    api.post(siblings, {**OWNER, "slug": "second"}, name)
    api.post(f"{siblings}/second/{inner}", {**OWNER, "slug": "inside"}, inner[:-1])
    listed = {one["slug"]: one for one in api.get(siblings, f"{name}s")}
    assert listed[slug] == whole
    assert [one["slug"] for one in listed["second"][inner]] == ["inside"]
    page = api.api("GET", f"{siblings}?page=2&count=1").json[f"{name}s"]
    assert page == [listed["second"]]


def test_an_owner_comes_alone_when_it_is_deleted_and_with_a_badge(api: Api) -> None:
    api.post(f"{ISSUER}/badges", BADGE, "badge")
    for badge in (
        api.get(f"{ISSUER}/badges/minimal", "badge"),
        *api.get(f"{SYSTEM}/badges", "badges"),
    ):
        assert (badge["system"]["issuers"], badge["issuer"]["programs"]) == ([], [])
    assert api.api("DELETE", ISSUER).json["issuer"]["programs"] == []
    api.post(f"{SYSTEM}/issuers", OWNER, "issuer")
    assert api.api("DELETE", SYSTEM).json["system"]["issuers"] == []


@pytest.mark.parametrize(("target", "name", "_more"), OWNERS)
@pytest.mark.parametrize("slug", ["mini", "MINI"])
def test_a_second_owner_of_a_slug_is_a_conflict(
    api: Api, target: str, name: str, _more: dict[str, Any], slug: str
) -> None:
    api.post(target, OWNER, name)
    answer = api.api("POST", target, {**OWNER, "slug": slug, "name": "Again"})
    assert answer.status == 409
    assert answer.json == {
        "code": "ResourceConflict",
        "message": f"{name} with that `slug` already exists",
        "details": {**OWNER, "slug": slug, "name": "Again"},
    }


@pytest.mark.parametrize(("target", "_name", "_more"), OWNERS)
def test_everything_wrong_with_an_owner_is_said_at_once(
    api: Api, target: str, _name: str, _more: dict[str, Any]
) -> None:
    answer = api.api("POST", target, {"url": "nope", "email": "nope", "image": "nope"})
    assert error(answer, 400, "ValidationError") == "Could not validate required fields"
    assert answer.json["details"] == [
        {"field": "slug", "value": ""},
        {"field": "name", "value": ""},
        {"message": "Invalid URL", "field": "url", "value": "nope"},
        {"message": "Invalid email", "field": "email", "value": "nope"},
        {"message": "Invalid URL", "field": "image", "value": "nope"},
    ]


@pytest.mark.parametrize("slug", ["Some Slug/with: odd", "ü ☃", "a%2Fb", "a?b=c#d", "{system}"])
def test_odd_slugs_are_found_under_their_encoded_path(api: Api, slug: str) -> None:
    made = api.post("/systems", {**OWNER, "slug": slug}, "system")
    path = f"/systems/{quote(slug, safe='')}"
    assert api.get(path, "system") == made
    assert api.get(f"{path}/badges", "badges") == []


# What is not there


@pytest.mark.parametrize(
    ("path", "model", "slug"),
    [
        ("/systems/nope", "system", "nope"),
        ("/systems/nope/issuers", "system", "nope"),
        ("/systems/nope/issuers/nope2/programs/nope3", "system", "nope"),
        ("/systems/nope/badges", "system", "nope"),
        (f"{SYSTEM}/issuers/nope", "issuer", "nope"),
        (f"{SYSTEM}/issuers/nope/programs", "issuer", "nope"),
        (f"{SYSTEM}/issuers/nope/programs/nope2", "issuer", "nope"),
        (f"{SYSTEM}/issuers/nope/badges/nope2", "issuer", "nope"),
        (f"{ISSUER}/programs/nope", "program", "nope"),
        (f"{ISSUER}/programs/nope/badges", "program", "nope"),
        (f"{ISSUER}/programs/N%C3%B6pe%20/badges", "program", "Nöpe "),
        *((f"{level}/badges/nope", "badge", "nope") for level in LEVELS),
        *((f"{level}/badges/nope/instances", "badge", "nope") for level in LEVELS),
        *((f"{level}/badges/nope/instances/a@b.co", "badge", "nope") for level in LEVELS),
        *((f"{level}/badges/nope/applications/nope2", "badge", "nope") for level in LEVELS),
    ],
)
def test_the_first_missing_level_is_named_in_the_original_s_words(
    api: Api, path: str, model: str, slug: str
) -> None:
    answer = api.api("GET", path)
    assert error(answer, 404, "ResourceNotFound") == (
        f"Could not find {model} field: `slug`, value: `{slug}`"
    )


@pytest.mark.parametrize(
    ("target", "model"),
    [
        ("/systems/nope/issuers", "system"),
        (f"{SYSTEM}/issuers/nope/programs", "issuer"),
        ("/systems/nope/badges", "system"),
        (f"{SYSTEM}/issuers/nope/badges", "issuer"),
        (f"{ISSUER}/programs/nope/badges", "program"),
        (f"{SYSTEM}/badges/nope/instances", "badge"),
        (f"{SYSTEM}/badges/nope/applications", "badge"),
    ],
)
def test_nothing_is_made_where_there_is_no_place(
    api: Api, monkeypatch: pytest.MonkeyPatch, target: str, model: str
) -> None:
    monkeypatch.setattr(bodies, "picture", lambda *_: pytest.fail("looked at the picture"))
    answer = api.api("POST", target, {"image": DATA_URI})
    assert error(answer, 404, "ResourceNotFound").startswith(f"Could not find {model} field")


def test_what_hangs_on_a_badge_is_named_too(api: Api, badge: str) -> None:
    path = f"{badge}/applications"
    application = api.post(path, {"learner": EARNER}, "application")
    missing = {
        f"{badge}/instances/a@b.co": "badgeInstance field: `email`, value: `a@b.co`",
        f"{path}/nope": "application field: `slug`, value: `nope`",
        f"{path}/nope/reviews": "application field: `slug`, value: `nope`",
        f"{path}/{application['slug']}/reviews/nope": "review field: `slug`, value: `nope`",
    }
    for target, words in missing.items():
        answer = api.api("GET", target)
        assert error(answer, 404, "ResourceNotFound") == f"Could not find {words}"


# Badges


def test_a_badge_is_made_at_its_location_found_and_listed(api: Api, level: str) -> None:
    answer = api.api("POST", f"{level}/badges", BADGE)
    made = answer.json["badge"]
    assert (answer.status, answer.headers["Location"]) == (201, f"{level}/badges/minimal")
    assert api.get(answer.headers["Location"], "badge") == made
    assert api.get(f"{level}/badges", "badges") == [made]
    assert [name for name in ("system", "issuer", "program") if name in made] == [
        "system", "issuer", "program",
    ][: LEVELS.index(level) + 1]  # fmt: skip
    assert (made["slug"], made["unique"], made["archived"]) == ("minimal", 0, False)
    assert [one["description"] for one in made["criteria"]] == ["D"]
    assert [tag["value"] for tag in made["tags"]] == ["one"]


def test_a_location_is_a_path_whatever_the_slugs(api: Api) -> None:
    slug = "a b/ü?#%: 1"
    api.post("/systems", {**OWNER, "slug": slug}, "system")
    within = f"/systems/{quote(slug, safe='')}/badges"
    answer = api.api("POST", within, {**BADGE, "slug": slug})
    assert answer.headers["Location"] == f"{within}/{quote(slug, safe='')}"
    assert api.get(answer.headers["Location"], "badge")["slug"] == slug


def test_a_badge_without_a_slug_gets_one(api: Api, level: str) -> None:
    data = {name: value for name, value in BADGE.items() if name != "slug"}
    slug = api.post(f"{level}/badges", data, "badge")["slug"]
    assert re.fullmatch("[0-9a-f]{32}", slug)


@pytest.mark.parametrize("slug", ["", None])
def test_a_new_badge_with_an_empty_slug_gets_one_and_no_other_owner_does(
    api: Api, cloud: Cloud, slug: str | None
) -> None:
    made = api.post(f"{SYSTEM}/badges", {**BADGE, "slug": slug, "image": DATA_URI}, "badge")
    assert re.fullmatch("[0-9a-f]{32}", made["slug"])
    answer = api.api("PUT", f"{SYSTEM}/badges/{made['slug']}", {"slug": ""})
    assert error(answer, 400, "ValidationError")
    for target, _, _ in OWNERS:
        error(api.api("POST", target, {**OWNER, "slug": slug}), 400, "ValidationError")


def test_a_criterion_is_not_required_unless_it_says_so(api: Api) -> None:
    criteria = [{"description": "D"}, {"required": None}, {"required": "1"}]
    made = api.post(f"{SYSTEM}/badges", {**BADGE, "criteria": criteria}, "badge")
    assert [one["required"] for one in made["criteria"]] == [0, 0, 1]
    bad = {**BADGE, "slug": "bad", "criteria": [{"required": "maybe"}]}
    assert error(api.api("POST", f"{SYSTEM}/badges", bad), 400, "ValidationError")


def test_a_random_code_is_made_with_and_without_a_body(api: Api) -> None:
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    target = f"{MINIMAL}/codes/random"
    bare = api.api("POST", target, body=None)
    assert (bare.status, bare.json["claimCode"]["multiuse"]) == (201, False)
    assert re.fullmatch("[0-9a-f]{10}", bare.json["claimCode"]["code"])
    with_body = api.api("POST", target, {"multiuse": True})
    assert (with_body.status, with_body.json["claimCode"]["multiuse"]) == (201, True)
    for path in ("codes", "instances", "applications"):
        error(api.api("POST", f"{MINIMAL}/{path}"), 400, "InvalidContent")


def test_a_badge_is_found_in_its_place_and_in_those_around_it(api: Api) -> None:
    for number, path in enumerate(LEVELS):
        api.post(f"{path}/badges", {**BADGE, "slug": f"badge-{number}"}, "badge")
    for number, path in enumerate(LEVELS):
        found = [one["slug"] for one in api.get(f"{path}/badges", "badges")]
        assert found == [f"badge-{n}" for n in range(number, 3)]
        for n in range(3):
            answer = api.api("GET", f"{path}/badges/BADGE-{n}")
            assert answer.status == (200 if n >= number else 404)


def test_a_badge_s_slug_is_taken_in_all_systems(api: Api, badge: str) -> None:
    api.post("/systems", OWNER, "system")
    answer = api.api("POST", "/systems/mini/badges", {**BADGE, "name": "Again"})
    assert error(answer, 409, "ResourceConflict") == "badge with that `slug` already exists"
    assert answer.json["details"] == {"slug": "minimal", "name": "Again"}


def test_everything_wrong_with_a_badge_is_said_at_once(api: Api, level: str) -> None:
    answer = api.api("POST", f"{level}/badges", {})
    error(answer, 400, "ValidationError")
    names = ("name", "earnerDescription", "consumerDescription", "criteriaUrl", "unique")
    assert answer.json["details"] == [
        *({"field": name, "value": ""} for name in names),
        {"message": "Missing value", "field": "image"},
    ]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["a"]),
        ("?archived=", ["a", "b"]),
        ("?archived=false", ["a"]),
        ("?archived=0", ["a"]),
        ("?archived=true", ["b"]),
        ("?archived=1", ["b"]),
        ("?archived=any", ["a", "b"]),
    ],
)
def test_archived_badges_are_listed_when_asked_for(
    api: Api, level: str, query: str, wanted: list[str]
) -> None:
    for slug in ("a", "b"):
        api.post(f"{level}/badges", {**BADGE, "slug": slug}, "badge")
    Badge.update(archived=True).where(Badge.slug == "b").execute()
    found = api.get(f"{level}/badges{query}", "badges")
    assert [one["slug"] for one in found] == wanted
    assert [one["archived"] for one in found] == [slug == "b" for slug in wanted]


@pytest.mark.parametrize("value", ["maybe", "TRUE", "Any", "2", "%20true"])
def test_other_values_of_archived_are_refused_by_name(api: Api, value: str) -> None:
    answer = api.api("GET", f"{SYSTEM}/badges?archived={value}")
    assert (answer.status, answer.json) == (
        400,
        {
            "code": "InvalidParameter",
            "parameter": "archived",
            "message": ("Invalid `archived` parameter. Expecting one of 'true', 'false' or 'any'."),
        },
    )


def test_repeated_query_parameters_are_refused_or_the_first_counts(api: Api) -> None:
    for path, name in (("badges", "archived"), ("applications", "processed")):
        for query in (f"{name}=true&{name}=true", f"{name}=any&{name}=", f"{name}=&{name}="):
            answer = api.api("GET", f"{SYSTEM}/{path}?{query}")
            assert (answer.status, answer.json["parameter"]) == (400, name)
    answer = api.api("GET", "/systems?page=1&page=9&count=5&count=0")
    assert (len(answer.json["systems"]), answer.json["pageData"]["count"]) == (1, 5)


# Pictures


@pytest.mark.parametrize(
    ("target", "name"), [(target, name) for target, name, _ in OWNERS] + [("", "badge")]
)
def test_a_picture_sent_along_is_stored_and_shown(
    api: Api, cloud: Cloud, target: str, name: str
) -> None:
    data = {**OWNER, "image": DATA_URI} if target else {**BADGE, "image": DATA_URI}
    made = api.post(target or f"{SYSTEM}/badges", data, name)
    (key,) = cloud.objects()
    assert cloud.objects() == {key: PNG}
    slug = Image.get().slug
    assert made["imageUrl"] == f"http://localhost:3000/public/images/{slug}"
    shown = api.send("GET", f"/public/images/{slug}")
    assert (shown.status, key in shown.headers["Location"]) == (302, True)


@pytest.mark.parametrize(
    "image",
    [
        "nope",
        "data:image/png;base64,!!!",
        "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode(),
        {"path": "/some/server/file"},
        5,
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_bad_picture_is_refused_and_nothing_is_made(
    api: Api, cloud: Cloud, level: str, image: Any
) -> None:
    answer = api.api("POST", f"{level}/badges", {**BADGE, "image": image})
    error(answer, 400, "ValidationError")
    assert [detail["field"] for detail in answer.json["details"]] == ["image"]
    assert (Badge.select().count(), Image.select().count(), cloud.objects()) == (0, 0, {})


def test_a_refused_body_leaves_no_picture(api: Api, cloud: Cloud, level: str) -> None:
    answer = api.api("POST", f"{level}/badges", {**BADGE, "name": "", "image": DATA_URI})
    error(answer, 400, "ValidationError")
    assert (Image.select().count(), cloud.objects()) == (0, {})


# Awards


def test_an_award_is_made_at_its_location_and_found_by_its_address(api: Api, badge: str) -> None:
    answer = api.api("POST", f"{badge}/instances", {"email": EARNER, "comment": "Good ☃"})
    made = answer.json["instance"]
    award = Award.get()
    assert (answer.status, answer.headers["Location"]) == (201, f"/public/assertions/{award.slug}")
    assert answer.json == {"status": "created", "instance": made}
    assert made == {
        "slug": award.slug,
        "email": EARNER,
        "expires": None,
        "issuedOn": made["issuedOn"],
        "assertionUrl": f"http://localhost:3000/public/assertions/{award.slug}",
        "badge": None,
        "mailsEarner": True,
    }
    assert (award.comment, Event.select().count(), jobs_of_events()) == ("Good ☃", 1, 1)
    about = api.get(badge, "badge")
    found = {**made, "claimCode": None, "badge": about}
    for address in (EARNER, quote(EARNER, safe=""), EARNER.lower()):
        assert api.get(f"{badge}/instances/{address}", "instance") == found
    del found["mailsEarner"]  # lists do not say so
    assert api.get(f"{badge}/instances", "instances") == [found]


@pytest.mark.parametrize("email", [EARNER, EARNER.upper()])
def test_a_second_award_is_a_conflict_that_says_where_the_first_is(
    api: Api, badge: str, email: str
) -> None:
    url = api.post(f"{badge}/instances", {"email": EARNER}, "instance")["assertionUrl"]
    answer = api.api("POST", f"{badge}/instances", {"email": email})
    assert (answer.status, answer.json) == (
        409,
        {
            "code": "ResourceConflict",
            "message": f"User {email} has already been awarded badge minimal",
            "details": {"assertionUrl": url, "mailsEarner": True},
        },
    )


def test_two_awards_at_once_are_one_and_a_conflict(
    api: Api, badge: str, together: Together
) -> None:
    answers = together(
        *[lambda: api.api("POST", f"{badge}/instances", {"email": EARNER}).status] * 4
    )
    assert sorted(answers) == [201, 409, 409, 409]
    assert (Award.select().count(), Event.select().count(), jobs_of_events()) == (1, 1, 1)


def test_an_award_may_come_with_its_slug_and_times(api: Api, badge: str) -> None:
    data = {
        "email": EARNER, "slug": "My award/ü", "expires": 1893456000000,
        "issuedOn": "2014-05-13T16:53:20.000Z",
    }  # fmt: skip
    answer = api.api("POST", f"{badge}/instances", data)
    assert answer.headers["Location"] == "/public/assertions/My%20award%2F%C3%BC"
    made = answer.json["instance"]
    assert (made["slug"], made["expires"], made["issuedOn"]) == (
        "My award/ü", "2030-01-01T00:00:00.000Z", "2014-05-13T16:53:20.000Z",
    )  # fmt: skip
    clash = api.api("POST", f"{badge}/instances", {"email": "b@example.org", "slug": "MY AWARD/ü"})
    error(clash, 409, "ResourceConflict")


def test_numbers_as_slug_and_comment_count_as_texts(api: Api, badge: str) -> None:
    data = {"email": EARNER, "slug": 5, "comment": 7}
    assert api.post(f"{badge}/instances", data, "instance")["slug"] == "5"
    assert json.loads(Event.get().body)["comment"] == Award.get().comment == "7"


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, ["email"]),
        ({"email": "nope", "slug": [], "issuedOn": "x"}, ["email", "slug", "issuedOn"]),
        ({"email": EARNER, "expires": "0001-01-01T00:00:00+14:00"}, ["expires"]),
        ({"email": EARNER, "slug": "s" * 256, "comment": []}, ["slug", "comment"]),
    ],
)
def test_a_bad_award_is_refused_and_nothing_is_made(
    api: Api, badge: str, data: dict[str, Any], fields: list[str]
) -> None:
    answer = api.api("POST", f"{badge}/instances", data)
    error(answer, 400, "ValidationError")
    assert [detail["field"] for detail in answer.json["details"]] == fields
    assert (Award.select().count(), Event.select().count()) == (0, 0)


def test_empty_optional_members_of_an_award_are_absent(api: Api) -> None:
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    blank = dict.fromkeys(("slug", "claimCode", "comment", "expires", "issuedOn"), "")
    made = api.post(f"{MINIMAL}/instances", {"email": EARNER, **blank, "expires": 0}, "instance")
    assert re.fullmatch("[0-9a-f]{40}", made["slug"])
    found = api.get(f"{MINIMAL}/instances/{EARNER}", "instance")
    assert (found["expires"], found["claimCode"]) == (None, None)
    assert json.loads(Event.get().body)["comment"] is None
    bulk = {"emails": ["two@example.org"], "comment": "", "expires": "", "issuedOn": ""}
    assert api.api("POST", f"{MINIMAL}/instances/bulk", bulk).status == 201


@pytest.mark.parametrize("limit", [0, -1])
def test_a_badge_whose_limit_is_zero_or_less_is_awarded_without_one(api: Api, limit: int) -> None:
    made, path = api.post(f"{SYSTEM}/badges", {**BADGE, "limit": limit}, "badge"), MINIMAL
    for name in ("one", "two"):
        api.post(f"{path}/instances", {"email": f"{name}@example.org"}, "instance")
    bulk = api.api("POST", f"{path}/instances/bulk", {"emails": ["three@example.org"]})
    assert (bulk.status, len(bulk.json["instances"])) == (201, 1)
    assert made["limit"] == api.get(path, "badge")["limit"] == limit


# How an award is asked for: alone, with a claim code, or with others.
ASKED = {
    "instances": {"email": EARNER, "claimCode": "code"},
    "instances/bulk": {"emails": [EARNER]},
}


def test_an_award_that_would_expire_before_it_is_issued_is_refused(api: Api, badge: str) -> None:
    assert api.api("POST", f"{badge}/codes", {"code": "code"}).status == 201
    for times, value in (
        ({"expires": "2014-05-13T16:53:20Z"}, "2014-05-13T16:53:20.000Z"),  # it is issued now
        ({"issuedOn": "2014-05-13T16:53:21Z", "expires": 1400000000}, "2014-05-13T16:53:20.000Z"),
        ({"issuedOn": "2999-01-01", "expires": "2998-12-31"}, "2998-12-31T00:00:00.000Z"),
    ):
        for path, whom in ASKED.items():
            answer = api.api("POST", f"{badge}/{path}", {**whom, **times})
            error(answer, 400, "ValidationError")
            message = "Must not be before `issuedOn`, which is now by default"
            assert answer.json["details"] == [
                {"message": message, "field": "expires", "value": value}
            ]
    assert (Award.select().count(), Event.select().count()) == (0, 0)
    assert not ClaimCode.get().claimed


def test_an_award_of_the_past_may_have_expired_since(api: Api, badge: str) -> None:
    times = {"issuedOn": "2014-05-13T16:53:20.000Z", "expires": "2014-06-13T16:53:20.000Z"}
    for path, email in (("instances", "email"), ("instances/bulk", "emails")):
        whom = f"{email}@example.org"
        asked = {email: whom if email == "email" else [whom], **times}
        assert api.api("POST", f"{badge}/{path}", asked).status == 201
    for shown in api.get(f"{badge}/instances", "instances"):
        assert {name: shown[name] for name in times} == times


def test_an_archived_badge_is_not_awarded(api: Api, badge: str) -> None:
    Badge.update(archived=True).execute()
    answer = api.api("POST", f"{badge}/instances", {"email": EARNER})
    assert "archived" in error(answer, 409, "ResourceConflict")


def test_a_revocation_may_come_with_its_reason(api: Api, badge: str) -> None:
    ignored: list[Any] = [None, [], "x", {"reason": ["x"]}, {"reason": ""}, {"reason": "\ud800"}]
    for data in ({"reason": "A mistake"}, *ignored):
        api.post(f"{badge}/instances", {"email": EARNER}, "instance")
        assert api.api("DELETE", f"{badge}/instances/{EARNER}", data).status == 200
    reasons = [award.revocation_reason for award in Award.select().order_by(Award.id)]
    assert reasons == ["A mistake", *[None] * len(ignored)]
    assert instances._reason(b"reason=x") is None


def test_a_deleted_award_is_shown_once_more_and_then_revoked(api: Api, badge: str) -> None:
    api.post(f"{badge}/instances", {"email": EARNER}, "instance")
    found = api.get(f"{badge}/instances/{EARNER}", "instance")
    answer = api.api("DELETE", f"{badge}/instances/{EARNER.upper()}")
    assert (answer.status, answer.json) == (200, {"instance": found})
    assert Award.get().revoked is not None
    for method in ("GET", "DELETE"):
        error(api.api(method, f"{badge}/instances/{EARNER}"), 404, "ResourceNotFound")
    assert api.get(f"{badge}/instances", "instances") == []
    assert [row.action for row in Event.select().order_by(Event.id)] == ["award", "revoke"]
    api.post(f"{badge}/instances", {"email": EARNER}, "instance")


# Applications and reviews


def test_an_application_is_made_found_listed_and_changed(api: Api, badge: str) -> None:
    path = f"{badge}/applications"
    evidence = {"url": "http://example.org/e", "mediaType": "link", "reflection": "R"}
    made = api.post(path, {"learner": EARNER, "evidence": [evidence]}, "application")
    assert (made["learner"], made["evidence"], made["processed"]) == (EARNER, [evidence], None)
    assert made["badge"] == api.get(badge, "badge")
    target = f"{path}/{made['slug']}"
    assert api.get(target, "application") == made
    assert api.get(path, "applications") == [made]
    answer = api.api("PUT", target, {"processed": 1402408977000, "evidence": []})
    changed = {**made, "processed": "2014-06-10T14:02:57.000Z", "evidence": []}
    assert (answer.status, answer.json) == (200, {"status": "updated", "application": changed})
    assert api.get(target, "application") == changed
    error(api.api("POST", path, {"learner": "nope"}), 400, "ValidationError")
    error(api.api("PUT", target, {"learner": "nope"}), 400, "ValidationError")


def test_a_media_type_that_is_unknown_is_taken_and_kept_as_none(api: Api) -> None:
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    path = f"{MINIMAL}/applications"
    types = ["image", "link", "smell", "application/vnd.ms-powerpoint", "", None]
    evidence = [{"url": "http://example.org/e", "mediaType": one} for one in types]
    made = api.post(path, {"learner": EARNER, "evidence": evidence}, "application")
    assert [one["mediaType"] for one in made["evidence"]] == ["image", "link", "", "", "", None]
    changed = api.api("PUT", f"{path}/{made['slug']}", {"evidence": evidence[2:3]})
    assert changed.json["application"]["evidence"][0]["mediaType"] == ""


def test_applications_are_listed_by_badge_and_then_in_order_of_creation(api: Api) -> None:
    for slug in ("first", "second"):
        api.post(f"{ISSUER}/badges", {**BADGE, "slug": slug}, "badge")
    for slug, learner in (("second", "a"), ("first", "b"), ("second", "c"), ("first", "d")):
        path = f"{ISSUER}/badges/{slug}/applications"
        api.post(path, {"learner": f"{learner}@example.org"}, "application")
    for place in (SYSTEM, ISSUER):
        listed = api.get(f"{place}/applications", "applications")
        assert "".join(one["learner"][0] for one in listed) == "bdac"
        page = api.api("GET", f"{place}/applications?page=2&count=2").json["applications"]
        assert "".join(one["learner"][0] for one in page) == "ac"


def test_a_review_is_made_found_listed_and_changed(api: Api, badge: str) -> None:
    criterion = api.get(badge, "badge")["criteria"][0]["id"]
    application = api.post(f"{badge}/applications", {"learner": EARNER}, "application")
    path = f"{badge}/applications/{application['slug']}/reviews"
    item = {"criterionId": criterion, "satisfied": 1, "comment": "perfect"}
    data = {"author": "r@example.org", "comment": "Great", "reviewItems": [item]}
    made = api.post(path, data, "review")
    assert made == {**data, "id": made["id"], "slug": made["slug"]}
    target = f"{path}/{made['slug']}"
    assert api.get(target, "review") == made
    assert api.get(path, "reviews") == [made]
    answer = api.api("PUT", target, {"comment": "Edited"})
    changed = {**made, "comment": "Edited", "reviewItems": []}
    assert (answer.status, answer.json) == (200, {"status": "updated", "review": changed})
    assert api.get(target, "review") == changed
    told = [json.loads(row.body)["approved"] for row in Event.select().order_by(Event.id)]
    assert told == [True, False]
    error(api.api("POST", path, {}), 400, "ValidationError")
    error(api.api("PUT", target, {"author": None}), 400, "ValidationError")


# Statements


def test_reading_one_badge_takes_at_most_eight_statements(
    api: Api, badge: str, statements: list[str]
) -> None:
    statements.clear()
    api.get(badge, "badge")
    assert len(statements) <= 8


@pytest.mark.parametrize("what", ["badges", "instances", "applications", "reviews"])
def test_a_list_takes_as_many_statements_for_many_as_for_one(
    api: Api, badge: str, level: str, what: str, statements: list[str]
) -> None:
    applications = f"{badge}/applications"
    slug = api.post(applications, {"learner": EARNER}, "application")["slug"]
    paths: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
        "badges": (f"{level}/badges", lambda n: {**BADGE, "slug": f"badge-{n}"}),
        "instances": (f"{badge}/instances", lambda n: {"email": f"earner{n}@example.org"}),
        "applications": (
            applications, lambda n: {"learner": EARNER, "evidence": [{"reflection": f"{n}"}]},
        ),
        "reviews": (
            f"{applications}/{slug}/reviews",
            lambda n: {
                "author": "r@example.org",
                "reviewItems": [{"criterionId": n, "satisfied": 1}],
            },
        ),
    }  # fmt: skip
    target, data = paths[what]
    taken = []
    for many in (1, 9):
        for number in range(many):
            api.post(target, data(many * 10 + number), what.removesuffix("s"))
        statements.clear()
        assert len(api.get(target, what)) >= many
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 10


def test_lists_of_owners_take_few_statements_however_many_they_are(
    api: Api, statements: list[str]
) -> None:
    for number in range(5):
        for target, name, _ in OWNERS:
            data = {**OWNER, "slug": f"mini-{number}", "image": "http://example.org/a.png"}
            api.post(target, data, name)
    for most, (target, name, _) in zip((2, 3, 2), OWNERS, strict=True):
        statements.clear()
        assert len(api.get(target, f"{name}s")) == 6
        assert len(statements) <= most


# Bodies and errors

POSTS = ["/systems", *(f"{level}/badges" for level in LEVELS)]


@pytest.mark.parametrize("target", POSTS)
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[1,2]", b'{"slug": ', b'{"slug":"\\ud800"}', b"{\xff}"]
)
def test_what_is_no_json_object_is_refused(api: Api, target: str, body: bytes) -> None:
    error(signed(api, target, body, "application/json"), 400, "InvalidContent")


@pytest.mark.parametrize("target", POSTS)
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml"])
def test_what_is_said_to_be_no_json_is_refused(api: Api, target: str, media_type: str) -> None:
    message = error(signed(api, target, b"{}", media_type), 415, "UnsupportedMediaTypeError")
    assert message == media_type


def signed(api: Api, target: str, body: bytes, media_type: str) -> Answer:
    """Send these bytes, signed, as API Gateway hands them over."""
    claims = {"key": "master", "method": "POST", "path": target, "body": tokens.body_claim(body)}
    token = tokens.sign(claims, config.settings().text("OPENBADGER_SECRET"))
    headers = {"Authorization": tokens.header(token), "Content-Type": media_type}
    sent = event("POST", target, b"", headers)
    sent |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    answer = api.app(sent, None)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


def test_a_body_that_is_too_large_is_refused_before_anything_else(api: Api) -> None:
    answer = api.send("POST", "/systems", b" " * (limits.API_BODY + 1))
    assert str(limits.API_BODY) in error(answer, 413, errors.TooLarge.code)
    error(api.send("POST", "/systems", b" " * limits.API_BODY), 403, "NotAuthorized")


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/systems"), ("POST", "/systems"), ("GET", f"{PROGRAM}/badges"), ("GET", SYSTEM)],
)
def test_the_api_is_not_served_where_another_one_is_used(
    api: Api, settings: dict[str, str], method: str, target: str
) -> None:
    settings["OPENBADGER_URL"] = "http://api.example.org"
    before = System.select().count()
    for answer in (
        api.api(method, target, OWNER if method == "POST" else None),
        api.send(method, target),
    ):
        assert error(answer, 404, "ResourceNotFound").startswith(f"{target} does not exist")
    assert System.select().count() == before


@pytest.mark.parametrize(("method", "data"), [("GET", None), ("POST", OWNER)])
def test_a_database_that_is_away_is_worth_trying_again(
    api: Api, tmp_path: Path, method: str, data: Any
) -> None:
    connection.use(peewee.SqliteDatabase(str(tmp_path)))  # a folder is no database
    answer = api.api(method, "/systems", data)
    error(answer, 503, "ServiceUnavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_database_that_refuses_connections_is_worth_trying_again(api: Api) -> None:
    connection.use(connection.open_mysql("127.0.0.1:1", "nobody", "", "nothing"))
    answer = api.api("GET", "/systems")
    error(answer, 503, "ServiceUnavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_errors_are_json_for_browsers_too(api: Api) -> None:
    answer = api.send("GET", SYSTEM, headers={"Accept": "text/html"})
    error(answer, 403, "NotAuthorized")


def test_head_is_get_without_a_body(api: Api) -> None:
    answer = api.api("HEAD", SYSTEM)
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Content-Type"] == "application/json"


# What the original was recorded to answer
