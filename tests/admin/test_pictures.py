"""What the picture of a badge shows is said wherever it stands for more than the name beside it."""

from __future__ import annotations

import pytest

from chalicelib.data.models import Badge
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from tests.admin.browser import Browser
from tests.conftest import Cloud
from tests.domain import places

HOSTILE = '<b> "star" &'
SHOWN = 'alt="&lt;b&gt; &#34;star&#34; &amp;"'
PICTURE = images.Picture(url="http://example.org/b.png", alt=HOSTILE)


@pytest.fixture
def badge(administrator: Browser, cloud: Cloud) -> Badge:
    badge = places.published(places.chicago(), "reader", name="Reader")
    badges.update(badge, {}, PICTURE)
    return badges.by_id(badge.id)


@pytest.mark.parametrize("below", ["", "/awards", "/issue", "/codes"])
def test_once_on_the_pages_of_a_badge(below: str, administrator: Browser, badge: Badge) -> None:
    page = administrator.get(f"/badges/reader{below}")
    assert page.text.count(SHOWN) == 1


def test_where_an_award_is_revoked(administrator: Browser, badge: Badge) -> None:
    award, _ = awards.give(badge, "ada@example.org")
    assert SHOWN in administrator.get(f"/awards/{award.slug}/revoke").text


def test_in_an_application(administrator: Browser, badge: Badge) -> None:
    application = applications.create(badge, {"learner": "ada@example.org"})
    assert SHOWN in administrator.get(f"/applications/{application.slug}").text


def test_on_the_pages_of_a_draft(administrator: Browser, badge: Badge) -> None:
    whole = {
        "name": "N", "strapline": "S", "earnerDescription": "E", "consumerDescription": "C",
        "criteria": [{"description": "D"}],
    }  # fmt: skip
    draft = drafts.create(Scope(badge.system), "a@example.org", whole, image=images.keep(PICTURE))
    for below in ("", "/publish", "/edit/visual"):
        assert SHOWN in administrator.get(f"/drafts/{draft.id}{below}").text


def test_not_in_lists_where_the_name_says_it(administrator: Browser, badge: Badge) -> None:
    applications.create(badge, {"learner": "ada@example.org"})
    for path in ("/directory", "/applications"):
        text = administrator.get(path).text
        assert 'alt=""' in text
        assert SHOWN not in text
