"""Image collection: unneeded images are noted and deleted after 30 days, never one being saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

import peewee
import pytest

from chalicelib.data import connection
from chalicelib.data.models import Badge, Draft, Image, System, Unused
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.images import sweep as image_sweep
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import Unavailable
from tests.conftest import Clock
from tests.domain.places import chicago, published

KEY = "images/a.png"
PICTURE = images.Picture(key=KEY, media_type="image/png")
ADA = "ada@example.org"
DAY = timedelta(days=1)
MONTH = timedelta(days=30, seconds=1)


@pytest.fixture
def system(database: peewee.Database, clock: Clock) -> System:
    return chicago()


class Bucket(set[str]):
    """Keys of objects that are there."""

    def sweep(self, **options: Any) -> int:
        return image_sweep.collect(self.discard, **options)


@pytest.fixture
def bucket(database: peewee.Database) -> Bucket:
    return Bucket([KEY])


def keep(**changes: Any) -> Image:
    kept = images.keep(images.Picture(**{"key": KEY, **changes}))
    assert kept is not None
    return kept


def noted() -> list[str]:
    return [note.key for note in Unused.select().order_by(Unused.key)]


# Who needs a picture


def of_a_badge(system: System) -> None:
    Badge.update(image=keep()).where(Badge.id == published(system, "reader").id).execute()


def of_a_deleted_badge_that_was_awarded(system: System) -> None:
    badge = published(system, "reader")
    badges.update(badge, {}, PICTURE)
    awards.give(badge, ADA)
    badges.delete(badge)
    assert Badge.get_by_id(badge.id).deleted is not None


def of_a_draft(system: System) -> None:
    drafts.create(Scope(system), ADA, image=keep())


def of_a_template(system: System) -> None:
    drafts.create(Scope(system), ADA, image=keep(), status=drafts.TEMPLATE)


def of_a_draft_that_was_published(system: System) -> None:
    drafts.create(Scope(system), ADA, image=keep(), status=drafts.PUBLISHED)


def of_a_system(system: System) -> None:
    owners.update(system, {}, PICTURE)


def of_an_issuer(system: System) -> None:
    owners.create_issuer(system, {"slug": "i", "name": "I", "url": "http://example.org"}, PICTURE)


def of_a_program(system: System) -> None:
    values = {"slug": "i", "name": "I", "url": "http://example.org"}
    issuer = owners.create_issuer(system, values)
    owners.create_program(issuer, values, PICTURE)


def of_an_earlier_version(system: System) -> None:
    badge = published(system, "reader")
    badges.update(badge, {}, PICTURE)
    awards.give(badge, ADA)
    badges.update(badge, {}, images.Picture(url="http://example.org/other.png"))


def of_a_deleted_owner(system: System) -> None:
    values = {"slug": "i", "name": "I", "url": "http://example.org"}
    owners.delete(owners.create_issuer(system, values, PICTURE))


NEEDED = [
    of_a_badge, of_a_deleted_badge_that_was_awarded, of_a_draft, of_a_template,
    of_a_draft_that_was_published, of_a_system, of_an_issuer, of_a_program,
    of_an_earlier_version, of_a_deleted_owner,
]  # fmt: skip


@pytest.mark.parametrize("need", NEEDED)
def test_a_picture_stays_that_is_needed(
    need: Callable[[System], None], system: System, bucket: Bucket, clock: Clock
) -> None:
    need(system)
    keep()  # another row of the same key, which nothing refers to
    Unused.create(key=KEY, since=clock.now - 2 * MONTH)  # nor does an old note change that
    for _ in range(3):
        assert bucket.sweep() == 0
        clock.move(MONTH)
    assert bucket == {KEY}
    assert noted() == []
    assert Image.select().where(Image.key == KEY).count() == 2


def test_an_image_is_deleted_30_days_after_it_was_last_needed(
    system: System, bucket: Bucket, clock: Clock
) -> None:
    draft = drafts.create(Scope(system), ADA, image=keep())
    assert bucket.sweep() == 0
    drafts.clear_image(draft.id, drafts.base(draft, "visual"), ADA)
    clock.move(MONTH)  # no collection ran meanwhile, so the start is unknown
    assert bucket.sweep() == 0
    assert noted() == [KEY]
    clock.move(30 * DAY)
    assert bucket.sweep() == 0
    clock.move(timedelta(seconds=1))
    assert bucket.sweep() == 1
    assert (bucket, noted(), Image.select().count()) == (set(), [], 0)
    assert bucket.sweep() == 0


def test_what_is_needed_again_is_kept_for_30_more_days(
    system: System, bucket: Bucket, clock: Clock
) -> None:
    image = keep()
    bucket.sweep()
    clock.move(20 * DAY)
    draft = drafts.create(Scope(system), ADA, image=image)
    bucket.sweep()
    assert noted() == []
    drafts.delete(draft)
    bucket.sweep()
    clock.move(20 * DAY)
    assert bucket.sweep() == 0
    clock.move(11 * DAY)
    assert bucket.sweep() == 1


def test_an_object_that_never_got_its_row_goes_too(bucket: Bucket, clock: Clock) -> None:
    image_sweep.touch(KEY)
    clock.move(30 * DAY)
    assert bucket.sweep() == 0
    clock.move(DAY)
    assert bucket.sweep() == 1
    assert bucket == set()


def test_objects_that_were_never_pictures_of_anything_are_not_touched(
    system: System, bucket: Bucket, clock: Clock
) -> None:
    bucket |= {"images/default-0123.png", "awards/one.png"}
    keep()
    deleted: list[str] = []
    for _ in range(3):
        image_sweep.collect(deleted.append)
        clock.move(MONTH)
    assert deleted == [KEY]


def test_rows_of_pictures_elsewhere_go_at_once(system: System, bucket: Bucket) -> None:
    url = "http://example.org/b.png"
    kept = keep(key=None, url=url)
    drafts.create(Scope(system), ADA, image=kept)
    keep(key=None, url=url)
    bucket.sweep()
    assert [row.id for row in Image.select()] == [kept.id]


def test_a_sweep_does_so_much_and_the_next_one_the_rest(
    system: System, bucket: Bucket, clock: Clock
) -> None:
    bucket |= {f"images/{number}.png" for number in range(4)}
    for key in bucket:
        keep(key=key)
    assert [bucket.sweep(most=2) or len(noted()) for _ in range(3)] == [2, 4, 5]
    clock.move(MONTH)
    assert [bucket.sweep(most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert bucket == set()


def test_looking_takes_few_statements(
    system: System, bucket: Bucket, statements: list[str]
) -> None:
    for number in range(300):
        keep(key=f"images/{number}.png")
    statements.clear()
    bucket.sweep()
    assert len(noted()) == 300
    assert len(statements) <= 7


# It is saved at the same time


class Stopped(Exception):
    """The bucket is away."""


def test_a_bucket_that_is_away_leaves_the_note(
    system: System, bucket: Bucket, clock: Clock
) -> None:
    def away(key: str) -> None:
        raise Stopped

    keep()
    bucket.sweep()
    clock.move(MONTH)
    with pytest.raises(Stopped):
        image_sweep.collect(away)
    assert noted() == [KEY]
    assert bucket.sweep() == 1


def saving(bucket: Bucket, system: System) -> list[Callable[[], Any]]:
    """Return the steps of saving a picture, in their order."""
    return [
        lambda: image_sweep.touch(KEY),
        lambda: bucket.add(KEY),  # or found there: the same
        lambda: drafts.create(Scope(system), ADA, image=keep()),
    ]


def sweeping(bucket: Bucket, clock: Clock) -> list[Callable[[], Any]]:
    """Return the steps of a sweep that found the note old, in their order."""
    before = clock.now - image_sweep.RETENTION
    return [
        lambda: image_sweep._delete_rows([KEY], before),
        lambda: image_sweep._delete_object(KEY, before, bucket.discard),
    ]


@pytest.mark.parametrize("turns", list(combinations(range(5), 2)))
def test_no_order_of_a_sweep_and_of_saving_the_same_again_loses_the_picture(
    turns: tuple[int, ...], system: System, bucket: Bucket, clock: Clock
) -> None:
    keep()
    bucket.sweep()
    clock.move(MONTH)
    one, other = saving(bucket, system), sweeping(bucket, clock)
    for turn in range(5):
        (other if turn in turns else one).pop(0)()
    assert bucket == {KEY}
    assert drafts.find(Draft.get().id).image.key == KEY
    for _ in range(3):
        clock.move(MONTH)
        bucket.sweep()
    assert bucket == {KEY}
    assert drafts.find(Draft.get().id).image.key == KEY


def test_saving_waits_while_the_object_is_deleted(
    system: System, bucket: Bucket, clock: Clock, together: Callable[..., list[Any]]
) -> None:
    keep()
    bucket.sweep()
    clock.move(MONTH)
    order: list[str] = []

    def delete(key: str) -> None:
        order.append("deleting")
        # By now the other one waits for the note, or will: it must not come back before.
        bucket.discard(key)
        order.append("deleted")

    def save() -> None:
        image_sweep.touch(KEY)
        order.append("wanted")
        bucket.add(KEY)
        keep()

    assert together(lambda: image_sweep.collect(delete), save)[1] is None
    assert bucket == {KEY}
    assert order in (
        ["deleting", "deleted", "wanted"],
        ["wanted"],  # before the sweep locked the note
    )


def test_a_note_must_be_committed_before_the_object_is_put(database: peewee.Database) -> None:
    with pytest.raises(RuntimeError, match="committed"):
        connection.transact(lambda: image_sweep.touch(KEY))
    image_sweep.touch(KEY)
    image_sweep.touch(KEY)  # renewed
    assert noted() == [KEY]


# It becomes needed at the same time


def until_another_waits(engine: str) -> None:
    """Go on when another transaction waits for what this one locked; SQLite does not tell."""
    waiting = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
    for _ in range(100_000 if engine == "mariadb" else 0):
        if connection.database.execute_sql(waiting).fetchone() != (0,):
            return


def test_a_row_with_an_uncommitted_reference_is_not_deleted(
    engine: str, system: System, bucket: Bucket, clock: Clock, together: Callable[..., list[Any]]
) -> None:
    image = keep()
    Unused.create(key=KEY, since=clock.now - MONTH)
    begun = threading.Event()

    def copy() -> Draft:
        draft = drafts.create(Scope(system), ADA, image=image)
        begun.set()
        until_another_waits(engine)
        return draft

    def sweep() -> None:
        begun.wait(timeout=30)
        image_sweep._delete_rows([KEY], clock.now - image_sweep.RETENTION)

    draft, swept = together(lambda: connection.transact(copy), sweep)
    assert swept is None
    assert drafts.find(draft.id).image == image
    assert noted() == []


def test_a_row_that_becomes_needed_meanwhile_is_not_deleted(
    system: System, bucket: Bucket, clock: Clock, together: Callable[..., list[Any]]
) -> None:
    for _ in range(10):
        bucket.add(KEY)
        image = keep()
        Unused.insert(key=KEY, since=clock.now - MONTH).on_conflict_replace().execute()
        _, made = together(
            bucket.sweep,
            lambda of=image: drafts.create(Scope(system), ADA, image=of),
        )
        if isinstance(made, Unavailable):  # the row was gone: the copy fails and can be repeated
            assert Image.select().where(Image.key == KEY).count() == 0
            continue
        assert drafts.find(made.id).image == image
        assert bucket == {KEY}
        drafts.delete(made)
