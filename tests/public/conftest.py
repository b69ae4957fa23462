"""The public pages alone, and Chicago's badges in the database."""

from __future__ import annotations

import functools
import runpy
from datetime import UTC, datetime

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Criterion
from chalicelib.domain.owners.places import Scope
from chalicelib.public import routes
from chalicelib.web.application import BadgeKit
from tests.client import Answer, Client
from tests.openbadges import examples
from tests.openbadges.examples import stored

BASE = "http://localhost:3000"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
# What 1EdTech's validator sends
VALIDATOR = {"Accept": "application/ld+json, application/json, image/png, image/svg+xml"}


class Public(Client):
    """A client that reads."""

    def get(self, target: str, headers: dict[str, str] | None = None) -> Answer:
        """Read as badgekit-api's clients do, which send no `Accept`."""
        return self.send("GET", target, headers=headers)

    def browse(self, target: str) -> Answer:
        """Read as a browser does."""
        return self.get(target, BROWSER)

    def validate(self, target: str) -> Answer:
        """Read as a validator of Open Badges 2.0 does."""
        return self.get(target, VALIDATOR)


@functools.cache
def application() -> BadgeKit:
    """Return the public pages, without the rest of the application."""
    app = BadgeKit(app_name="badgekit")
    # Run the module again: a blueprint forgets its methods once it is registered with an application.
    app.register_blueprint(runpy.run_path(str(routes.__file__))["routes"])
    return app


@pytest.fixture
def public() -> Public:
    """A client of the public pages."""
    return Public(application())


@pytest.fixture
def chicago(database: peewee.Database) -> Scope:
    return Scope(stored(examples.system()))


@pytest.fixture
def scratch(chicago: Scope) -> Scope:
    library = stored(examples.issuer(chicago.system))
    return Scope(chicago.system, library, stored(examples.program(library)))


@pytest.fixture
def badge(chicago: Scope) -> Badge:
    row = stored(examples.badge(chicago))
    stored(Criterion(badge=row, description="Cross ten bridges", required=True, note="Count!"))
    return row


@pytest.fixture
def award(badge: Badge) -> Award:
    return stored(examples.award(badge, slug="abc"))


@pytest.fixture
def revoked(award: Award) -> Award:
    award.revoked = datetime(2026, 1, 2, tzinfo=UTC)
    award.revocation_reason = "Issued by <mistake>"
    award.active_key = None
    award.save()
    return award
