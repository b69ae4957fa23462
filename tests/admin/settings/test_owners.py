"""Settings of systems, issuers and programs: creating, changing, deleting."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Badge, Draft, Grant, Issuer, System
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.workspace import profiles
from chalicelib.errors import NotFound
from chalicelib.openbadges import default_image
from tests.admin.browser import Browser, csrf, title, words
from tests.conftest import Clock, Cloud
from tests.contract.original import SECRET, OriginalApi
from tests.domain import places
from tests.imaging.pictures import size
from tests.pipeline.harness import Pipeline

SYSTEM = "/settings/systems/chicago"
PNG = default_image.content()


def profile(system: System, **changes: str) -> dict[str, str]:
    now = owners.system(system.slug)
    return {**profiles.values_of(now), "base": profiles.digest(now), **changes}


def test_the_first_system_is_where_one_works(administrator: Browser) -> None:
    assert administrator.get("/directory").headers["Location"] == ("/start")
    assert "No systems yet" in words(administrator.get("/settings/systems"))
    answer = administrator.submit(
        "/settings/systems/new", "/settings/systems/new", name="Łódź & City", url="https://example.org"
    )  # fmt: skip
    made = System.get()
    assert answer.headers["Location"] == f"/settings/systems/{made.slug}?notice=place-created"
    assert made.slug == "odz-city"
    assert "Workspace: Łódź & City" in words(administrator.get("/directory"))


def test_issuers_and_programs_are_made_inside(administrator: Browser) -> None:
    places.chicago()
    for path, name, slug, none in [
        (f"{SYSTEM}/issuers", "The Library", "the-library", "No issuers yet"),
        (f"{SYSTEM}/issuers/the-library/programs", "Summer", "summer", "No programs yet"),
    ]:
        assert none in words(administrator.get(path))
        form = {"name": name, "url": "https://example.org"}
        answer = administrator.submit(f"{path}/new", f"{path}/new", **form)
        assert answer.headers["Location"] == f"{path}/{slug}?notice=place-created"
        assert f"{name} created" in words(administrator.get(answer.headers["Location"]))
        assert name in words(administrator.get(path))
        again = administrator.submit(f"{path}/new", f"{path}/new", **form)
        assert again.status == 400
        assert "This short name is already taken." in words(again)


def test_what_is_wrong_is_said_and_what_was_typed_stays(administrator: Browser) -> None:
    answer = administrator.submit(
        "/settings/systems/new", "/settings/systems/new", name="", url="nowhere", email="x",
        description="d" * 256, slug="a b",
    )  # fmt: skip
    assert answer.status == 400
    said = words(answer)
    for part in (
        "Enter a name",
        "at most 255 letters, digits, and hyphens",
        "the website’s full address",
        "255 characters for the description",
        "Enter one email",
    ):
        assert part in said
    assert 'value="nowhere"' in answer.text
    assert System.select().count() == 0


def test_a_profile_is_changed_with_a_picture(administrator: Browser, cloud: Cloud) -> None:
    system = places.chicago()
    fields = profile(system, name="New <b>name", description="Line")
    answer = administrator.upload(
        SYSTEM, {**fields, "csrf": csrf(administrator.get(SYSTEM))}, "image", PNG
    )
    assert answer.headers["Location"] == f"{SYSTEM}?notice=saved"
    now = owners.system("chicago")
    assert (now.name, now.description, now.email) == ("New <b>name", "Line", None)
    ((key, kept),) = cloud.objects().items()
    assert (key, size(kept)) == (now.image.key, (400, 400))
    assert "<b>" not in administrator.get(SYSTEM).text


def test_a_file_that_is_no_picture_is_refused(administrator: Browser, cloud: Cloud) -> None:
    fields = profile(places.chicago())
    answer = administrator.upload(
        SYSTEM, {**fields, "csrf": csrf(administrator.get(SYSTEM))}, "image", b"<svg/>"
    )
    assert answer.status == 400
    assert "This file is damaged or not an SVG" in words(answer)
    assert cloud.objects() == {}


def test_two_people_one_profile_the_second_is_shown_both(administrator: Browser) -> None:
    system = places.chicago()
    mine = profile(system, name="Mine")
    profiles.save(
        owners.system("chicago"),
        {"name": "Theirs", "url": "http://example.org", "description": None, "email": None},
        profiles.digest(owners.system("chicago")),
    )
    answer = administrator.submit(SYSTEM, SYSTEM, **mine)
    assert (answer.status, title(answer)) == (409, "Someone else changed this")
    assert "Theirs" in words(answer)
    assert "Mine" in words(answer)
    assert owners.system("chicago").name == "Theirs"
    assert administrator.submit(SYSTEM, SYSTEM, **profile(system, name="Mine")).status == 303


def test_sending_a_form_twice_is_no_conflict(administrator: Browser) -> None:
    mine = profile(places.chicago(), name="Mine")
    assert administrator.submit(SYSTEM, SYSTEM, **mine).status == 303
    assert administrator.submit(SYSTEM, SYSTEM, **mine).status == 303


def test_deleting_tells_what_goes_and_wants_the_name(administrator: Browser) -> None:
    system = places.chicago()
    owners.create_issuer(system, {"slug": "l", "name": "L", "url": "http://example.org"})
    drafts.create(Scope(system), "a@example.org", {"name": "D"})
    places.published(system, "stays")
    accounts.allow("a@example.org", Place("chicago", "l"), Rights(draft=True))
    page = words(administrator.get(f"{SYSTEM}/delete"))
    for part in ("One issuer", "One draft or template", "One user’s permissions",
                 "One published badge stays"):  # fmt: skip
        assert part in page
    answer = administrator.submit(f"{SYSTEM}/delete", f"{SYSTEM}/delete", name="c")
    assert answer.status == 400
    assert System.select().count() == 1
    answer = administrator.submit(f"{SYSTEM}/delete", f"{SYSTEM}/delete", name="C")
    assert answer.headers["Location"] == "/settings/systems?notice=system-deleted"
    counts = [table.select().count() for table in (System, Issuer, Draft, Grant, Badge)]
    assert counts == [0, 0, 0, 0, 1]


def test_elsewhere_they_are_kept_by_the_other_api(
    administrator: Browser, settings: dict[str, str]
) -> None:
    system = places.chicago()
    settings["OPENBADGER_URL"] = "https://api.example.org"
    page = words(administrator.get(SYSTEM))
    assert "https://api.example.org. Change them there, and manage users and emails here." in page
    for refused in ("Save changes", "Delete system"):
        assert refused not in page
    assert "Create key" not in words(administrator.get(f"{SYSTEM}/consumers"))
    answer = administrator.submit(SYSTEM, SYSTEM, **profile(system, name="Mine"))
    assert answer.status == 403
    assert "https://api.example.org" in words(answer)
    assert owners.system("chicago").name == "C"


def test_elsewhere_the_systems_are_read_and_not_created_here(
    administrator: Browser, pipeline: Pipeline, clock: Clock, settings: dict[str, str]
) -> None:
    with OriginalApi({}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        api.own("chicago")
        api.own("chicago", "library")
        answer = administrator.get("/directory")
        assert answer.headers["Location"] == "/settings/systems"
        page = administrator.get("/settings/systems")
        assert "They appear here as soon as they are read" in words(page)
        assert 'data-poll="3"' in page.text
        assert "New system" not in words(page)
        pipeline.settle()
        page = administrator.get("/settings/systems")
        assert "Chicago" in words(page)
        assert "Systems: 1; issuers: 1; programs: 0; badges: 0" in words(page)
        assert "data-poll" not in page.text
        assert administrator.get("/directory").status == 200
        assert "New issuer" not in words(administrator.get(f"{SYSTEM}/issuers"))
        assert "New program" not in words(administrator.get(f"{SYSTEM}/issuers/library/programs"))

        clock.move(timedelta(days=1))
        del api.owners["chicago", "library"]
        read = functools.partial(
            administrator.submit, "/settings/systems", "/settings/systems/read"
        )
        assert read().headers["Location"] == "/settings/systems?notice=reading"
        form = {"csrf": csrf(page)}
        again = administrator.post("/settings/systems/read", form)
        assert again.headers["Location"] == "/settings/systems?notice=reading-already"
        pipeline.settle()
        assert "No longer at the BadgeKit API" in words(administrator.get(f"{SYSTEM}/issuers"))
        assert "No longer" not in words(administrator.get("/settings/systems"))

        settings["OPENBADGER_SECRET"] = "another-secret-of-more-than-enough-letters"
        read()
        pipeline.settle()
        assert "Invalid token signature (check OPENBADGER_SECRET)" in words(
            administrator.get("/settings/systems")
        )


def test_what_was_read_is_shown_as_activity(
    administrator: Browser, pipeline: Pipeline, settings: dict[str, str]
) -> None:
    with OriginalApi({}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        administrator.get("/directory")
        pipeline.settle()
    activity = words(administrator.get("/activity"))
    assert "This deployment read Read from the BadgeKit API Systems: 0;" in activity


def test_pictures_are_shown(administrator: Browser, cloud: Cloud) -> None:
    system = places.chicago()
    data: dict[str, Any] = {}
    owners.update(system, data, images.Picture(url="http://example.org/logo.png"))
    assert 'src="http://example.org/logo.png"' in administrator.get(SYSTEM).text


def test_an_image_that_was_not_shown_is_not_replaced(database: Any) -> None:
    owner = places.chicago()
    values, base = (
        {**profiles.values_of(owner), "description": None, "email": None},
        profiles.digest(owner),
    )
    profiles.save(owner, values, base, images.Picture(url="http://example.org/theirs.png"))
    with pytest.raises(profiles.ProfileChanged):
        profiles.save(owner, values, base, images.Picture(url="http://example.org/mine.png"))
    assert owners.system("chicago").image.url == "http://example.org/theirs.png"


def test_an_issuer_is_not_deleted_with_a_program_that_one_is_kept_out_of(
    database: Any, cloud: Cloud, signed_in: Callable[[str], Browser]
) -> None:
    """Its badges would belong to the system then, where the user may publish."""
    data = {"name": "L", "url": "http://example.org"}
    library = owners.create_issuer(places.chicago(), {**data, "slug": "library"})
    owners.create_program(library, {**data, "slug": "summer"})
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True))
    accounts.allow("ada@example.org", Place("chicago", "library", "summer"), Rights(draft=True))
    ada, delete = signed_in("ada@example.org"), f"{SYSTEM}/issuers/library/delete"
    answers = [ada.get(delete), ada.submit(f"{SYSTEM}/issuers/library", delete, name="L")]
    assert [one.status for one in answers] == [403, 403]
    assert all("can’t publish in some of its programs" in words(one) for one in answers)
    assert Issuer.select().count() == 1


def test_what_was_deleted_meanwhile_is_not_found(database: Any) -> None:
    owner = places.chicago()
    values, base = (
        {**profiles.values_of(owner), "description": None, "email": None},
        profiles.digest(owner),
    )
    owners.delete(owners.system("chicago"))
    with pytest.raises(NotFound):
        profiles.save(owner, values, base)


def test_administrators_are_told_of_short_secrets_and_others_are_not(
    administrator: Browser, settings: dict[str, str], signed_in: Any
) -> None:
    places.chicago()
    words_ = "of this deployment has fewer than 16 characters"
    accounts.allow("pub@example.org", Place("chicago"), Rights(publish=True))
    publisher = signed_in("pub@example.org")
    assert words_ not in words(administrator.get(SYSTEM))
    settings["OPENBADGER_SECRET"] = "fifteen-letters"
    for path in (SYSTEM, "/settings/systems"):
        assert f"The secret OPENBADGER_SECRET {words_}" in words(administrator.get(path))
    assert words_ not in words(publisher.get(SYSTEM))
    settings["API_SECRET"] = "fifteen-letters"
    page = administrator.get(SYSTEM)
    assert "The secrets OPENBADGER_SECRET, API_SECRET of this deployment have" in words(page)
    assert "fifteen-letters" not in page.text
