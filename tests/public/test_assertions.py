"""Awards as people, validators and old clients see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
from tests.client import Answer
from tests.conftest import Clock, Cloud
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import BASE, BROWSER, Public

LINKS = Links(BASE)


def test_validators_get_the_assertion_of_open_badges_2(public: Public, award: Award) -> None:
    answer = public.validate("/public/assertions/abc")
    assert answer.status == 200
    assert answer.json == v2.assertion(LINKS, award)
    assert answer.headers["Content-Type"] == "application/ld+json"


@pytest.mark.parametrize("accept", ["application/json", "*/*", "image/png", ""])
def test_clients_that_send_accept_get_open_badges_2(
    accept: str, public: Public, award: Award
) -> None:
    answer = public.get("/public/assertions/abc", {"Accept": accept})
    assert answer.json == v2.assertion(LINKS, award)


def test_badgekit_clients_say_nothing_and_get_what_the_old_api_answered(
    public: Public, award: Award
) -> None:
    answer = public.get("/public/assertions/abc")
    assert answer.json == v1.assertion(LINKS, award)
    assert answer.headers["Content-Type"] == "application/json"


def test_people_get_a_page(public: Public, award: Award) -> None:
    answer = public.browse("/public/assertions/abc")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    for part in ("Explorer", "Chicago", "10 June 2014", "Cross ten bridges"):
        assert part in answer.text
    assert "Ada@example.org" not in answer.text
    assert f"{BASE}/public/images/default" in answer.text
    assert f"{BASE}/public/assertions/abc?format=json" in answer.text


def test_people_can_look_at_the_json(public: Public, award: Award) -> None:
    answer = public.browse("/public/assertions/abc?format=json")
    assert answer.json == v2.assertion(LINKS, award)


def test_a_page_shows_the_baked_image(public: Public, award: Award) -> None:
    award.baked_key = "awards/abc.png"
    award.save()
    assert f"{BASE}/public/assertions/abc/image" in public.browse("/public/assertions/abc").text


def test_an_assertion_can_be_read_from_any_site_and_is_never_stale(
    public: Public, award: Award
) -> None:
    headers = public.validate("/public/assertions/abc").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == "no-cache"


def test_slugs_are_found_in_any_case(public: Public, award: Award) -> None:
    assert public.get("/public/assertions/ABC").json["uid"] == "abc"


def test_an_unknown_award_is_not_found(public: Public, award: Award) -> None:
    answer = public.get("/public/assertions/nope")
    assert answer.status == 404
    assert answer.json == {"code": "ResourceNotFound", "message": "Could not find badge instance"}
    page = public.browse("/public/assertions/nope")
    assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


# The page to share


@pytest.mark.parametrize("accept", [None, "*/*", "application/ld+json", "text/html"])
def test_the_address_to_share_is_a_page_for_everyone(
    accept: str | None, public: Public, award: Award
) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = public.get("/public/awards/ABC?format=json", headers)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.text == public.browse("/public/assertions/abc").text
    missing = public.get("/public/awards/nope", headers)
    assert (missing.status, missing.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_expired_and_revoked_awards_have_a_page_to_share(public: Public, award: Award) -> None:
    award.expires = datetime(2020, 1, 2, tzinfo=UTC)
    award.save()
    assert public.get("/public/awards/abc").status == 200
    award.revoked, award.active_key = datetime(2021, 1, 2, tzinfo=UTC), None
    award.save()
    answer = public.get("/public/awards/abc", {"Accept": "application/json"})
    assert (answer.status, "2 January 2021" in answer.text) == (410, True)
    award.badge = None
    award.save()
    assert public.get("/public/awards/abc").status == 410


# Expired, or not yet valid

CLAIMS = ("The award is valid", "Valid until")  # what only the page of a valid award says


def preview(page: str) -> dict[str, str]:
    """Return what sites that show a link's preview read of a page, and its title."""
    found = dict(re.findall(r'<meta property="og:(title|description)" content="([^"]*)">', page))
    return {**found, "page": re.findall(r"<title>(.*?) \u2013 ", page)[0]}


def test_an_award_that_has_expired_says_so_in_words_and_color(
    public: Public, award: Award, clock: Clock
) -> None:
    award.expires = clock.now
    award.save()
    page = public.browse("/public/assertions/abc").text
    assert preview(page) == {
        "title": "Explorer (expired)", "page": "Explorer (expired)",
        "description": "This award expired on 14 March 2026 and is no longer valid. Looks around",
    }  # fmt: skip
    shown = words(page)
    assert "This award expired on 14 March 2026 and is no longer valid." in shown
    assert "Expired on 14 March 2026" in shown
    assert not any(claim in shown for claim in CLAIMS)
    assert '<p class="notice bad"><svg' in page
    assert '<figure class="patch faded">' in page


def test_an_award_that_is_not_valid_yet_says_from_when(
    public: Public, award: Award, clock: Clock
) -> None:
    award.issued_on = clock.now + timedelta(days=2)
    award.save()
    page = public.browse("/public/assertions/abc").text
    assert preview(page) == {
        "title": "Explorer (not valid yet)", "page": "Explorer (not valid yet)",
        "description": "This award isn’t valid yet. It becomes valid on 16 March 2026. "
        "Looks around",
    }  # fmt: skip
    shown = words(page)
    assert "This award isn’t valid yet. It becomes valid on 16 March 2026." in shown
    assert "Valid from 16 March 2026" in shown
    assert not any(claim in shown for claim in CLAIMS)
    assert '<p class="warning"><svg' in page
    assert '<figure class="patch faded">' in page


