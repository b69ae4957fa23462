"""What was awarded goes on answering after its badge and all around it was deleted."""

from __future__ import annotations

from urllib.parse import urlsplit

import peewee
import pytest

from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.owners import owners
from tests.client import Client
from tests.domain import places


@pytest.fixture
def api(app: object, database: peewee.Database) -> Client:
    return Client(app)


@pytest.mark.parametrize("accept", [{}, {"Accept": "application/json"}])
def test_everything_that_an_assertion_points_to_is_there(
    api: Client, accept: dict[str, str]
) -> None:
    system = places.chicago()
    badge = places.published(system, "reader")
    award, _ = awards.give(badge, "earner@example.org")
    for delete in (lambda: badges.delete(badge), lambda: owners.delete(system)):
        delete()
        assertion = api.send("GET", f"/public/assertions/{award.slug}", headers=accept).json
        shown = api.send("GET", urlsplit(assertion["badge"]).path, headers=accept)
        assert (shown.status, shown.json["name"]) == (200, "reader")
        issuer = api.send("GET", urlsplit(shown.json["issuer"]).path, headers=accept)
        assert issuer.status == 200


def test_the_page_of_its_criteria_is_there(api: Client) -> None:
    badge = places.published(places.chicago(), "reader")
    awards.give(badge, "earner@example.org")
    badges.delete(badge)
    slug = badges.by_id(badge.id).slug
    for named in (slug, "reader"):
        assert api.send("GET", f"/system/chicago/badge/{named}/criteria").status == 200
