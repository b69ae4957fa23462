"""Reads systems, issuers, programs and badges from another BadgeKit API, and mirrors them here.

A reading is a chain of events with a job each, so that it is bounded, retried and shown on the
Activity page as all work is. An event holds what is still to be read, as a stack of pages: those
below an owner come before the next page of its siblings, so that the stack stays short.

Nothing is deleted here because it is missing there. A badge that was listed before and no longer
exists there is archived, since the API can no longer award it; each is asked for by itself first,
because pages shift when something is deleted meanwhile. Owners keep their rows, and the settings
say which ones the API no longer lists.

Source: badgekit-api 0.2.22, `docs/systems.md`, `docs/badges.md` and `app/lib/send-paginated.js`.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import config, times
from chalicelib.data.connection import transact, transactional
from chalicelib.data.models import Badge, Event, Issuer, Job, Owner, Program, System
from chalicelib.domain.badges import badges
from chalicelib.domain.events import events
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners import owners
from chalicelib.errors import NotFound, Unavailable
from chalicelib.registry import listing, mirror
from chalicelib.registry.api_client import ApiClient, badge_path, owners_path, reference_to

log = logging.getLogger("badgekit")

PAGE = 50  # rows that are asked for at once
MISSING = "missing"  # not a list of the API: the badges that it did not list
READ, CONTINUED = "read", "to be continued"  # outcomes of the jobs
_TABLES: Mapping[str, Any] = {"systems": System, "issuers": Issuer, "programs": Program}
_BELOW = {"systems": ("issuers", "badges"), "issuers": ("programs",)}


class Step(NamedTuple):
    """A page to read.

    Parameters
    ----------
    what : str
        ``systems``, ``issuers``, ``programs``, ``badges`` or `MISSING`.
    slugs : tuple[str, ...]
        Of the owners that it is below.
    page : int
        Its number; for `MISSING`, the id of the last badge that was asked for.
    """

    what: str
    slugs: tuple[str, ...] = ()
    page: int = 1


@dataclass
class Progress:
    """How far a reading has come.

    Parameters
    ----------
    started : datetime
        When it began: what was listed earlier and not since is missing there.
    steps : list[Step]
        What is still to be read, the last first.
    found : Counter[str]
        How many of each kind were read, and how many badges were archived.
    """

    started: datetime = field(default_factory=times.now)
    steps: list[Step] = field(default_factory=lambda: [Step(MISSING, page=0), Step("systems")])
    found: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Return it as the event's body."""
        return {"started": times.iso(self.started), "steps": self.steps, "found": self.found}

    @classmethod
    def of(cls, event: Event) -> Progress:
        """Return the progress that an event holds."""
        body = json.loads(event.body)
        steps = [Step(what, tuple(slugs), page) for what, slugs, page in body["steps"]]
        return cls(times.parse(body["started"]), steps, Counter(body["found"]))

    def summary(self) -> str:
        """Return what was read, for the Activity page and the settings."""
        counts = [f"{name}: {self.found[name]}" for name in (*_TABLES, "badges")]
        if gone := self.found["archived"]:
            counts.append(f"archived, because the API no longer has them: {gone}")
        text = "; ".join(counts)
        return text[:1].upper() + text[1:]


class Status(NamedTuple):
    """The latest reading.

    Parameters
    ----------
    is_running : bool
        Whether it goes on.
    failed : str or None
        Why it failed, or why its last attempt did.
    summary : str or None
        What the last complete one read.
    finished, started : datetime or None
        When the last complete one ended, and began.
    """

    is_running: bool
    failed: str | None
    summary: str | None
    finished: datetime | None
    started: datetime | None


def url() -> str | None:
    """Return the URL of the other API, or None if the badges live here."""
    return config.settings().optional("OPENBADGER_URL") or None


@transactional
def request() -> bool:
    """Request a reading, unless one goes on or there is no other API; return whether it is new."""
    running = Job.select(Job.id).where(Job.kind == kinds.READING, Job.due.is_null(False))
    if not url() or running.exists():
        return False
    events.request_reading(Progress().to_json())
    return True


@transactional
def request_first() -> bool:
    """Request a reading if there was none yet."""
    if not url() or Job.select(Job.id).where(Job.kind == kinds.READING).exists():
        return False
    return request()


@transactional
def status() -> Status:
    """Return the status of the latest reading."""
    readings: Any = Job.select(Job, Event).join(Event).where(Job.kind == kinds.READING)
    newest = readings.order_by(Job.id.desc()).first()
    last = readings.where(Job.outcome == READ).order_by(Job.id.desc()).first()
    is_running = newest is not None and newest.due is not None
    is_done = newest is None or newest.state == outbox.DONE
    return Status(
        is_running,
        None if is_done else newest.reason,
        last.reason if last else None,
        last.updated if last else None,
        Progress.of(last.event).started if last else None,
    )


