"""What was published stays true after any sequence of operations, with few slugs to fight for."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from typing import Any

import peewee
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.data import models
from chalicelib.data.models import Award, Badge, BadgeVersion, Issuer, Program, System
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges, catalog, criteria_pages
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import addresses, owners
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import Conflict, NotFound
from tests.client import Client
from tests.public.conftest import BROWSER
from tests.public.test_permanent import OTHER, body, owner, read

SLUGS = st.sampled_from(["reader", "Reader", "a/b", "50% é"])
NUMBERS = st.integers(0, 7)


class World:
    """The rows that operations change, and what was published of them."""

    def __init__(self, api: Client) -> None:
        self.api = api
        self.contents = itertools.count()
        self.published: list[dict[str, Any]] = []
        self.baked_earlier: list[tuple[str, dict[str, Any]]] = []

    def body(self, system: System, slug: str) -> dict[str, Any]:
        number = next(self.contents)
        criteria = [{"description": f"Criterion no. {number}.", "required": 0}]
        page = f"http://localhost:3000{criteria_pages.path(system.slug, slug)}"
        return body(slug, name=f"Badge {number}", criteria=criteria, criteriaUrl=page)

    def scope(self, number: int) -> Scope:
        """Return a place, created if it does not exist."""
        slugs = ("st"[number % 2], "ij"[number // 2 % 2])
        system = System.get_or_none(System.slug == slugs[0])
        system = system or owners.create_system(owner(slugs[0]))
        if number < 2:
            return Scope(system)
        issuer = Issuer.get_or_none(Issuer.system == system, Issuer.slug == slugs[1])
        issuer = issuer or owners.create_issuer(system, owner(slugs[1]))
        if number < 4:
            return Scope(system, issuer)
        program = Program.get_or_none(Program.issuer == issuer, Program.slug == "p")
        return Scope(system, issuer, program or owners.create_program(issuer, owner("p")))

    def badge(self, number: int) -> Badge:
        rows = list(Badge.select().join(System).where(Badge.live()).order_by(Badge.id))
        if not rows:
            raise NotFound("There is no badge")
        return badges.by_id(rows[number % len(rows)].id)

    # Operations

    def create(self, number: int, slug: str) -> None:
        scope = self.scope(number)
        badges.create(scope, self.body(scope.system, slug), OTHER)

    def edit(self, number: int, slug: str) -> None:
        badge = self.badge(number)
        badges.update(badge, self.body(badge.system, badge.slug))

    def rename(self, number: int, slug: str) -> None:
        badge = self.badge(number)
        about = serializers.badge(catalog.view(badge))
        sent = {name: value for name, value in about.items() if value is not None}
        badges.update(badge, {**sent, "slug": slug})

    def archive(self, number: int, slug: str) -> None:
        badges.archive(self.badge(number), archived=slug == "reader")

    def delete(self, number: int, slug: str) -> None:
        badges.delete(self.badge(number))

    def rename_owner(self, number: int, slug: str) -> None:
        owners.update(self.scope(number).innermost, {"slug": slug})

    def delete_owner(self, number: int, slug: str) -> None:
        owners.delete(self.scope(number).innermost)

    def award(self, number: int, slug: str) -> None:
        badge = self.badge(number)
        email = f"{len(self.published)}@example.org"
        award, _ = awards.give(badge, email)
        self.published.append(self.documents(award.slug))

    def award_as_earlier(self, number: int, slug: str) -> None:
        """Award as a version did that named badges by their slugs."""
        badge = self.badge(number)
        place = badge.system and Scope(badge.system, badge.issuer, badge.program).place
        is_new = BadgeVersion.select().where(BadgeVersion.badge == badge).exists()
        if is_new or addresses.badge_at(place, badge.slug):
            return
        self.award(number, slug)
        Award.update(badge_class=None).where(
            Award.id == Award.select(peewee.fn.MAX(Award.id))
        ).execute()
        uid = self.published[-1]["assertion"]["id"].rpartition("/")[2]
        address = read(self.api, f"/public/assertions/{uid}", {}).json["badge"]
        self.baked_earlier.append((address, self.published[-1]["badge"]))

    # What must stay

    def documents(self, slug: str) -> dict[str, Any]:
        """Return what a verifier reads of an award."""
        assertion = read(self.api, f"/public/assertions/{slug}").json
        badge = read(self.api, assertion["badge"]).json
        issuer = read(self.api, badge["issuer"]).json
        narrative = badge["criteria"]["narrative"].removeprefix("- ").replace("\\", "")
        assert narrative in read(self.api, badge["criteria"]["id"], BROWSER).text
        return {"assertion": assertion, "badge": badge, "issuer": issuer["id"]}

    def check(self) -> None:
        for before in self.published:
            assert self.documents(before["assertion"]["id"].rpartition("/")[2]) == before
        for address, badge in self.baked_earlier:
            assert read(self.api, address).json == badge
        self.check_documents_of_1_0()

    def check_documents_of_1_0(self) -> None:
        listed = read(self.api, "/public/badges?archived=any", {}).json["badgelist"]
        rows = list(Badge.select().where(Badge.live()).order_by(Badge.id))
        for row, one in zip(rows, listed, strict=True):
            shown = read(self.api, one["location"], {}).json
            by_id = read(self.api, f"/id/badges/{row.public_id}").json
            assert (shown["name"], by_id["name"]) == (row.name, row.name)
            issuers = [read(self.api, document["issuer"]).json["id"] for document in (shown, by_id)]
            assert issuers[0] == issuers[1]


OPERATIONS: tuple[Callable[[World, int, str], None], ...] = (
    World.create, World.award, World.edit, World.rename, World.delete, World.rename_owner,
    World.delete_owner, World.award_as_earlier, World.archive,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    operations=st.lists(
        st.tuples(st.sampled_from(OPERATIONS), NUMBERS, SLUGS), min_size=6, max_size=15
    )
)
def test_what_was_published_stays_true(
    operations: list[tuple[Callable[[World, int, str], None], int, str]],
    app: object,
    database: peewee.Database,
) -> None:
    for table in reversed(models.TABLES):
        table.delete().execute()
    world = World(Client(app))
    for operate, number, slug in operations:
        with contextlib.suppress(Conflict, NotFound):
            operate(world, number, slug)
    world.check()
