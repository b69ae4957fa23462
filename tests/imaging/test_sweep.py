"""The daily sweep of the bucket deletes all unused images and no others, even if interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.aws import session, storage
from chalicelib.data.models import TABLES, Draft, Image, Job, Unused
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images, sweep
from chalicelib.domain.owners.places import Scope
from chalicelib.imaging import builtin, store
from chalicelib.openbadges import default_image
from infra.local.event_sources import scheduled_event
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago
from tests.pipeline.harness import KilledError, Killer, bury, start_over

NEEDED, LEFT, OLD = "images/needed.png", "images/left.png", "images/0123abcd"
SHIPPED = "images/shipped/0123.png"
MONTH = timedelta(days=30, seconds=1)


def stored(key: str) -> None:
    for name in (key, key.replace(".png", ".svg"), key.replace(".png", ".json")):
        storage.put(name, b"x", "image/png")


def beside(key: str) -> set[str]:
    return {key, key.replace(".png", ".svg"), key.replace(".png", ".json")}


def tidy(app: Any) -> Any:
    import app as front

    return front.tidy(scheduled_event("tidy"), None)


@pytest.fixture
def bucket(app: Any, database: peewee.Database, cloud: Cloud, clock: Clock) -> Cloud:
    return cloud


def furnish(clock: Clock) -> None:
    """Store a used image, a replaced one, one with an old key, and a built-in one."""
    for key in (NEEDED, LEFT, OLD, SHIPPED):
        stored(key)
    draft = drafts.create(Scope(chicago()), "a@example.org")
    for key in (LEFT, OLD, NEEDED):
        picture = images.Picture(key=key, media_type="image/png")
        drafts.set_image(draft.id, picture, drafts.base(drafts.find(draft.id), "visual"), "a")


def test_a_picture_goes_with_what_lies_beside_it(bucket: Cloud, app: Any, clock: Clock) -> None:
    furnish(clock)
    assert tidy(app) == {"readings": 0, "named": 0, "deleted": 0}
    clock.move(MONTH)
    assert tidy(app) == {"readings": 0, "named": 0, "deleted": 2}
    assert set(bucket.objects()) == beside(NEEDED) | beside(SHIPPED)
    assert [row.key for row in Image.select()] == [NEEDED]
    assert Unused.select().count() == 0


def test_another_api_is_read_once_a_day(bucket: Cloud, app: Any, settings: dict[str, str]) -> None:
    settings["OPENBADGER_URL"] = "https://api.example.org"
    assert tidy(app) == {"readings": 1, "named": 0, "deleted": 0}
    assert tidy(app) == {"readings": 0, "named": 0, "deleted": 0}  # it still goes on
    assert [job.kind for job in Job.select()] == ["reading"]


def test_what_is_kept_and_gets_no_row_goes_and_what_comes_with_the_product_stays(
    bucket: Cloud, app: Any, clock: Clock
) -> None:
    picture = default_image.content()
    store.keep(picture, svg="<svg/>", design="{}")
    store.store(picture, "image/gif")
    ours = builtin.store_once(session.client("s3"), default_image.FILE)
    assert len(bucket.objects()) == 5
    for _ in range(3):
        tidy(app)
        clock.move(MONTH)
    assert set(bucket.objects()) == {ours}


def deaths(
    bucket: Cloud, app: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Interrupt a sweep at each step in turn, then run another one; yield the steps."""
    for fatal in range(10_000):
        start_over(bucket, tuple(reversed(TABLES)))
        furnish(clock)
        tidy(app)
        clock.move(MONTH)
        killer = Killer(fatal)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                tidy(app)
            except KilledError:
                bury()
        if not killer.dead:
            return
        assert beside(NEEDED) <= set(bucket.objects())
        tidy(app)
        assert set(bucket.objects()) == beside(NEEDED) | beside(SHIPPED)
        assert drafts.find(Draft.get().id).image.key == NEEDED
        assert Unused.select().count() == 0
        yield killer.log


@pytest.mark.slow
def test_a_sweep_that_is_killed_at_every_single_step_is_finished_by_the_next(
    bucket: Cloud, app: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list(deaths(bucket, app, clock, monkeypatch))
    assert len(steps) > 20
    assert any("after delete" in log for log in steps)


@pytest.mark.slow
def test_somebody_who_is_killed_while_saving_leaves_nothing_behind(
    bucket: Cloud, app: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for fatal in range(10_000):
        start_over(bucket, tuple(reversed(TABLES)))
        storage.delete(NEEDED)
        draft = drafts.create(Scope(chicago()), "a@example.org")
        killer = Killer(fatal)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                sweep.touch(NEEDED)
                storage.put(NEEDED, b"x", "image/png")
                picture = images.Picture(key=NEEDED, media_type="image/png")
                drafts.set_image(draft.id, picture, drafts.base(draft, "visual"), "a")
            except KilledError:
                bury()
        for _ in range(3):
            tidy(app)
            clock.move(MONTH)
        has_it = drafts.find(draft.id).image is not None
        assert set(bucket.objects()) == ({NEEDED} if has_it else set())
        if not killer.dead:
            assert has_it
            return