def read_on(job: Job, has_time: Callable[[], bool]) -> None:
    """Continue the reading of a job's event and finish the job; what is left is another job.

    Parameters
    ----------
    job : Job
        The job.
    has_time : Callable[[], bool]
        Whether to begin another page.

    Raises
    ------
    Unavailable, NotAuthorized
        If nothing could be read now.
    """
    if not url():
        outbox.finish(job, "not needed", note="OPENBADGER_URL is unset: the badges live here")
        return
    progress = Progress.of(_event(job))
    _Reader(ApiClient(url() or ""), progress).read(has_time)

    def work() -> None:
        if progress.steps:
            events.request_reading(progress.to_json())
        outcome = CONTINUED if progress.steps else READ
        outbox.finish(job, outcome, note=progress.summary())

    transact(work)


def _event(job: Job) -> Event:
    if job.event is None:
        raise TypeError(f"job {job.id} has no event")
    return job.event


class _Reader:
    """Takes steps of a reading."""

    def __init__(self, api: ApiClient, progress: Progress) -> None:
        self._api = api
        self._progress = progress

    def read(self, has_time: Callable[[], bool]) -> None:
        """Take steps until none is left or the time is over; those that fail are left for later.

        Raises
        ------
        Unavailable
            If all that were tried failed.
        """
        progress = self._progress
        failed: list[Step] = []
        problem: Unavailable | None = None
        taken = 0
        while progress.steps and (has_time() or not taken):
            step = progress.steps[-1]
            if step.what == MISSING and failed:
                break  # not everything was listed
            progress.steps.pop()
            try:
                progress.steps += self._take(step)
                taken += 1
            except Unavailable as error:
                log.warning("%s cannot be read: %s", step, error.message)
                failed.append(step)
                problem = problem or error
                if not has_time():
                    break
        if problem is not None and not taken:
            raise problem
        # After all others, but before the missing ones, which take that everything was listed.
        progress.steps[1:1] = failed

    def _take(self, step: Step) -> list[Step]:
        """Read a page; return the steps that it leads to."""
        if step.what == MISSING:
            return self._archive_missing(step)
        path = f"{owners_path(*step.slugs)}/{step.what}?page={step.page}&count={PAGE}"
        archived = "&archived=any" if step.what == "badges" else ""
        try:
            response = self._api.call("GET", path + archived)
            outer = owners.scope(*step.slugs).innermost if step.slugs else None
        except NotFound:  # deleted meanwhile
            return []
        rows = mirror.objects(response, step.what)
        more = bool(rows) and _has_more(response, step.page)
        following = [step._replace(page=step.page + 1)] if more else []
        for row in rows:
            following += self._mirror(step, outer, row)
        self._progress.found[step.what] += len(rows)
        return following

    def _mirror(self, step: Step, outer: Owner | None, content: Mapping[str, Any]) -> list[Step]:
        """Mirror one row of a list, which is of an owner; return the lists below it."""
        whole = {**content, "imageUrl": self._api.image_url(content.get("imageUrl"))}
        if step.what == "badges":
            listing.badge(whole)
            return []
        inside = {type(outer)._meta.name: outer} if outer else {}
        row = listing.owner(_TABLES[step.what], whole, inside)
        return [Step(what, (*step.slugs, row.slug)) for what in _BELOW.get(step.what, ()) if row]

    def _archive_missing(self, step: Step) -> list[Step]:
        """Ask for badges that were listed before and not now; archive those that are gone."""
        if not self._progress.found["systems"]:  # another API, perhaps, or an empty one
            return []
        missing = _missing(self._progress.started, step.page)
        for badge in missing:
            try:
                found = self._api.call("GET", badge_path(reference_to(badge))).get("badge")
            except NotFound:
                with contextlib.suppress(NotFound):  # deleted here meanwhile
                    badges.archive(badge, True)
                    self._progress.found["archived"] += 1
            else:
                if isinstance(found, dict):
                    self._mirror(Step("badges"), None, found)
        return [step._replace(page=missing[-1].id)] if missing else []


@transactional
def _missing(since: datetime, after: int) -> list[Badge]:
    """Return badges that can be awarded, and were listed before a moment, but not since."""
    found: Any = Badge.select().where(
        Badge.listed < since, Badge.id > after, Badge.live(), Badge.with_archived(False)
    )
    return list(found.order_by(Badge.id).limit(PAGE))


def _has_more(response: Mapping[str, Any], page: int) -> bool:
    """Return whether a list has further pages; an API without pages sends everything at once."""
    about = response.get("pageData")
    total = about.get("total") if isinstance(about, dict) else None
    return isinstance(total, int) and total > page * PAGE
