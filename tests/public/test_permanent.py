"""What was published stays true, whatever happens to the badge and its owners afterwards.

Every operation is tried with a badge of each level. What an earner's file names must go on answering
what it meant: the assertion, the badge class, the criteria and the issuer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Issuer, Program, PublishedAddress, System
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.images import images
from chalicelib.domain.owners import addresses, owners, public_ids
from chalicelib.domain.owners.places import Place, Scope
from tests.client import Answer, Client
from tests.domain.places import PICTURE
from tests.public.conftest import BROWSER, VALIDATOR

LEVELS = ("system", "issuer", "program")
OTHER = images.Picture(url="http://example.org/other.png")


class Published(NamedTuple):
    """A badge that was awarded, and everything around it."""

    badge: Badge
    award: Award
    scope: Scope


def body(slug: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "Reader", "slug": slug, "strapline": "Reads", "earnerDescription": "You read",
        "consumerDescription": "Read a lot", "unique": 0, "criteriaUrl": f"http://localhost:3000/system/chicago/badge/{slug}/criteria",
        "criteria": [{"description": "Read ten books", "required": 1}], "tags": ["books"],
        "alignments": [{"name": "CCSS.1", "url": "http://example.org/ccss"}], **more,
    }  # fmt: skip


def owner(slug: str) -> dict[str, str]:
    return {"slug": slug, "name": slug.title(), "url": f"http://{slug}.example.org"}


def place(level: str, system: str = "chicago") -> Scope:
    """Create a system, with its issuer and program down to a level."""
    around = owners.create_system(owner(system))
    if level == "system":
        return Scope(around)
    library = owners.create_issuer(around, owner("library"))
    if level == "issuer":
        return Scope(around, library)
    return Scope(around, library, owners.create_program(library, owner("scratch")))


def publish(scope: Scope) -> Published:
    badge = badges.by_id(badges.create(scope, body("reader"), PICTURE).id)
    award, _ = awards.give(badge, "earner@example.org")
    return Published(badge, award, scope)


@pytest.fixture
def api(app: object, database: peewee.Database) -> Client:
    return Client(app)


def read(api: Client, url: str, headers: dict[str, str] = VALIDATOR, host: str = "") -> Answer:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return api.send("GET", target, headers={**headers, **({"Host": host} if host else {})})


class Seen(NamedTuple):
    """What a verifier finds: three documents, and the page of the criteria."""

    assertion: dict[str, Any]
    badge: dict[str, Any]
    issuer: dict[str, Any]
    criteria: str


def verify(api: Client, award: Award) -> Seen:
    """Follow the links of an assertion, as a verifier does."""
    assertion = read(api, f"/public/assertions/{award.slug}").json
    badge = read(api, assertion["badge"]).json
    assert badge["id"] == assertion["badge"]
    issuer = read(api, badge["issuer"]).json
    assert issuer["id"] == badge["issuer"]
    page = read(api, badge["criteria"]["id"], BROWSER)
    assert page.status == 200
    assert "Read ten books" in page.text
    return Seen(assertion, badge, issuer, badge["criteria"]["id"])


def _again(scope: Scope) -> Badge:
    """Create another badge with the slug of the first."""
    other = body("reader", name="Another", criteria=[{"description": "Swim", "required": 0}])
    return badges.create(scope, other, OTHER)


def _rename(row: System | Issuer | Program | None) -> None:
    if row is not None:
        owners.update(row, {"slug": "renamed", "name": "Renamed"})


def _delete(row: System | Issuer | Program | None) -> None:
    if row is not None:
        owners.delete(row)


def rename(one: Published) -> None:
    badges.update(one.badge, body("walker"))


def rename_and_reuse(one: Published) -> None:
    badges.update(one.badge, body("walker"))
    _again(one.scope)


def edit(one: Published) -> None:
    badges.update(one.badge, {
        **body("reader", name="Swimmer", consumerDescription="Swims", tags=["water"]),
        "criteria": [{"description": "Swim", "required": 1}], "alignments": [],
        "criteriaUrl": "http://example.org/elsewhere",
    }, OTHER)  # fmt: skip


def edit_twice(one: Published) -> None:
    edit(one)
    badges.update(one.badge, body("reader", name="Diver"))


def archive(one: Published) -> None:
    badges.archive(one.badge, archived=True)


def delete(one: Published) -> None:
    badges.delete(one.badge)


def delete_and_reuse(one: Published) -> None:
    badges.delete(one.badge)
    _again(one.scope)


def edit_and_delete(one: Published) -> None:
    edit(one)
    badges.delete(one.badge)


def rename_system(one: Published) -> None:
    _rename(one.scope.system)


def rename_issuer(one: Published) -> None:
    _rename(one.scope.issuer)


def rename_program(one: Published) -> None:
    _rename(one.scope.program)


def delete_system(one: Published) -> None:
    _delete(one.scope.system)


def delete_issuer(one: Published) -> None:
    _delete(one.scope.issuer)


def delete_program(one: Published) -> None:
    _delete(one.scope.program)


def delete_all_and_begin_again(one: Published) -> None:
    badges.delete(one.badge)
    owners.delete(one.scope.system)
    _again(place(one.scope.level))


OPERATIONS: tuple[Callable[[Published], None], ...] = (
    rename, rename_and_reuse, edit, edit_twice, archive, delete, delete_and_reuse, edit_and_delete,
    rename_system, rename_issuer, rename_program, delete_system, delete_issuer, delete_program,
    delete_all_and_begin_again,
)  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("operate", OPERATIONS)
def test_what_a_file_names_keeps_its_meaning(
    operate: Callable[[Published], None], level: str, api: Client
) -> None:
    one = publish(place(level))
    before = verify(api, one.award)
    operate(one)
    after = verify(api, one.award)
    assert after.assertion == before.assertion
    assert after.badge == before.badge
    # An owner's profile shows its present name.
    assert after.issuer["id"] == before.issuer["id"]
    assert after.issuer["name"] in (before.issuer["name"], "Renamed")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("operate", OPERATIONS)
def test_addresses_with_slugs_lead_to_what_they_named(
    operate: Callable[[Published], None], level: str, api: Client
) -> None:
    """Assertions were baked with such addresses before there were public ids."""
    one = publish(place(level))
    Award.update(badge_class=None).execute()  # as an earlier version wrote it
    old = api.send("GET", f"/public/assertions/{one.award.slug}").json["badge"]
    before = read(api, old).json
    issuer_before = api.send("GET", urlsplit(old).path).json["issuer"]
    operate(one)
    assert read(api, old).json == before
    assert read(api, issuer_before).json["id"] == before["issuer"]
    assert "Read ten books" in read(api, "/system/chicago/badge/reader/criteria", BROWSER).text


def test_a_badge_that_takes_a_slug_is_named_by_its_id(api: Client) -> None:
    """Also in documents of 1.0, which name other badges by their slugs."""
    one = publish(place("system"))
    badges.delete(one.badge)
    other = badges.by_id(_again(one.scope).id)
    award, _ = awards.give(other, "earner@example.org")
    for headers in ({}, VALIDATOR):
        assertion = read(api, f"/public/assertions/{award.slug}", headers).json
        shown = read(api, assertion["badge"], headers).json
        assert shown["name"] == "Another"
    listed = api.send("GET", "/public/badges").json["badgelist"]
    assert [read(api, one["location"]).json["name"] for one in listed] == ["Another"]
    assert read(api, "/public/systems/chicago/badges/reader").json["name"] == "Reader"


def test_documents_of_1_0_never_name_what_had_a_slug_before(api: Client) -> None:
    """Neither as criteria, which have addresses without issuers, nor as the issuer."""
    one = publish(place("issuer"))
    system, library = one.scope.system, one.scope.issuer
    assert library is not None
    badges.update(one.badge, body("walker"))
    other = body("reader", name="Another", criteria=[{"description": "Swim", "required": 0}])
    badges.create(Scope(system), other, OTHER)
    shown = api.send("GET", "/public/systems/chicago/badges/reader").json
    assert shown["name"] == "Another"
    assert "Swim" in read(api, shown["criteria"], BROWSER).text

    owners.update(library, {"slug": "renamed"})
    again = owners.create_issuer(system, {**owner("library"), "name": "Another library"})
    badges.create(Scope(system, again), body("swimmer"), OTHER)
    shown = api.send("GET", "/public/systems/chicago/issuers/library/badges/swimmer").json
    assert read(api, shown["issuer"], {}).json["name"] == "Another library"


def test_documents_of_1_0_go_on_naming_a_deleted_owner(api: Client) -> None:
    one = publish(place("program"))
    assert one.scope.issuer is not None
    address = "/public/systems/chicago/issuers/library/programs/scratch/badges/reader"
    owners.delete(one.scope.issuer)
    issuer = api.send("GET", address).json["issuer"]
    assert read(api, issuer, {}).json["name"] == "Scratch"


@pytest.mark.parametrize("former", ["id", "slug"])
def test_a_former_address_of_its_own_criteria_is_not_stored(former: str, api: Client) -> None:
    """Clients send a badge as they once read it; its criteria are those it has now."""
    one = publish(place("system"))
    sent = {
        "id": f"http://localhost:3000/id/badges/{one.badge.public_id}/criteria",
        "slug": "http://localhost:3000/system/chicago/badge/reader/criteria",
    }[former]
    badges.update(one.badge, body("walker", name="Walker"))
    badges.update(badges.by_id(one.badge.id), body("walker", name="Hiker", criteriaUrl=sent))
    assert Badge.get_by_id(one.badge.id).criteria_url == ""


def test_rows_of_an_earlier_version_get_ids_before_they_change(api: Client) -> None:
    """While a deployment replaces its functions, the previous version writes rows without ids."""
    for operate in OPERATIONS:
        for table in (Award, PublishedAddress, Badge, System):
            table.delete().execute()
        one = publish(place("program"))
        Award.update(badge_class=None).execute()
        for table in (System, Issuer, Program, Badge):
            table.update(public_id=None).execute()
        as_loaded = Scope(System.get(), Issuer.get(), Program.get())
        operate(Published(badges.by_id(one.badge.id), one.award, as_loaded))
        public_ids.fill_missing()
        seen = verify(api, one.award)
        assert seen.badge["name"] == "Reader", operate.__name__
        assert seen.issuer["name"] in ("Scratch", "Renamed"), operate.__name__


def test_a_badge_that_was_never_awarded_frees_its_slug(api: Client) -> None:
    scope = place("system")
    badges.delete(badges.create(scope, body("reader"), PICTURE))
    _again(scope)
    assert read(api, "/public/systems/chicago/badges/reader").json["name"] == "Another"
    assert PublishedAddress.select().count() == 0


def test_awards_name_the_version_that_was_awarded(api: Client) -> None:
    one = publish(place("system"))
    edit(one)
    second, _ = awards.give(one.badge, "second@example.org")
    (third,) = awards.give_all(one.badge, ["third@example.org"])
    badges.update(one.badge, body("reader", name="Diver"))
    names = [
        read(api, read(api, f"/public/assertions/{award.slug}").json["badge"]).json["name"]
        for award in (one.award, second, third)
    ]
    assert names == ["Reader", "Swimmer", "Swimmer"]
    page = read(api, f"/public/assertions/{one.award.slug}", BROWSER).text
    assert "<h1>Reader</h1>" in page
    assert "Read ten books" in page


def test_awards_of_an_earlier_badgekit_name_the_version_before_a_change(api: Client) -> None:
    """It gives new badges no public ids, and their awards no mark."""
    one = publish(place("system"))
    Badge.update(public_id=None).execute()
    Award.update(badge_class=None).execute()
    edit(one)
    found = read(api, read(api, f"/public/assertions/{one.award.slug}").json["badge"]).json
    assert found["name"] == "Reader"


def test_a_page_of_an_earlier_version_leads_to_the_current_one(api: Client) -> None:
    one = publish(place("system"))
    address = read(api, f"/public/assertions/{one.award.slug}").json["badge"]
    assert "earlier version" not in read(api, address, BROWSER).text
    edit(one)
    now = badges.by_id(one.badge.id).public_id
    for url in (address, f"{address}/criteria"):
        page = read(api, url, BROWSER).text
        assert "earlier version" in page
        assert f'href="http://localhost:3000/id/badges/{now}"' in page


def test_clients_of_the_original_see_a_badge_as_it_is(api: Client) -> None:
    one = publish(place("system"))
    Award.update(badge_class=None).execute()
    edit(one)
    assert api.send("GET", "/public/systems/chicago/badges/reader").json["name"] == "Swimmer"
    rename(one)
    assert api.send("GET", "/public/systems/chicago/badges/reader").json["name"] == "Reader"


@pytest.mark.parametrize(
    "changes",
    [{"slug": "reader"}, {"limit": 5, "unique": 1}, {"rubricUrl": "http://example.org/rubric"}],
    ids=["nothing", "the limit", "what is not public"],
)
def test_changes_that_do_not_show_make_no_version(changes: dict[str, Any], api: Client) -> None:
    one = publish(place("system"))
    badges.update(one.badge, body("reader") | changes)
    assert badges.by_id(one.badge.id).public_id == one.badge.public_id


def test_a_badge_that_was_not_awarded_keeps_its_id_when_it_is_edited(api: Client) -> None:
    badge = badges.create(place("system"), body("reader"), PICTURE)
    badges.update(badge, body("reader", name="Swimmer"))
    assert read(api, f"/id/badges/{badge.public_id}").json["name"] == "Swimmer"


@pytest.mark.parametrize("path", ["badges", "issuers"])
def test_an_unknown_id_is_not_found(path: str, api: Client) -> None:
    for headers in (VALIDATOR, BROWSER):
        assert read(api, f"/id/{path}/nothing", headers).status == 404


@pytest.mark.parametrize("headers", [VALIDATOR, {"Accept": "*/*"}, {}])
def test_an_id_answers_everything_but_browsers_with_2_0(
    headers: dict[str, str], api: Client
) -> None:
    one = publish(place("system"))
    for path in (f"/id/badges/{one.badge.public_id}", f"/id/issuers/{one.scope.system.public_id}"):
        assert read(api, path, headers).json["@context"] == "https://w3id.org/openbadges/v2"
        assert read(api, path, BROWSER).headers["Content-Type"].startswith("text/html")


def test_documents_of_2_0_look_up_no_addresses(api: Client, statements: list[str]) -> None:
    """Only those of 1.0 name badges by their slugs."""
    one = publish(place("system"))
    for path in (f"/public/assertions/{one.award.slug}", f"/id/badges/{one.badge.public_id}"):
        for headers in (VALIDATOR, BROWSER):
            statements.clear()
            assert read(api, path, headers).status == 200
            assert not [sql for sql in statements if "published_address" in sql]


# Another host


def test_another_host_changes_no_meaning(api: Client, settings: dict[str, str]) -> None:
    """Files that were baked at the old host name it; they verify if it leads here."""
    one = publish(place("system"))
    before = verify(api, one.award)
    settings["PERSONA_AUDIENCE"] = "https://new.example.org"
    settings["FORMER_HOSTS"] = "elsewhere.example.org, http://localhost:3000"
    now = read(api, f"/public/assertions/{one.award.slug}", host="new.example.org").json
    assert now["id"].startswith("https://new.example.org/public/assertions/")
    then = read(api, f"/public/assertions/{one.award.slug}", host="LOCALHOST:3000").json
    assert then == before.assertion
    badge = read(api, then["badge"], host="localhost:3000").json
    assert badge == before.badge
    assert read(api, badge["issuer"], host="localhost:3000").json == before.issuer


def test_an_unknown_host_gets_the_present_one(api: Client, settings: dict[str, str]) -> None:
    settings["FORMER_HOSTS"] = "old.example.org"
    one = publish(place("system"))
    for host in ("evil.example.org", "old.example.org.evil.example.org"):
        found = read(api, f"/public/assertions/{one.award.slug}", host=host).json
        assert found["id"].startswith("http://localhost:3000/")
    old = read(api, f"/public/assertions/{one.award.slug}", host="old.example.org").json
    assert old["id"].startswith("https://old.example.org/")


def test_our_own_criteria_page_is_not_stored_as_text(api: Client, settings: dict[str, str]) -> None:
    one = publish(place("system"))
    assert Badge.get_by_id(one.badge.id).criteria_url == ""
    settings["PERSONA_AUDIENCE"] = "https://new.example.org"
    document = read(api, f"/id/badges/{one.badge.public_id}").json
    assert document["criteria"]["id"] == f"{document['id']}/criteria"
    assert document["id"].startswith("https://new.example.org/")


def test_a_client_that_sends_back_what_it_read_changes_nothing(api: Client) -> None:
    """Before and after the change of an awarded badge, which gives it another id."""
    one = publish(place("system"))
    path = "/systems/chicago/badges/reader"
    read_before = api.api("GET", path).json["badge"]
    assert read_before["criteriaUrl"] == body("reader")["criteriaUrl"]
    by_id = f"http://localhost:3000/id/badges/{one.badge.public_id}/criteria"
    sent = {name: value for name, value in read_before.items() if value is not None}
    for changes in ({"name": "Swimmer"}, {"name": "Diver"}, {"criteriaUrl": by_id}):
        assert api.api("PUT", path, {**sent, **changes}).status == 200
        row = Badge.get_by_id(one.badge.id)
        assert (row.criteria_url, row.image_id) == ("", one.badge.image_id)
    before = row.public_id
    assert api.api("PUT", path, sent | {"name": row.name}).status == 200
    assert Badge.get_by_id(one.badge.id).public_id == before


def test_slugs_with_slashes_are_told_apart(api: Client) -> None:
    keys = {addresses.badge_key(Place(*slugs[:-1]), slugs[-1]) for slugs in (
        ("a/", "b", None, "c"), ("a", "/b", None, "c"), ("a", "b", None, "/c"), ("a/b", None, None, "c"),
    )}  # fmt: skip
    assert len(keys) == 4
