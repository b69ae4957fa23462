"""Reading from another BadgeKit API: all it has, page by page, again and again, deleting nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Award, Badge, Event, Issuer, Job, Program, System
from chalicelib.domain.awards import mirrored
from chalicelib.domain.badges import badges, catalog, public
from chalicelib.domain.images import images
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners.places import Place
from chalicelib.registry import listing, reading
from tests.conftest import Clock
from tests.contract.original import SECRET, OriginalApi
from tests.domain.places import chicago, counted, published
from tests.pipeline.harness import Pipeline

SYSTEM, ISSUER, PROGRAM = ("chicago",), ("chicago", "library"), ("chicago", "library", "summer")


def badge(slug: str, *owners: str, **more: Any) -> dict[str, Any]:
    """Return a badge as the original lists it."""
    levels = dict(zip(("system", "issuer", "program"), owners or SYSTEM, strict=False))
    return {
        "id": 1, "slug": slug, "name": slug.title(), "strapline": "S", "earnerDescription": "E",
        "consumerDescription": "C", "issuerUrl": None, "rubricUrl": None, "timeValue": 3,
        "timeUnits": "hours", "limit": 5, "unique": 1, "created": "2014-11-30T20:25:41.000Z",
        "imageUrl": f"http://example.org/{slug}.png", "type": "Skill", "archived": False,
        "criteriaUrl": "http://localhost/c", "evidenceType": "Photo", "milestones": [],
        "criteria": [{"id": 7, "description": "Read", "required": 1, "note": "n"}],
        "alignments": [{"id": 8, "name": "Standard", "url": "", "description": "D"}],
        "categories": ["Numbers"], "tags": [{"id": 9, "value": "books"}],
        **{name: {"slug": one, "name": one.title(), "url": "http://x"} for name, one in levels.items()},
        **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def each_reading_on_another_day(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    request = reading.request

    def later() -> bool:
        clock.move(timedelta(days=1))
        return request()

    monkeypatch.setattr(reading, "request", later)


@pytest.fixture
def api(pipeline: Pipeline, settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        api.own(*SYSTEM, imageUrl="/images/logo", email="c@example.org")
        api.own(*ISSUER, description="Books")
        api.own(*PROGRAM)
        yield api


def put(api: OriginalApi, *slugs: str, **more: Any) -> None:
    for slug in slugs:
        api.badges[slug] = badge(slug, **more)


def read(pipeline: Pipeline) -> Job:
    """Read everything; return the last job."""
    assert reading.request()
    pipeline.settle()
    job: Job = Job.select().where(Job.kind == kinds.READING).order_by(Job.id.desc()).first()
    return job


def lists() -> tuple[list[str], list[str], list[str], list[str]]:
    tables = (System, Issuer, Program, Badge)
    system, issuer, program, badge_ = (
        [one.slug for one in table.select().order_by(table.slug)] for table in tables
    )
    return system, issuer, program, badge_


def test_a_fresh_deployment_has_all_that_the_api_has(api: OriginalApi, pipeline: Pipeline) -> None:
    put(api, "reader")
    api.badges["camper"] = badge("camper", *PROGRAM, archived=True)
    job = read(pipeline)
    assert (job.state, job.outcome) == (outbox.DONE, reading.READ)
    assert job.reason == "Systems: 1; issuers: 1; programs: 1; badges: 2"
    assert lists() == (["chicago"], ["library"], ["summer"], ["camper", "reader"])
    system = System.get()
    assert (system.name, system.email) == ("Chicago", "c@example.org")
    assert system.image.url == f"{api.url}/public/images/logo"
    assert Issuer.get().description == "Books"
    row = badges.by_slug("camper")
    assert (row.system.slug, row.issuer.slug, row.program.slug) == PROGRAM
    assert (row.archived, row.award_limit, row.is_unique) == (True, 5, True)
    assert (row.time_value, row.time_units, row.evidence_type) == (3, "hours", "Photo")
    assert row.image.url == "http://example.org/camper.png"
    about = catalog.view(row).details
    assert [(one.description, one.required, one.note) for one in about.criteria] == [
        ("Read", True, "n")
    ]
    assert [(one.name, one.url, one.description) for one in about.alignments] == [
        ("Standard", None, "D")
    ]
    assert (about.categories, [tag.value for tag in about.tags]) == (["Numbers"], ["books"])
    assert counted("chicago") == (1, 1)


def test_awards_name_the_version_that_was_awarded_and_our_own_page_is_not_stored(
    api: OriginalApi, pipeline: Pipeline
) -> None:
    ours = "http://localhost:3000/system/chicago/badge/reader/criteria"
    put(api, "reader", criteriaUrl=ours)
    read(pipeline)
    mirrored.record("uid", badges.by_slug("reader"), "earner@example.org")
    award = Award.get()
    read(pipeline)
    assert badges.by_slug("reader").public_id == award.badge_class
    put(api, "reader", criteriaUrl=ours, name="New")
    read(pipeline)
    row = badges.by_slug("reader")
    assert (row.name, row.criteria_url) == ("New", "")
    assert row.public_id != award.badge_class
    then = public.assertion("uid").badge
    assert then is not None
    assert (then.name, then.public_id) == ("Reader", award.badge_class)


def test_the_address_of_an_awarded_badge_that_moves_to_an_issuer_leads_to_it(
    api: OriginalApi, pipeline: Pipeline
) -> None:
    """Also if the API has another badge under its slug now."""
    put(api, "reader")
    read(pipeline)
    row = badges.by_slug("reader")
    mirrored.record("uid", row, "earner@example.org")
    api.badges["reader"] = badge("reader", *ISSUER, name="New")
    read(pipeline)
    assert badges.by_slug("reader").issuer is not None
    assert public.badge_at(Place(*SYSTEM), "reader").public_id == row.public_id


def test_what_changed_there_changes_here_and_nothing_else_is_written(
    api: OriginalApi, pipeline: Pipeline, statements: list[str]
) -> None:
    put(api, "reader", "writer")
    read(pipeline)
    before = Badge.get(Badge.slug == "writer")
    details = [row.id for row in before.criteria], [row.id for row in before.tags]
    api.badges["reader"] = badge(
        "reader", *ISSUER, name="New", limit=None, unique=0, archived=True, strapline=None,
        imageUrl="http://example.org/new.png", criteria=[], tags=[], categories=["Zoology"],
        timeValue=None, timeUnits=None, alignments=[],
    )  # fmt: skip
    api.owners[ISSUER]["name"] = "The Library"
    statements.clear()
    read(pipeline)
    row = badges.by_slug("reader")
    assert (row.name, row.issuer.name, row.archived) == ("New", "The Library", True)
    assert (row.award_limit, row.is_unique, row.strapline, row.time_units) == (
        None,
        False,
        None,
        None,
    )
    assert row.image.url == "http://example.org/new.png"
    about = catalog.view(row).details
    assert (about.criteria, about.alignments, about.tags) == ([], [], [])
    assert about.categories == ["Zoology"]
    assert counted("chicago") == (1, 1)
    after = Badge.get(Badge.slug == "writer")
    assert after.image_id == before.image_id
    assert ([row.id for row in after.criteria], [row.id for row in after.tags]) == details


def test_long_lists_are_read_page_by_page_and_on_from_where_it_stopped(
    api: OriginalApi, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    for number in range(3):
        api.own(f"s{number}")
    put(api, *(f"b{number}" for number in range(5)))
    monkeypatch.setattr("chalicelib.pipeline.handlers.read_registry.SECONDS", -1)
    job = read(pipeline)
    assert job.reason == "Systems: 4; issuers: 1; programs: 1; badges: 5"
    jobs = [one.outcome for one in Job.select().where(Job.kind == kinds.READING).order_by(Job.id)]
    assert jobs == [reading.CONTINUED] * (len(jobs) - 1) + [reading.READ]
    paths = [call for call in api.calls if "/chicago/badges?" in call]
    assert [path.partition("?")[2] for path in paths] == [
        f"page={number}&count=2&archived=any" for number in (1, 2, 3)
    ]
    assert len(set(api.calls)) == len(api.calls)
    longest = max(len(json.loads(event.body)["steps"]) for event in Event.select())
    assert longest <= 2 * 2 + 3


def test_an_api_without_pages_is_read_at_once(
    api: OriginalApi, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    answer = api.answer
    monkeypatch.setattr(
        api, "answer",
        lambda method, path, *rest: answer(method, path, *rest)
        if "page=1" in path else pytest.fail(path),
    )  # fmt: skip
    put(api, "a", "b")
    assert read(pipeline).outcome == reading.READ


def test_a_badge_that_is_gone_there_is_archived_here(api: OriginalApi, pipeline: Pipeline) -> None:
    put(api, "reader", "writer")
    read(pipeline)
    mine = published(System.get(), "mine")  # never listed there
    del api.badges["reader"]
    job = read(pipeline)
    assert job.reason == (
        "Systems: 1; issuers: 1; programs: 1; badges: 1; "
        "archived, because the API no longer has them: 1"
    )
    assert badges.by_slug("reader").archived
    assert not badges.by_slug("writer").archived
    assert not badges.by_id(mine.id).archived
    assert counted("chicago") == (2, 1)
    put(api, "reader")
    read(pipeline)
    assert not badges.by_slug("reader").archived


def test_a_badge_that_a_page_skipped_is_not_archived(
    api: OriginalApi, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(api, "a", "b", "c")
    read(pipeline)
    monkeypatch.setattr(reading, "PAGE", 2)
    answer = api.answer

    def shifting(method: str, path: str, *rest: Any) -> Any:
        if "/badges?page=2" in path:  # what was on the second page is on the first now
            del api.badges["a"]
        return answer(method, path, *rest)

    monkeypatch.setattr(api, "answer", shifting)
    read(pipeline)
    assert [(one.slug, one.archived) for one in Badge.select().order_by(Badge.slug)] == [
        ("a", False), ("b", False), ("c", False),
    ]  # fmt: skip
    monkeypatch.setattr(api, "answer", answer)
    read(pipeline)
    assert badges.by_slug("a").archived


def test_an_empty_api_archives_nothing(api: OriginalApi, pipeline: Pipeline) -> None:
    put(api, "reader")
    read(pipeline)
    api.badges.clear()
    api.owners.clear()
    read(pipeline)
    assert not badges.by_slug("reader").archived
    assert System.select().count() == 1


def test_an_owner_that_is_gone_there_keeps_its_row(api: OriginalApi, pipeline: Pipeline) -> None:
    read(pipeline)
    del api.owners[PROGRAM]
    read(pipeline)
    since = reading.status().started
    assert since is not None
    assert Program.get().listed < since <= Issuer.get().listed


def test_one_list_that_fails_does_not_hold_up_the_others(
    api: OriginalApi, pipeline: Pipeline
) -> None:
    api.own("park")
    put(api, "reader", alignments=[{"id": 1, "name": "S", "url": None, "description": None}])
    # The original fails all lists that hold such an alignment.
    answer = api._list

    def listing_of(parts: list[str], query: Any) -> Any:
        return (
            answer(parts, query)
            if parts[1] == "chicago"
            else (200, {"badges": [badge("x", "park")]})
        )

    api._list = listing_of  # type: ignore[method-assign]
    job = read(pipeline)
    assert job.state == outbox.FAILED
    assert "The BadgeKit API returned 500: Cannot call method 'toString' of null" in job.reason
    assert lists() == (["chicago", "park"], ["library"], ["summer"], ["x"])
    status = reading.status()
    assert (status.is_running, status.failed) == (False, job.reason)
    api.badges.clear()
    outbox.retry(job.id)
    pipeline.settle()
    assert reading.status().failed is None


def test_a_wrong_secret_is_told_at_once(
    api: OriginalApi, pipeline: Pipeline, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_SECRET"] = "another-secret-of-more-than-enough-letters"
    job = read(pipeline)
    assert (job.state, job.attempts) == (outbox.FAILED, 1)
    assert "check OPENBADGER_SECRET" in job.reason


def test_an_owner_that_vanishes_meanwhile_is_passed_over(
    api: OriginalApi, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = api.answer

    def vanishing(method: str, path: str, *rest: Any) -> Any:
        if "/library/programs" in path:
            api.owners.pop(ISSUER, None)
        return answer(method, path, *rest)

    monkeypatch.setattr(api, "answer", vanishing)
    assert read(pipeline).outcome == reading.READ


def test_one_reading_goes_on_at_a_time_and_the_first_one_once(
    api: OriginalApi, pipeline: Pipeline, settings: dict[str, str]
) -> None:
    assert reading.request_first()
    assert not reading.request()
    assert reading.status().is_running
    pipeline.settle()
    assert not reading.request_first()
    assert reading.request()
    del settings["OPENBADGER_URL"]
    pipeline.settle()
    assert not reading.request()
    assert Job.select().order_by(Job.id.desc()).first().outcome == "not needed"


def test_an_image_of_ours_stays_what_it_is(api: OriginalApi, pipeline: Pipeline) -> None:
    row = published(chicago(), "reader")
    drawn = images.keep(images.Picture(key="images/a.png", media_type="image/png", alt="A star"))
    assert drawn is not None
    Badge.update(image=drawn).where(Badge.id == row.id).execute()
    # Under whichever host it was published.
    put(api, "reader", imageUrl=f"https://former.example.org/public/images/{drawn.slug}")
    read(pipeline)
    assert badges.by_slug("reader").image.key == "images/a.png"


ODD: list[dict[str, Any]] = [
    {"name": None}, {"name": 7}, {"limit": "many"}, {"limit": 10**30}, {"unique": None},
    {"timeUnits": "years"}, {"evidenceType": "x" * 99}, {"type": None}, {"type": "Own type"},
    {"archived": "perhaps"}, {"criteria": "none"}, {"criteria": [7, {}]}, {"tags": None},
    {"tags": ["a", {"value": "a"}, {"value": None}]}, {"categories": [None, "x" * 300, 7]},
    {"alignments": [{"name": ""}, {"name": "x" * 300}, {}]}, {"imageUrl": "javascript:x"},
    {"system": None}, {"issuer": 7}, {"strapline": "x" * 999}, {"strapline": "\ud800"},
]  # fmt: skip


def test_whatever_a_badge_holds_is_mirrored_as_far_as_it_can_be(
    api: OriginalApi, pipeline: Pipeline
) -> None:
    for number, more in enumerate(ODD):
        row = listing.badge(badge(f"b{number}", **more))
        again = listing.badge(badge(f"b{number}", **more))
        assert row.id == again.id
    rows = {number: badges.by_slug(f"b{number}") for number in range(len(ODD))}
    assert (rows[0].name, rows[2].award_limit, rows[5].time_units) == ("b0", None, None)
    assert (rows[8].type, rows[9].archived, rows[17].system) == ("Own type", False, None)
