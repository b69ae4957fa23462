"""Drafts of badges: content, missing fields, and conflicting edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Draft, DraftLabel, Image, System
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound, ValidationError
from tests.domain.places import PICTURE, chicago, published

DRAWN = images.Picture(key="images/a.png", media_type="image/png", design='{"shape":"star"}')
ADA, GRACE = "ada@example.org", "grace@example.org"
COMPLETE = {
    "name": "Star Gazer",
    "strapline": "Knows the sky",
    "earnerDescription": "You look up.",
    "consumerDescription": "They look up.",
    "criteria": [{"description": "Find Orion", "note": "", "required": 1}],
}


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


@pytest.fixture
def scope(system: System) -> Scope:
    return Scope(system)


def base(draft: Draft) -> str:
    return drafts.base(draft, "visual")


def labels(draft: Draft) -> set[tuple[str, str]]:
    rows = DraftLabel.select().where(DraftLabel.draft == draft)
    return {(row.kind, row.label) for row in rows}


def save(draft: Draft, section: str, author: str = ADA, **values: Any) -> Draft:
    """Save some members of a section as it is now."""
    now = drafts.find(draft.id)
    whole = {**drafts.section(now, section), **values}
    return drafts.save(draft.id, section, whole, drafts.base(now, section), author)


def test_an_empty_draft_lacks_everything_that_publishing_needs(scope: Scope) -> None:
    draft = drafts.create(scope, ADA)
    assert (draft.status, draft.author, draft.name) == ("draft", ADA, "")
    assert drafts.missing(draft) == [
        ("description", "name"),
        ("description", "strapline"),
        ("description", "earnerDescription"),
        ("description", "consumerDescription"),
        ("criteria", "criteria"),
        ("visual", "image"),
    ]


def test_a_complete_draft_lacks_nothing(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE, image=images.keep(PICTURE))
    assert drafts.missing(draft) == []
    assert drafts.content(draft)["criteria"] == [
        {"description": "Find Orion", "note": "", "required": True}
    ]


def test_a_milestone_needs_a_number_and_that_many_existing_badges(
    system: System, scope: Scope
) -> None:
    published(system, "reader")
    milestone: dict[str, Any] = {"isMilestone": "1", "supportBadges": ["reader", "writer"]}
    draft = drafts.create(scope, ADA, {**COMPLETE, "milestone": milestone})
    assert drafts.missing(draft)[:1] == [("milestone", "numberRequired")]
    draft = save(draft, "milestone", milestone={**milestone, "numberRequired": "2"})
    assert drafts.missing(draft)[:1] == [("milestone", "supportBadges")]
    published(system, "writer")
    assert drafts.missing(draft) == [("visual", "image")]
    badges.delete(badges.by_slug("reader"))
    assert ("milestone", "supportBadges") in drafts.missing(draft)


def test_badges_of_another_system_support_no_milestone(scope: Scope) -> None:
    published(chicago("pittsburgh"), "steel")
    content = {"milestone": {"isMilestone": True, "numberRequired": 1, "supportBadges": ["steel"]}}
    draft = drafts.create(scope, ADA, content)
    assert drafts.support_badges(draft) == []


def test_criteria_and_alignments_need_their_first_member(
    scope: Scope,
) -> None:
    content = {
        **COMPLETE,
        "criteria": [{"description": "", "note": "Look closely"}, {"required": "1"}],
        "alignments": [{"url": "https://example.org/standard"}],
    }
    draft = drafts.create(scope, ADA, content, image=images.keep(PICTURE))
    assert len(drafts.content(draft)["criteria"]) == 1  # where nothing is written is nothing
    assert drafts.missing(draft) == [
        ("options", "alignments[0][name]"),
        ("criteria", "criteria[0][description]"),
    ]


@pytest.mark.parametrize(
    ("section", "values", "problems"),
    [
        ("description", {"name": "n" * 256}, {"name": "too long"}),
        ("description", {"strapline": "s" * 141}, {"strapline": "too long"}),
        ("description", {"earnerDescription": "ß" * 40_000}, {"earnerDescription": "too long"}),
        ("description", {"issuerUrl": "javascript:alert(1)"}, {"issuerUrl": "no address"}),
        ("description", {"issuerUrl": "example.org"}, {"issuerUrl": "no address"}),
        ("options", {"timeValue": "0", "limit": "-1"}, {"timeValue": "no number"}),
        ("options", {"limit": "many"}, {"limit": "no number"}),
        ("options", {"limit": "99999999999"}, {"limit": "no number"}),
        ("options", {"type": "Super", "timeUnits": "eons"}, {"timeUnits": "no choice", "type": "no choice"}),
        ("options", {"tags": ["t" * 256]}, {"tags": "too long"}),
        ("options", {"tags": [f"t{n}" for n in range(201)]}, {"tags": "too many"}),
        ("options", {"alignments": [{"name": "n", "url": "ftp://x.org"}]}, {"alignments[0][url]": "no address"}),
        ("criteria", {"criteria": [{"description": "d"}] * 201}, {"criteria": "too many"}),
        ("milestone", {"milestone": {"numberRequired": "x"}}, {"numberRequired": "no number"}),
        ("milestone", {"milestone": {"action": "explode"}}, {"action": "no choice"}),
    ],
)  # fmt: skip
def test_what_cannot_be_published_is_refused(
    section: str, values: dict[str, Any], problems: dict[str, str]
) -> None:
    assert content.problems(section, content.read(section, values)) == problems


def test_a_refused_section_changes_nothing(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    with pytest.raises(ValidationError) as refused:
        save(draft, "description", name="n" * 300)
    assert refused.value.details == [{"field": "name", "message": "too long"}]
    assert drafts.find(draft.id).name == "Star Gazer"


def test_labels_follow_tags_and_categories(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, {"tags": ["sky", "Sky", {"value": "night"}]})
    assert labels(draft) == {("tag", "sky"), ("tag", "night")}
    save(draft, "options", tags=["night"], categories=["Zoology"])
    assert labels(draft) == {("tag", "night"), ("category", "Zoology")}
    drafts.delete(draft)
    assert DraftLabel.select().count() == 0


def test_saving_over_another_change_is_a_conflict(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    seen = drafts.base(draft, "description")
    save(draft, "description", author=GRACE, name="Sky Watcher")
    with pytest.raises(drafts.EditConflict) as told:
        drafts.save(draft.id, "description", {**COMPLETE, "strapline": "Sees"}, seen, ADA)
    assert told.value.status == 409
    assert told.value.author == GRACE
    assert told.value.theirs["name"] == "Sky Watcher"
    assert told.value.yours["strapline"] == "Sees"
    mine = drafts.save(draft.id, "description", told.value.yours, told.value.base, ADA)
    assert (mine.name, drafts.content(mine)["strapline"]) == ("Star Gazer", "Sees")


def test_two_sections_can_be_edited_at_once(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    options = drafts.base(draft, "options")
    save(draft, "description", author=GRACE, name="Sky Watcher")
    drafts.save(draft.id, "options", {"limit": "5"}, options, ADA)
    now = drafts.content(drafts.find(draft.id))
    assert (now["name"], now["limit"]) == ("Sky Watcher", 5)


def test_repeating_a_save_is_no_conflict(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    seen = drafts.base(draft, "options")
    for _ in range(2):
        drafts.save(draft.id, "options", {"limit": "5"}, seen, ADA)
    assert drafts.content(drafts.find(draft.id))["limit"] == 5


def test_one_of_two_simultaneous_saves_is_a_conflict(
    scope: Scope, together: Callable[..., list[Any]]
) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    seen = drafts.base(draft, "options")

    def saving(limit: str) -> Callable[[], Draft]:
        return lambda: drafts.save(draft.id, "options", {"limit": limit}, seen, ADA)

    results = together(saving("1"), saving("2"))
    assert sum(isinstance(one, drafts.EditConflict) for one in results) == 1
    assert sum(isinstance(one, Draft) for one in results) == 1


def test_an_image_is_compared_like_a_section(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    seen = drafts.base(draft, "visual")
    drafts.set_image(draft.id, images.Picture(key="images/1", media_type="image/png"), seen, GRACE)
    with pytest.raises(drafts.EditConflict):
        drafts.set_image(draft.id, images.Picture(key="images/2"), seen, ADA)
    assert drafts.find(draft.id).image.key == "images/1"


def test_alternative_text_is_saved_with_the_image(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE, image=images.keep(DRAWN))
    assert drafts.alt(draft) == ""
    saved = drafts.set_alt(draft.id, "  A star\r\nover a hill ", base(draft), GRACE)
    assert (drafts.alt(saved), saved.author) == ("A star over a hill", GRACE)
    assert images.picture(saved.image) == replace(DRAWN, alt="A star over a hill")
    assert saved.image_id != draft.image_id  # rows of pictures never change
    assert Image.get_by_id(draft.image_id).alt is None
    assert drafts.alt(drafts.set_alt(draft.id, "", base(saved), ADA)) == ""


def test_alternative_text_is_compared_with_the_image(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE, image=images.keep(DRAWN))
    seen = base(draft)
    saved = drafts.set_alt(draft.id, "A star", seen, GRACE)
    assert drafts.set_alt(draft.id, "A star", seen, GRACE).image_id == saved.image_id  # again
    with pytest.raises(drafts.EditConflict):
        drafts.set_alt(draft.id, "A sun", seen, ADA)
    with pytest.raises(drafts.EditConflict):
        drafts.set_image(draft.id, PICTURE, seen, ADA)
    with pytest.raises(drafts.EditConflict):
        drafts.clear_image(draft.id, seen, ADA)
    assert drafts.alt(drafts.find(draft.id)) == "A star"


def test_alternative_text_has_at_most_500_characters(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE, image=images.keep(DRAWN))
    drafts.set_alt(draft.id, "ü" * 500, base(draft), ADA)
    now = base(drafts.find(draft.id))
    for refused in (
        lambda: drafts.set_alt(draft.id, "ü" * 501, now, ADA),
        lambda: drafts.set_image(draft.id, replace(DRAWN, alt="ü" * 501), now, ADA),
    ):
        with pytest.raises(ValidationError) as problem:
            refused()
        assert problem.value.details == [{"field": "alt", "message": "too long"}]
    assert base(drafts.find(draft.id)) == now


def test_alternative_text_needs_an_image(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE)
    assert drafts.set_alt(draft.id, "", base(draft), ADA).image is None
    with pytest.raises(ValidationError) as problem:
        drafts.set_alt(draft.id, "A star", base(draft), ADA)
    assert problem.value.details == [{"field": "image", "message": "no picture"}]


def test_an_image_can_be_removed(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, COMPLETE, image=images.keep(DRAWN))
    cleared = drafts.clear_image(draft.id, base(draft), GRACE)
    assert (cleared.image, cleared.author) == (None, GRACE)
    assert drafts.clear_image(draft.id, base(draft), ADA).author == GRACE  # it was gone already
    assert drafts.missing(cleared) == [("visual", "image")]


def test_templates_are_found_by_their_slug_and_drafts_are_not(scope: Scope) -> None:
    template = drafts.create(scope, ADA, COMPLETE, status=drafts.TEMPLATE)
    assert drafts.by_slug(template.slug) == template
    with pytest.raises(NotFound):
        drafts.by_slug(drafts.create(scope, ADA).slug)


def test_a_copy_has_the_same_content_and_changes_alone(scope: Scope) -> None:
    draft = drafts.create(scope, ADA, {**COMPLETE, "tags": ["sky"]}, image=images.keep(PICTURE))
    template = drafts.copy(draft, scope, GRACE, drafts.TEMPLATE)
    assert drafts.content(template) == drafts.content(draft)
    assert (template.image, template.author, template.status) == (draft.image, GRACE, "template")
    assert template.slug != draft.slug
    assert labels(template) == {("tag", "sky")}
    drafts.delete(draft)
    assert drafts.find(template.id).image == draft.image


def test_a_deleted_draft_cannot_be_saved(scope: Scope) -> None:
    draft = drafts.create(scope, ADA)
    drafts.delete(draft)
    with pytest.raises(NotFound):
        drafts.save(draft.id, "options", {}, drafts.base(draft, "options"), ADA)
    with pytest.raises(NotFound):
        drafts.delete(draft)