def test_an_award_that_is_valid_says_until_when(public: Public, award: Award, clock: Clock) -> None:
    award.expires = clock.now + timedelta(days=2)
    award.save()
    page = public.browse("/public/assertions/abc").text
    assert preview(page) == {
        "title": "Explorer", "page": "Explorer", "description": "Looks around",
    }  # fmt: skip
    shown = words(page)
    assert "The award is valid." in shown
    assert "Valid until 16 March 2026" in shown
    assert "notice bad" not in page
    assert "faded" not in page


def words(page: str) -> str:
    """Return the text of a page's body, with single spaces."""
    body = page[page.index("<body>") :].replace("</dt>", " ")
    return " ".join(re.sub(r"<[^>]*>", "", body).split())


# Whose it is


def check(public: Public, email: str, slug: str = "abc") -> Answer:
    form = {"Content-Type": "application/x-www-form-urlencoded", **BROWSER}
    return public.send("POST", f"/check/{slug}", urlencode({"email": email}).encode(), form)


@pytest.mark.parametrize("typed", ["Ada@example.org", "ada@example.org", " ADA@EXAMPLE.ORG "])
def test_an_address_is_checked_as_typed_and_in_other_letter_case(
    typed: str, public: Public, award: Award
) -> None:
    assert 'action="/check/abc#verification"' in public.browse("/public/assertions/abc").text
    answer = check(public, typed)
    assert answer.status == 200
    assert f"Yes, this award belongs to {typed.strip()}." in words(answer.text)


def test_another_address_is_refused_without_telling_whose_it_is(
    public: Public, award: Award
) -> None:
    answer = check(public, 'eve@example.org"><b>')
    assert answer.status == 200
    shown = words(answer.text)
    assert "No, this award doesn’t belong to eve@example.org" in shown
    assert "Yes" not in shown
    assert "<b>" not in answer.text
    assert "ada@" not in answer.text.lower()


def test_checking_no_address_shows_the_page(public: Public, award: Award) -> None:
    assert "belong to" not in words(check(public, " ").text)


def test_only_an_award_that_is_there_can_be_checked(public: Public, revoked: Award) -> None:
    assert check(public, "ada@example.org").status == 410
    assert check(public, "ada@example.org", "nope").status == 404
    assert check(public, "a" * 5000).status == 413


def test_the_address_of_the_check_leads_back_to_the_award(public: Public, award: Award) -> None:
    answer = public.browse("/check/abc%2Fd")
    assert (answer.status, answer.headers["Location"]) == (303, "/public/awards/abc%2Fd")


# Revoked


def test_a_revoked_award_is_gone_and_says_why(public: Public, revoked: Award) -> None:
    for answer in (public.validate("/public/assertions/abc"), public.get("/public/assertions/abc")):
        assert answer.status == 410
        assert answer.json == {
            "@context": "https://w3id.org/openbadges/v2",
            "id": f"{BASE}/public/assertions/abc",
            "type": "Assertion",
            "revoked": True,
            "revocationReason": "Issued by <mistake>",
        }
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_people_are_told_that_an_award_was_revoked(public: Public, revoked: Award) -> None:
    answer = public.browse("/public/assertions/abc")
    assert answer.status == 410
    for part in ("Explorer", "2 January 2026", "Issued by &lt;mistake&gt;", "Chicago"):
        assert part in answer.text


def test_an_award_known_only_by_its_revocation_is_gone_too(public: Public, revoked: Award) -> None:
    revoked.badge = None
    revoked.save()
    assert public.validate("/public/assertions/abc").status == 410
    assert public.browse("/public/assertions/abc").status == 410


def test_an_award_of_an_unknown_badge_is_not_found(public: Public, award: Award) -> None:
    award.badge = None
    award.save()
    assert public.get("/public/assertions/abc").status == 404


# Baked images


def test_the_baked_image_is_in_the_bucket(public: Public, award: Award, cloud: Cloud) -> None:
    award.baked_key = "awards/abc.png"
    award.save()
    answer = public.get("/public/assertions/abc/image")
    assert answer.status == 302
    assert f"{cloud.bucket}/awards/abc.png?" in answer.headers["Location"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_image_that_is_not_baked_yet_is_not_found(public: Public, award: Award) -> None:
    answer = public.get("/public/assertions/abc/image")
    assert answer.status == 404
    assert "not ready yet" in answer.json["message"]


def test_the_image_of_a_revoked_award_is_gone(public: Public, revoked: Award) -> None:
    revoked.baked_key = "awards/abc.png"
    revoked.save()
    assert public.get("/public/assertions/abc/image").status == 410


def test_the_image_of_an_unknown_award_is_not_found(public: Public, badge: Badge) -> None:
    assert public.get("/public/assertions/nope/image").status == 404


def test_odd_slugs_are_decoded(public: Public, badge: Badge) -> None:
    stored(examples.award(badge, slug="50% ü?"))
    url = LINKS.assertion("50% ü?")
    assert public.validate(url).json["id"] == url


def test_a_page_takes_few_statements(public: Public, award: Award, statements: list[str]) -> None:
    statements.clear()
    public.browse("/public/assertions/abc")
    assert len(statements) <= 5
