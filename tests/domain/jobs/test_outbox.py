"""The outbox: a row for each thing to do, announced after the commit, worked on by one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, Event, Image, Job, System, Webhook
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.domain.jobs.outbox import LeaseLostError
from chalicelib.errors import Conflict, Unavailable
from tests.conftest import MARIADB, Clock

LEASE = timedelta(seconds=60)
MICROSECOND = timedelta(microseconds=1)
Together = Callable[..., list[Any]]

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[JobMessage]:
    """The wake-up calls so far."""
    made: list[JobMessage] = []
    monkeypatch.setattr(outbox, "publish", made.extend)
    return made


def added(kind: str = "review", **more: Any) -> Job:
    """Write a job down and return its row."""
    assert outbox.add(kind, **more)
    newest: Job = Job.select().order_by(Job.id.desc()).get()
    return newest


def claimed(job: Job, lease: timedelta = LEASE) -> Job:
    """Take a job that must be free."""
    (taken,) = outbox.claim([job.id], lease)
    return taken


def again(job: Job) -> Job:
    """Read a job anew."""
    row: Job = Job.get_by_id(job.id)
    return row


def new_event() -> Event:
    event: Event = Event.create(key="event", source="webhook", action="review", body="{}")
    return event


def new_award() -> Award:
    badge = Badge.create(
        slug="badge", name="Badge", earner_description="", consumer_description="", criteria_url=""
    )
    award: Award = Award.create(
        slug="award", badge=badge, email="a@example.org", email_key="a@example.org", salt="s"
    )
    return award


# Writing down


def test_a_job_is_written_with_what_it_is_about(clock: Clock) -> None:
    event, award = new_event(), new_award()
    job = added("award", event=event, award=award, key="bake:1")
    assert (job.kind, job.key, job.event, job.award) == ("award", "bake:1", event, award)
    assert (job.state, job.attempts, job.lease, job.outcome, job.reason) == (
        outbox.RECEIVED, 0, None, None, None,
    )  # fmt: skip
    assert (job.created, job.updated) == (clock.now, clock.now)
    assert job.due == clock.now + outbox.UNSENT_AFTER


def test_its_wake_up_call_follows_the_commit(calls: list[JobMessage]) -> None:
    def work() -> None:
        outbox.add("review")
        outbox.add("award")
        assert calls == []

    transact(work)
    assert calls == [JobMessage(job.id, job.kind) for job in Job.select().order_by(Job.id)]


def test_nothing_is_announced_or_written_when_its_cause_is_rolled_back(
    calls: list[JobMessage],
) -> None:
    def work() -> None:
        outbox.add("review")
        raise Conflict("no")

    with pytest.raises(Conflict):
        transact(work)
    assert (calls, Job.select().count()) == ([], 0)


def test_a_key_makes_a_job_one_of_a_kind(calls: list[JobMessage]) -> None:
    def work() -> list[bool]:
        first = outbox.add("award", key="award:1")
        second = outbox.add("award", key="award:1")
        other = outbox.add("award", key="award:2")
        Image.create(slug="the transaction goes on")
        return [first, second, other]

    assert transact(work) == [True, False, True]
    assert transact(lambda: outbox.add("award", key="award:1")) is False
    assert [job.key for job in Job.select().order_by(Job.id)] == ["award:1", "award:2"]
    assert len(calls) == 2
    assert Image.select().count() == 1


def test_of_many_adding_one_key_at_once_one_succeeds(together: Together) -> None:
    answers = together(*[lambda: transact(lambda: outbox.add("award", key="only"))] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert Job.select().count() == 1


def test_jobs_without_key_may_repeat() -> None:
    assert added("review").id != added("review").id


def test_other_violations_are_not_taken_for_a_repeated_key() -> None:
    missing = Event(id=12345)
    added(key="another")
    with pytest.raises(Unavailable):
        transact(lambda: outbox.add("review", event=missing, key="k"))
    with pytest.raises(Unavailable):
        transact(lambda: outbox.add("review", event=missing))


# Sending


def test_a_sent_job_is_due_again_when_nobody_answers(clock: Clock) -> None:
    job = added()
    clock.move(timedelta(seconds=1))
    outbox.mark_queued([job.id])
    assert again(job).state == outbox.QUEUED
    assert again(job).due == clock.now + outbox.UNANSWERED_AFTER
    assert again(job).updated == clock.now


def test_news_of_sending_do_not_disturb_who_works_on_it_already() -> None:
    job = added()
    taken = claimed(job)
    outbox.mark_queued([job.id])
    assert (again(job).state, again(job).due) == (outbox.WORKING, taken.due)
    outbox.finish(taken, "awarded")
    outbox.mark_queued([job.id])
    assert (again(job).state, again(job).due) == (outbox.DONE, None)


def test_marking_nothing_is_fine() -> None:
    outbox.mark_queued([])
    assert outbox.claim([], LEASE) == []


# Claiming


def test_a_claimed_job_is_leased_with_what_it_is_about(clock: Clock, statements: list[str]) -> None:
    event, award = new_event(), new_award()
    job = added("award", event=event, award=award)
    statements.clear()
    taken = claimed(job)
    assert len(statements) == 2
    assert (taken.event.key, taken.award.slug, taken.award.badge.name) == (
        "event", "award", "Badge",
    )  # fmt: skip
    assert len(statements) == 2  # all of it was loaded
    assert (taken.state, taken.attempts, taken.due) == (outbox.WORKING, 1, clock.now + LEASE)
    assert taken.lease is not None


def test_several_are_claimed_in_the_order_of_their_writing() -> None:
    jobs = [added(), added(), added()]
    taken = outbox.claim([jobs[2].id, jobs[0].id, 999_999], LEASE)
    assert [job.id for job in taken] == [jobs[0].id, jobs[2].id]
    assert len({job.lease for job in taken}) == 1
    assert again(jobs[1]).state == outbox.RECEIVED


def test_of_several_only_those_that_are_free_are_claimed() -> None:
    held, free = added(), added()
    claimed(held)
    assert outbox.claim([held.id, free.id], LEASE) == [free]


def test_a_claimed_delivery_comes_with_the_webhook_of_its_own_system() -> None:
    event = new_event()
    for slug in ("boston", "chicago"):
        system = System.create(slug=slug, name=slug, url="http://example.org")
        Webhook.create(system=system, url=f"http://{slug}.example.org", secret="s")
        outbox.add_all([{"kind": "delivery", "event": event, "system": system}])
    taken = outbox.claim([job.id for job in Job.select()], LEASE)
    assert [job.webhook.url for job in taken] == [
        "http://boston.example.org", "http://chicago.example.org",
    ]  # fmt: skip


@pytest.mark.parametrize("end", [outbox.finish, outbox.fail])
def test_an_ended_job_cannot_be_claimed(end: Callable[[Job, str], None], clock: Clock) -> None:
    job = added()
    end(claimed(job), "for some reason")
    clock.move(timedelta(days=365))
    assert outbox.claim([job.id], LEASE) == []


def test_a_leased_job_is_free_again_when_its_lease_ended(clock: Clock) -> None:
    job = added()
    claimed(job)
    clock.move(LEASE)
    assert outbox.claim([job.id], LEASE) == []
    clock.move(MICROSECOND)
    assert claimed(job).attempts == 2


def test_of_three_claims_at_once_exactly_one_wins(together: Together) -> None:
    jobs = [added(), added()]
    ids = [job.id for job in jobs]
    answers = together(*[lambda: outbox.claim(ids, LEASE)] * 3)
    assert sorted(len(answer) for answer in answers) == [0, 0, 2]
    assert [again(job).attempts for job in jobs] == [1, 1]


# Ending


def test_a_finished_job_says_how_it_ended_and_is_never_due(clock: Clock) -> None:
    job = claimed(added())
    clock.move(timedelta(seconds=2))
    outbox.finish(job, "awarded", note="the second of its kind")
    row = again(job)
    assert (row.state, row.outcome, row.reason) == (
        outbox.DONE, "awarded", "the second of its kind",
    )  # fmt: skip
    assert (row.due, row.lease, row.updated) == (None, None, clock.now)
    assert outbox.waiting() == 0


def test_a_failed_job_says_why(clock: Clock) -> None:
    job = claimed(added())
    outbox.fail(job, "the badge does not exist")
    row = again(job)
    assert (row.state, row.outcome, row.reason) == (
        outbox.FAILED, None, "the badge does not exist",
    )  # fmt: skip
    assert (row.due, row.lease) == (None, None)


def test_whoever_lost_the_lease_cannot_end_the_job_and_its_effects_do_not_count(
    clock: Clock,
) -> None:
    job = added()
    slow = claimed(job)
    clock.move(LEASE + MICROSECOND)
    quick = claimed(job)

    def effects() -> None:
        Image.create(slug="made twice")
        outbox.finish(slow, "awarded")

    with pytest.raises(LeaseLostError):
        transact(effects)
    assert Image.select().count() == 0
    for end in (outbox.fail, outbox.postpone):
        with pytest.raises(LeaseLostError):
            end(slow, "too late")
    assert again(job).lease == quick.lease
    outbox.finish(quick, "awarded")


def test_a_lease_that_ended_still_counts_while_nobody_took_over(clock: Clock) -> None:
    job = claimed(added())
    clock.move(timedelta(days=1))
    outbox.finish(job, "awarded")
    assert again(job).state == outbox.DONE


def test_a_job_ends_once() -> None:
    job = claimed(added())
    outbox.finish(job, "awarded")
    with pytest.raises(LeaseLostError):
        outbox.finish(job, "awarded")


def test_a_job_that_nobody_claimed_cannot_be_ended() -> None:
    job = added()
    with pytest.raises(LeaseLostError):
        outbox.finish(job, "awarded")
    assert again(job).state == outbox.RECEIVED


# What cannot be taken back


def test_whoever_takes_over_sees_that_sending_had_begun(clock: Clock) -> None:
    job = claimed(added())
    outbox.begin_sending(job)
    clock.move(LEASE + MICROSECOND)
    assert claimed(job).outcome == outbox.SENDING


def test_sending_does_not_begin_without_the_lease(clock: Clock) -> None:
    job = added()
    with pytest.raises(LeaseLostError):
        outbox.begin_sending(job)
    slow = claimed(job)
    clock.move(LEASE + MICROSECOND)
    quick = claimed(job)
    with pytest.raises(LeaseLostError):
        outbox.begin_sending(slow)
    assert again(job).outcome is None
    outbox.begin_sending(quick)


def test_a_sending_that_surely_failed_starts_anew(clock: Clock) -> None:
    job = claimed(added())
    outbox.begin_sending(job)
    outbox.postpone(job, "SES refused it")
    assert again(job).outcome is None
    clock.move(kinds.DEFAULT.first_delay + MICROSECOND)
    outbox.begin_sending(claimed(job))
    outbox.fail(again(job), "nobody knows")
    outbox.retry(job.id)
    assert claimed(job).outcome is None


# Trying again


def test_pauses_double_up_to_an_hour_and_then_it_is_given_up(clock: Clock) -> None:
    job = added()
    pauses = []
    while True:
        taken = claimed(job)
        if not outbox.postpone(taken, "S3 does not answer"):
            break
        row = again(job)
        assert (row.state, row.reason, row.lease) == (outbox.WAITING, "S3 does not answer", None)
        pauses.append((row.due - clock.now).total_seconds())
        clock.now = row.due + MICROSECOND
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1920, 3600]
    assert len(pauses) == kinds.DEFAULT.attempts - 1
    assert again(job).state == outbox.FAILED
    assert again(job).reason == "S3 does not answer (gave up after 10 attempts)"


def test_a_postponed_job_is_left_alone_until_its_pause_ended(clock: Clock) -> None:
    job = claimed(added())
    outbox.postpone(job, "S3 does not answer")
    outbox.mark_queued([job.id])  # the note of the first message comes late
    assert outbox.claim([job.id], timedelta(minutes=1)) == []  # so does a copy of it
    clock.move(kinds.DEFAULT.first_delay + MICROSECOND)
    assert len(outbox.claim([job.id], timedelta(minutes=1))) == 1


def test_jobs_that_cannot_be_woken_do_not_keep_others_waiting(clock: Clock) -> None:
    stuck = [added("award-mail").id for _ in range(3)]
    clock.move(MICROSECOND)
    other = added("award")
    clock.move(timedelta(hours=1))
    assert [call.job for call in outbox.overdue(limit=3)] == stuck
    clock.move(timedelta(minutes=1))
    assert outbox.overdue(limit=3)[0] == JobMessage(other.id, "award")


def test_a_postponed_job_is_called_for_when_its_pause_ends(
    clock: Clock, calls: list[JobMessage]
) -> None:
    job = claimed(added())
    calls.clear()
    outbox.postpone(job, "S3 does not answer")
    assert calls == [JobMessage(job.id, "review", clock.now + kinds.DEFAULT.first_delay)]


def test_a_job_that_waits_for_word_is_called_for_when_that_is_due(
    clock: Clock, calls: list[JobMessage]
) -> None:
    job = claimed(added("award-mail"))
    calls.clear()
    outbox.await_confirmation(job, timedelta(minutes=10), "waiting for SES")
    assert calls == [JobMessage(job.id, "award-mail", clock.now + timedelta(minutes=10))]


def test_nobody_is_called_for_a_job_that_was_given_up(calls: list[JobMessage]) -> None:
    job = claimed(added())
    calls.clear()
    outbox.fail(job, "no")
    assert calls == []


def test_after_a_start_all_are_called_for_when_they_are_due(clock: Clock) -> None:
    written, waiting = added(), claimed(added("award"))
    outbox.postpone(waiting, "S3 does not answer")
    assert outbox.unfinished() == [
        JobMessage(written.id, "review"),
        JobMessage(waiting.id, "award", clock.now + kinds.DEFAULT.first_delay),
    ]


def test_a_postponed_job_is_also_found_by_the_sweeper(clock: Clock) -> None:
    job = claimed(added())
    outbox.postpone(job, "S3 does not answer")
    assert outbox.overdue() == []
    clock.move(kinds.DEFAULT.first_delay + MICROSECOND)
    assert outbox.overdue() == [JobMessage(job.id, "review")]


def test_a_failed_job_starts_over_when_somebody_asks(clock: Clock, calls: list[JobMessage]) -> None:
    job = added()
    outbox.fail(claimed(job), "no")
    calls.clear()
    assert outbox.retry(job.id) is True
    assert calls == [JobMessage(job.id, "review")]
    row = again(job)
    assert (row.state, row.attempts) == (outbox.RECEIVED, 0)
    assert row.due == clock.now + outbox.UNSENT_AFTER
    outbox.finish(claimed(job), "awarded")


def test_only_failed_jobs_start_over(calls: list[JobMessage]) -> None:
    waiting, working, done = added(), added(), added()
    taken = claimed(working)
    outbox.finish(claimed(done), "awarded")
    calls.clear()
    assert [outbox.retry(job.id) for job in (waiting, working, done)] == [False] * 3
    assert outbox.retry(999_999) is False
    assert calls == []
    assert again(working).lease == taken.lease


def test_a_delivery_starts_over_whether_it_was_taken_or_failed(
    clock: Clock, calls: list[JobMessage]
) -> None:
    taken, failed = (claimed(added("delivery")) for _ in range(2))
    outbox.finish(taken, "delivered")
    outbox.fail(failed, "The receiver answered 410")
    calls.clear()
    for job in (taken, failed):
        assert outbox.redeliver(job.id) is True
        row = again(job)
        assert (row.state, row.attempts, row.outcome) == (outbox.RECEIVED, 0, None)
        assert row.due == clock.now + outbox.UNSENT_AFTER
    assert again(failed).reason == "The receiver answered 410"
    assert calls == [JobMessage(taken.id, "delivery"), JobMessage(failed.id, "delivery")]


def test_a_delivery_under_way_does_not_start_over(calls: list[JobMessage]) -> None:
    written, working, waiting = added("delivery"), claimed(added("delivery")), added("delivery")
    outbox.postpone(claimed(waiting), "The receiver answered 502")
    calls.clear()
    assert [outbox.redeliver(job.id) for job in (written, working, waiting)] == [False] * 3
    assert [again(job).state for job in (written, working, waiting)] == [
        outbox.RECEIVED, outbox.WORKING, outbox.WAITING,
    ]  # fmt: skip
    assert calls == []


@pytest.mark.parametrize("kind", ["review", "award", "award-mail", "revocation-mail"])
def test_what_must_happen_once_does_not_start_over(kind: str) -> None:
    job = claimed(added(kind))
    outbox.finish(job, "mailed")
    assert outbox.redeliver(job.id) is False
    assert again(job).outcome == "mailed"


def test_of_two_who_start_a_delivery_over_one_calls(
    calls: list[JobMessage], together: Together
) -> None:
    job = claimed(added("delivery"))
    outbox.finish(job, "delivered")
    calls.clear()
    answers = together(lambda: outbox.redeliver(job.id), lambda: outbox.redeliver(job.id))
    assert sorted(answers) == [False, True]
    assert calls == [JobMessage(job.id, "delivery")]


def test_jobs_are_found_by_their_ids() -> None:
    job = added()
    assert outbox.by_ids([]) == {}
    assert outbox.by_ids([job.id, 999_999]) == {job.id: job}


# Sweeping


@pytest.mark.parametrize("engine", [MARIADB])  # SQLite lets nobody in between
def test_what_was_ended_while_it_was_looked_for_is_left_alone(
    clock: Clock, database: peewee.Database, together: Together
) -> None:
    job = added()
    taken = claimed(job)
    clock.move(timedelta(hours=1))

    def hook(event: Any) -> None:
        if event.sql.startswith("SELECT") and "`due`" in event.sql:
            database.query_hooks.remove(hook)
            together(lambda: outbox.finish(taken, "done"))

    database.query_hooks.append(hook)
    assert outbox.overdue() == [JobMessage(job.id, "review")]
    assert (again(job).state, again(job).due) == (outbox.DONE, None)


def test_what_nobody_is_at_is_overdue_the_longest_waiting_first(clock: Clock) -> None:
    lost_before_sending = added("review")
    lost_in_the_queue = added("award")
    outbox.mark_queued([lost_in_the_queue.id])
    died_at_work = added("award-mail")
    claimed(died_at_work, timedelta(minutes=5))
    outbox.finish(claimed(added()), "awarded")
    outbox.fail(claimed(added()), "no")
    assert outbox.overdue() == []
    clock.move(outbox.UNSENT_AFTER + MICROSECOND)
    assert outbox.overdue() == [JobMessage(lost_before_sending.id, "review")]
    clock.move(timedelta(days=1))
    assert outbox.overdue() == [
        JobMessage(lost_before_sending.id, "review"),
        JobMessage(died_at_work.id, "award-mail"),
        JobMessage(lost_in_the_queue.id, "award"),
    ]
    assert outbox.overdue(limit=1) == [JobMessage(lost_before_sending.id, "review")]
    assert outbox.waiting() == 3


def test_nothing_waits_in_an_empty_outbox() -> None:
    assert (outbox.waiting(), outbox.overdue()) == (0, [])
