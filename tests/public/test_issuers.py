"""Systems, issuers and programs as people, validators and old clients see them."""

from __future__ import annotations

import re

import pytest

from chalicelib import times
from chalicelib.data.models import Award, Badge
from chalicelib.domain.owners import issuer_profiles, owners
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared.pagination import PageSize
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
from tests.admin.browser import words
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import BASE, Public

LINKS = Links(BASE)
SYSTEM = "/public/systems/chicago"
ISSUER = f"{SYSTEM}/issuers/library"
PROGRAM = f"{ISSUER}/programs/scratch"


def test_each_kind_of_client_gets_its_kind_of_profile(public: Public, scratch: Scope) -> None:
    levels = {
        SYSTEM: Scope(scratch.system),
        ISSUER: Scope(scratch.system, scratch.issuer),
        PROGRAM: scratch,
    }
    for path, scope in levels.items():
        profile = issuer_profiles.of(scope)
        expected = v2.issuer(LINKS, profile, email="badges@example.org")
        assert public.validate(path).json == expected
        old = v1.issuer(LINKS, profile, email="badges@example.org")
        assert public.get(path).json == old
        page = public.browse(path)
        assert expected["name"] in page.text
        assert f"{LINKS.profile(profile)}?format=json" in page.text


def test_a_title_names_the_system_once(public: Public, scratch: Scope) -> None:
    scratch.system.name = "Chicago & friends"
    scratch.system.save()
    titles = [
        re.findall("<title>(.*)</title>", public.browse(path).text) for path in (SYSTEM, ISSUER)
    ]
    assert titles == [
        ["Chicago &amp; friends"],
        [f"{scratch.issuer.name} \N{EN DASH} Chicago &amp; friends"],
    ]


def test_an_issuer_without_an_address_has_the_sender_of_mails(
    public: Public, chicago: Scope
) -> None:
    chicago.system.email = None
    chicago.system.description = None
    chicago.system.save()
    assert public.validate(SYSTEM).json["email"] == "badges@example.org"
    assert public.browse(SYSTEM).status == 200


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/public/systems/nowhere", "Could not find system field: `slug`, value: `nowhere`"),
        (f"{SYSTEM}/issuers/nobody", "Could not find issuer field: `slug`, value: `nobody`"),
        (f"{ISSUER}/programs/none", "Could not find program field: `slug`, value: `none`"),
    ],
)
def test_an_unknown_level_is_not_found(
    path: str, message: str, public: Public, scratch: Scope
) -> None:
    answer = public.get(path)
    assert answer.status == 404
    assert answer.json == {"code": "ResourceNotFound", "message": message}


def test_a_badge_that_lost_its_system_still_has_an_issuer(public: Public, badge: Badge) -> None:
    path = "/public/badges/explorer/issuer"
    assert public.validate(path).json["id"] == f"{BASE}/id/issuers/{badge.system.public_id}"
    badge.system = None
    badge.save()
    assert public.validate(path).json["id"] == f"{BASE}{path}"
    assert public.get(path).json["email"] == "badges@example.org"
    assert public.browse(path).status == 200


# The page that people read


def test_the_page_of_each_level_shows_its_logo_and_the_badges_within(
    public: Public, scratch: Scope
) -> None:
    picture = stored(examples.image(key="images/logo.png"))
    for owner in (scratch.system, scratch.issuer, scratch.program):
        assert owner is not None
        owner.image = picture
        owner.save()
    levels = [Scope(scratch.system), Scope(scratch.system, scratch.issuer), scratch]
    for number, scope in enumerate(levels):
        stored(examples.badge(scope, slug=f"b{number}", name=f"Badge {number}"))
    stored(examples.badge(scratch, slug="old", name="Archived one", archived=True))
    stored(examples.badge(scratch, slug="gone", name="Deleted one", deleted=times.now()))
    for number, path in enumerate((SYSTEM, ISSUER, PROGRAM)):
        page = public.browse(path)
        assert f'<img src="{LINKS.image(picture)}" alt="" width="112"' in page.text
        shown = [name for name in ("Badge 0", "Badge 1", "Badge 2") if name in words(page)]
        assert shown == ["Badge 0", "Badge 1", "Badge 2"][number:]
        assert "one" not in re.findall(r"(?:Archived|Deleted) (one)", words(page))
        link = f'<a href="{BASE}/id/badges/{examples.public_id("b2")}">Badge 2</a>'
        assert link in page.text
    by_id = public.browse(f"/id/issuers/{scratch.system.public_id}")
    assert "Badge 0" in words(by_id)


def test_the_page_of_a_place_leads_to_those_around_and_within(
    public: Public, scratch: Scope
) -> None:
    assert f'<a href="{BASE}{ISSUER}">' in public.browse(SYSTEM).text
    middle = public.browse(ISSUER).text
    assert f'<a href="{BASE}{SYSTEM}">' in middle
    assert f'<a href="{BASE}{PROGRAM}">' in middle
    inner = public.browse(PROGRAM).text
    assert f'<a href="{BASE}{SYSTEM}">' in inner
    assert f'<a href="{BASE}{ISSUER}">' in inner


def test_many_badges_are_shown_by_pages(
    public: Public, chicago: Scope, statements: list[str]
) -> None:
    for number in range(PageSize.PUBLIC_BADGES + 1):
        stored(examples.badge(chicago, slug=f"b{number}", name=f"Badge {number:02}"))
    statements.clear()
    first = words(public.browse(SYSTEM))
    assert len(statements) < 12
    assert "Badge 00" in first
    assert f"Badge {PageSize.PUBLIC_BADGES}" not in first
    assert "Page 1 of 2" in first
    assert f"Badge {PageSize.PUBLIC_BADGES}" in words(public.browse(f"{SYSTEM}?page=2"))
    assert "Page 3 doesn’t exist" in words(public.browse(f"{SYSTEM}?page=3"))


def test_a_place_without_badges_says_so(public: Public, chicago: Scope) -> None:
    assert "No badges at the moment." in words(public.browse(SYSTEM))


def test_a_deleted_place_still_has_a_page(public: Public, badge: Badge, award: Award) -> None:
    public_id = badge.system.public_id
    owners.delete(badge.system)
    page = public.browse(f"/id/issuers/{public_id}")
    assert page.status == 200
    assert "Chicago" in words(page)


# All systems


def test_people_are_led_to_the_only_system(public: Public, chicago: Scope) -> None:
    assert 'href="/public/badges"' in public.browse("/").text
    answer = public.browse("/public/badges")
    assert (answer.status, answer.headers["Location"]) == (302, f"{BASE}{SYSTEM}")


def test_people_choose_among_several_systems(public: Public, chicago: Scope) -> None:
    stored(examples.system(slug="boston", name="Boston"))
    page = public.browse("/public/badges")
    assert page.headers["Content-Type"].startswith("text/html")
    for slug, name in (("chicago", "Chicago"), ("boston", "Boston")):
        assert f'<a href="{BASE}/public/systems/{slug}">{name}</a>' in page.text


def test_without_a_system_people_are_told_so(public: Public, database: object) -> None:
    assert "No one yet." in words(public.browse("/public/badges"))


def test_programs_still_get_the_list_of_badges(public: Public, badge: Badge) -> None:
    for answer in (public.get("/public/badges"), public.browse("/public/badges?format=json")):
        assert [one["location"] for one in answer.json["badgelist"]] == [
            f"{BASE}{SYSTEM}/badges/explorer"
        ]
