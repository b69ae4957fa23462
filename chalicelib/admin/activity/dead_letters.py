"""The dead-letters page: messages that workers could not process, and redriving them.

A message either wakes a worker for a job, or holds a parked webhook. Redriving one whose job has
ended, or whose webhook was saved, changes nothing, so redriving all of them is always safe.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.activity import wording
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import responses
from chalicelib.aws import queues
from chalicelib.aws.queues import QueueError
from chalicelib.data.models import Job
from chalicelib.domain.jobs import kinds, messages, outbox, parked_webhooks
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.queues import BY_SETTING, OUTBOX

PATH = "/activity/dead-letters"
MOST = 1000  # messages redriven in a request
SECONDS = 10.0  # for all queues together; the function's timeout is 29
LONGEST_SHOWN = 200
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/_=.~-]{24,}")

_PROBLEMS = {
    "AccessDenied": _(
        "AWS denied access. This deployment’s role needs sqs:GetQueueAttributes, "
        "sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:ChangeMessageVisibility, and sqs:DeleteMessage "
        "for the dead-letter queue, and sqs:SendMessage for the queue itself."
    ),
    "NonExistentQueue": _(
        "This queue doesn’t exist in AWS. Check the setting and the redrive policy."
    ),
    "unset": _("This queue isn’t configured. Set its URL in the deployment’s settings."),
    "other": _("AWS returned an error: %(code)s. Try again later."),
}


@dataclass(frozen=True)
class Message:
    """A dead letter, as shown on the page.

    Parameters
    ----------
    sent : datetime
        When it was first sent.
    job : Job or None
        The job that it wakes.
    text : str
        Its content, shortened, when it names no existing job.
    means : str
        The effect of redriving it.
    """

    sent: datetime
    job: Job | None
    text: str
    means: str


@dataclass
class Line:
    """A queue with its dead letters, or several queues that share a dead-letter queue.

    Shared dead letters are redriven to the first of the queues: any worker can process any job.

    Parameters
    ----------
    setting : str
        The setting that names the queue.
    url : str
        The queue's URL; empty when the setting is unset.
    dead : DeadLetters or None
        Its dead-letter queue.
    letters : list[Letter]
        Some of the dead letters.
    problem : str
        The message of an error in reading the queue.
    sharing : list[str]
        The settings of the other queues that share its dead-letter queue.
    """

    setting: str
    url: str = ""
    dead: queues.DeadLetters | None = None
    letters: list[queues.Letter] = field(default_factory=list)
    problem: str = ""
    sharing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The queue's own name."""
        return self.url.rpartition("/")[2]

    @property
    def title(self) -> str:
        """The queue's title, or the titles of all queues that share it."""
        settings = [self.setting, *self.sharing]
        return " · ".join(gettext(BY_SETTING[name].title) for name in settings)

    @property
    def count(self) -> int:
        """Approximate number of dead letters."""
        return max(self.dead.number, len(self.letters)) if self.dead else 0


def show(visit: Visit) -> Response:
    """Show the dead letters of each queue."""
    return _page(visit, {})


def redrive(visit: Visit) -> Response:
    """Redrive the dead letters of a queue, or of all queues."""
    setting = visit.form.text("queue")
    lines = [line for line in _lines() if setting in ("", line.setting)]
    if not lines:
        raise NotFound(f"There is no queue {setting[:64]}")
    until, moved, is_all, problems = time.monotonic() + SECONDS, 0, True, {}
    for line in lines:
        try:
            if line.url and (dead := queues.dead_letters_of(line.url)):
                most = min(MOST - moved, dead.number or queues.BATCH)
                count = queues.redrive(dead, line.url, most=most, seconds=until - time.monotonic())
                moved += count
                is_all = is_all and count >= dead.number
        except QueueError as problem:
            problems[line.setting] = _explained(problem.code)
    if problems:
        return _page(visit, problems, 503)
    notice = "redriven" if is_all else "redriven-some"
    return responses.to(PATH, notice if moved else "nothing-redriven")


def _page(visit: Visit, problems: dict[str, str], status: int = 200) -> Response:
    lines = list(_peek_into(_lines()))
    for line in lines:
        line.problem = problems.get(line.setting, line.problem)
    jobs = outbox.by_ids(
        [number for line in lines for letter in line.letters if (number := _job_id(letter.body))]
    )
    messages = {
        line.setting: [_message(letter, jobs) for letter in line.letters] for line in lines
    }  # fmt: skip
    return responses.page(
        visit, "dead-letters", status, lines=lines, messages=messages, words=wording,
        total=sum(line.count for line in lines),
    )  # fmt: skip


def _lines() -> Iterator[Line]:
    """Yield a line for each queue of jobs."""
    for queue in OUTBOX:
        yield Line(queue.setting, config.settings().optional(queue.setting) or "")


def _peek_into(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines with their dead letters, one line per dead-letter queue."""
    seen: dict[str, Line] = {}
    for line in lines:
        try:
            line.dead = queues.dead_letters_of(line.url) if line.url else None
            if line.dead and line.dead.url in seen:
                seen[line.dead.url].sharing.append(line.setting)
                continue
            if line.dead:
                seen[line.dead.url] = line
                line.letters = queues.peek(line.dead)
        except QueueError as problem:
            line.problem = _explained(problem.code)
        if not line.url:
            line.problem = _explained("unset")
        yield line


def _explained(code: str) -> str:
    """Return the message for an error code of AWS, or for ``unset``."""
    name = code.rpartition(".")[2].removesuffix("Exception")  # "AWS.SimpleQueueService.…"
    name = {"QueueDoesNotExist": "NonExistentQueue"}.get(name, name)
    return gettext(_PROBLEMS.get(name, _PROBLEMS["other"])).replace("%(code)s", code[:100])


def _job_id(body: str) -> int | None:
    """Return the id of the job that a message wakes, or None when workers cannot parse it."""
    message = messages.parse(body, kinds.BY_NAME)
    return message and message.job


def _message(letter: queues.Letter, jobs: dict[int, Job]) -> Message:
    if parked_webhooks.parse(letter.body):
        text = gettext("A webhook that arrived while the database was unavailable.")
        means = gettext("Redriving it saves it. If it was saved before, nothing changes.")
        return Message(letter.sent, None, text, means)
    number = _job_id(letter.body)
    if number is None:
        means = gettext("Workers can’t read it. Redriving it brings it back here.")
        return Message(letter.sent, None, _shortened(letter.body), means)
    if job := jobs.get(number):
        return Message(letter.sent, job, "", _meaning(job))
    means = gettext("Its job no longer exists. Redriving it removes it.")
    return Message(letter.sent, None, _shortened(letter.body), means)


def _meaning(job: Job) -> str:
    if job.state == outbox.DONE:
        return gettext("Its job is done. Redriving it changes nothing.")
    if job.state == outbox.FAILED:
        return gettext("Its job failed. Redriving it changes nothing: retry the job instead.")
    return gettext("Redriving it wakes a worker for its job.")


def _shortened(body: str) -> str:
    """Return the beginning of an unknown message, without anything that may be a secret."""
    text = "".join(c if c.isprintable() else " " for c in body[: LONGEST_SHOWN * 4])
    text = _LIKE_A_SECRET.sub("…", text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
