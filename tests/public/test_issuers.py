"""Systems, issuers and programs as people, validators and old clients see them."""

from __future__ import annotations

import pytest

from chalicelib.data.models import Badge
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
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
