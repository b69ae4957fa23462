"""The designs of a place, from which a new design can start: distinct, latest first."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Badge, Draft, System
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import design_picker, drafts
from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound
from tests.domain.places import PICTURE, chicago, published


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


def picture(design: str) -> Picture:
    return Picture(key=f"images/{design}.png", media_type="image/png", design=design)


def badge(system: System, slug: str, design: str) -> Badge:
    made = published(system, slug, name=slug)
    badges.update(made, {}, picture(design))
    return badges.by_id(made.id)


def draft(scope: Scope, name: str, design: str, status: str = drafts.DRAFT) -> Draft:
    image = images.keep(picture(design))
    return drafts.create(scope, "a@example.org", {"name": name}, image=image, status=status)


def near(where: Scope, most: int = 9) -> list[tuple[str, str]]:
    return [(one.name, one.image.design) for one in design_picker.recent(where, most)]


def test_designs_of_badges_drafts_and_templates_are_listed_latest_first(system: System) -> None:
    where = Scope(system)
    badge(system, "reader", "1")
    draft(where, "Maker", "2")
    draft(where, "Any maker", "3", drafts.TEMPLATE)
    badge(system, "coder", "4")
    published(system, "uploaded")
    drafts.create(where, "a@example.org", {"name": "Bare"})
    drafts.create(where, "a@example.org", {"name": "Elsewhere"}, image=images.keep(PICTURE))
    assert near(where) == [("coder", "4"), ("Any maker", "3"), ("Maker", "2"), ("reader", "1")]
    assert near(where, 2) == [("coder", "4"), ("Any maker", "3")]


def test_each_design_is_listed_once(system: System) -> None:
    for number in range(5):
        draft(Scope(system), f"Draft {number}", "same")
    badge(system, "reader", "same")
    draft(Scope(system), "Other", "other")
    assert near(Scope(system)) == [("Other", "other"), ("reader", "same")]


def test_a_frequent_design_hides_no_other(system: System) -> None:
    draft(Scope(system), "First", "first")
    for number in range(5):
        draft(Scope(system), f"Draft {number}", "same")
    assert len(near(Scope(system), 3)) == 2


def test_designs_of_the_place_and_inside_it_are_listed(system: System) -> None:
    said = {"slug": "library", "name": "Library", "url": "http://example.org"}
    library = owners.create_issuer(system, said)
    program = owners.create_program(library, {**said, "slug": "summer"})
    for scope, name in (
        (Scope(system), "city"), (Scope(system, library), "library"),
        (Scope(system, library, program), "summer"), (Scope(chicago("elsewhere")), "elsewhere"),
    ):  # fmt: skip
        draft(scope, name, name)
    names = {
        scope.level: {name for name, _ in near(scope)}
        for scope in (Scope(system), Scope(system, library), Scope(system, library, program))
    }
    assert names == {
        "system": {"city", "library", "summer"},
        "issuer": {"library", "summer"},
        "program": {"summer"},
    }


def test_deleted_badges_and_published_drafts_are_not_listed(system: System) -> None:
    gone = badge(system, "gone", "1")
    badges.delete(gone)
    one = draft(Scope(system), "Done", "2")
    Draft.update(status=drafts.PUBLISHED).where(Draft.id == one.id).execute()
    assert near(Scope(system)) == []
    for image in (gone.image, one.image):
        with pytest.raises(NotFound):
            design_picker.find(Scope(system), image.slug)


def test_a_design_is_found_by_its_image_in_its_place(system: System) -> None:
    one, other = draft(Scope(system), "Maker", "1"), badge(system, "reader", "2")
    assert design_picker.find(Scope(system), one.image.slug) == "1"
    assert design_picker.find(Scope(system), other.image.slug) == "2"
    plain = published(system, "uploaded")
    for slug in (plain.image.slug, "nothing", "", "%"):
        with pytest.raises(NotFound):
            design_picker.find(Scope(system), slug)
    with pytest.raises(NotFound):
        design_picker.find(Scope(chicago("elsewhere")), one.image.slug)


def test_many_designs_take_two_statements(system: System, statements: list[str]) -> None:
    for number in range(4):
        draft(Scope(system), f"Draft {number}", str(number))
    statements.clear()
    near(Scope(system))
    assert len(statements) == 2
