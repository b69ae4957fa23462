"""Lists for reviewers: what waits, by badge and the oldest first, and what was dealt with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Application, Badge, System
from chalicelib.domain.applications import applications, review_queue
from chalicelib.domain.badges import badges
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.reviews import reviews, workflow
from chalicelib.domain.shared.pagination import PageSize
from tests.conftest import Clock
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


@pytest.fixture
def writer(system: System) -> Badge:
    return places.published(system, "writer")


@pytest.fixture
def reader(system: System, writer: Badge) -> Badge:
    """A badge that comes first by its name, and was made last."""
    return places.published(system, "reader", name="A reader Ästhet")


def applied(badge: Badge, *learners: str) -> list[Application]:
    return [applications.create(badge, {"learner": f"{one}@example.org"}) for one in learners]


def shown(where: Scope, search: str = "", page: int = 1) -> list[tuple[str, int, list[str]]]:
    """Return a page of what waits: badges, how many wait, and whose are on the page."""
    return [
        (group.badge.slug, group.total, [one.learner.split("@")[0] for one in group.applications])
        for group in review_queue.pending(where, search, page)
    ]


def test_what_waits_stands_by_badge_the_oldest_first(
    system: System, reader: Badge, writer: Badge
) -> None:
    applied(writer, "zoe", "Ada")
    applied(reader, "ben")
    applied(writer, "cy")
    assert shown(Scope(system)) == [("reader", 1, ["ben"]), ("writer", 3, ["zoe", "Ada", "cy"])]
    (group, _) = review_queue.pending(Scope(system))
    assert group.image is not None
    assert group.image.url == places.PICTURE.url


def test_what_was_dealt_with_waits_no_more_and_comes_newest_first(
    system: System, reader: Badge, writer: Badge, clock: Clock
) -> None:
    first, _, third = applied(reader, "ada", "ben", "cy")
    for one in (third, first):
        applications.mark_processed(one)
        clock.move(timedelta(minutes=1))
    assert shown(Scope(system)) == [("reader", 1, ["ben"])]
    assert review_queue.processed(Scope(system)) == [first, third]
    assert review_queue.processed(Scope(system))[0].badge.name == "A reader Ästhet"
    assert review_queue.counts(Scope(system)) == (1, 2)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", 3),
        ("ADA", 1),
        ("@example.org", 3),
        ("a READ", 2),
        ("writer", 1),
        ("Ästh", 2),
        ("_", 0),
        ("%", 0),
        ("\\", 0),
        ("nobody", 0),
        ("'", 0),
        ("é😀", 0),
    ],
)
def test_a_search_is_part_of_an_address_or_of_a_badge_s_name(
    system: System, reader: Badge, writer: Badge, search: str, found: int
) -> None:
    applied(reader, "Ada", "ben")
    applied(writer, "cy")
    where = Scope(system)
    assert sum(len(names) for *_, names in shown(where, search)) == found
    assert review_queue.counts(where, search) == (found, 0)
    for one in Application.select():
        applications.mark_processed(one)
    assert len(review_queue.processed(where, search)) == found
    assert review_queue.counts(where, search) == (0, found)


def test_a_badge_may_begin_on_one_page_and_go_on_on_the_next(
    system: System, reader: Badge, writer: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageSize, "REVIEW_QUEUE", 2)
    applied(reader, "ada")
    applied(writer, "ben", "cy")
    where = Scope(system)
    assert shown(where) == [("reader", 1, ["ada"]), ("writer", 2, ["ben"])]
    assert shown(where, page=2) == [("writer", 2, ["cy"])]
    assert shown(where, page=3) == []


def test_a_place_shows_what_is_inside_it_and_no_deleted_badges(
    system: System, reader: Badge
) -> None:
    library = owners.create_issuer(system, {"slug": "l", "name": "L", "url": "http://example.org"})
    other = places.chicago("pittsburgh")
    applied(reader, "ada")
    assert shown(Scope(system, library)) == shown(Scope(other)) == []
    badges.delete(reader)
    assert shown(Scope(system)) == []
    assert review_queue.counts(Scope(system)) == (0, 0)


def test_a_page_takes_the_same_few_statements_however_much_is_on_it(
    system: System, reader: Badge, writer: Badge, statements: list[str]
) -> None:
    applied(reader, *"abcdefgh")
    applied(writer, *"abcdefgh")
    statements.clear()
    shown(Scope(system))
    assert len(statements) == 3


def test_other_applications_of_a_learner_for_the_same_badge(reader: Badge, writer: Badge) -> None:
    first, _, second, _ = (*applied(reader, "ada", "ben", "ADA"), *applied(writer, "ada"))
    assert review_queue.others(first) == [second]
    assert review_queue.others(second, most=0) == []


# The next one


def test_the_next_one_is_for_the_same_badge_or_else_the_first_in_the_list(
    system: System, reader: Badge, writer: Badge
) -> None:
    done, older, newer = applied(writer, "done", "older", "newer")
    (other,) = applied(reader, "other")
    applications.mark_processed(done)
    where, found = Scope(system), []
    while following := review_queue.following(where, done, "rita@example.org"):
        found.append(following)
        applications.mark_processed(following)
    assert found == [older, newer, other]


def test_the_next_one_waits_for_this_reviewer(
    system: System, reader: Badge, writer: Badge, clock: Clock
) -> None:
    done, theirs, approved = applied(reader, "done", "theirs", "approved")
    (elsewhere,) = applied(places.published(places.chicago("dallas"), "other"), "elsewhere")
    workflow.assign(theirs, "carl@example.org")
    reviews.create(approved, {"author": "carl@example.org", "reviewItems": []})

    def following(email: str) -> Application | None:
        return review_queue.following(Scope(system), done, email)

    assert following("rita@example.org") is None
    assert following("Carl@example.org") == theirs
    clock.move(workflow.ASSIGNED_FOR)
    assert following("rita@example.org") == theirs
    assert elsewhere.processed is None
