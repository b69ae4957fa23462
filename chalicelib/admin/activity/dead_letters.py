"""The dead-letters page: messages that workers could not process, and redriving them.

A message is a wake-up call for a job and no more, or a webhook that was parked. Moving one for a
job that has ended, or for a webhook that was written down, changes nothing, so sending all of them
back is always safe.
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
from chalicelib.domain.jobs import messages, outbox, parked_webhooks
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

PATH = "/activity/dead-letters"
MOST = 1000  # messages at a time
SECONDS = 10.0  # for all queues together; the function that answers has 30
LONGEST_SHOWN = 200
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/_=.~-]{24,}")

_TITLES = {
    "ISSUING_QUEUE_URL": _("Reviews, issuing, and revocations"),
    "AWARD_QUEUE_URL": _("Badge baking"),
    "MAIL_QUEUE_URL": _("Emails"),
    "WEBHOOK_QUEUE_URL": _("Webhook deliveries"),
}
_TROUBLE = {
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
    """A dead letter, as it is shown.

    Parameters
    ----------
    sent : datetime
        When it was sent first.
    job : Job or None
        Which job it wakes.
    text : str
        What it says, shortened, where it names no job of ours.
    means : str
        What moving it does.
    """

    sent: datetime
    job: Job | None
    text: str
    means: str


@dataclass
class Line:
    """One of our queues with its dead letters, or several that share a dead-letter queue.

    What they share goes back to the first of them: any worker can act on any job.

    Parameters
    ----------
    setting : str
        The setting that names it.
    url : str
        Where it is; empty when the setting is not set.
    dead : DeadLetters or None
        Its dead-letter queue.
    letters : list[Letter]
        Some of the messages in there.
    trouble : str
        Why nothing more is known of it, in words.
    sharing : list[str]
        The settings of the other queues whose dead letters are among these.
    """

    setting: str
    url: str = ""
    dead: queues.DeadLetters | None = None
    letters: list[queues.Letter] = field(default_factory=list)
    trouble: str = ""
    sharing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The queue's own name."""
        return self.url.rpartition("/")[2]

    @property
    def title(self) -> str:
        """What the queue is for."""
        settings = [self.setting, *self.sharing]
        return " · ".join(gettext(_TITLES.get(name, name)) for name in settings)

    @property
    def count(self) -> int:
        """About how many dead letters there are."""
        return max(self.dead.number, len(self.letters)) if self.dead else 0


def show(visit: Visit) -> Response:
    """Show the dead letters of each queue."""
    return _page(visit, {})


def redrive(visit: Visit) -> Response:
    """Move dead letters of a queue, or of all, back to where they came from."""
    wanted = visit.form.text("queue")
    lines = [line for line in _lines() if wanted in ("", line.setting)]
    if not lines:
        raise NotFound(f"There is no queue {wanted[:64]}")
    until, moved, is_all, trouble = time.monotonic() + SECONDS, 0, True, {}
    for line in lines:
        try:
            if line.url and (dead := queues.dead_letters_of(line.url)):
                most = min(MOST - moved, dead.number or queues.BATCH)
                now = queues.redrive(dead, line.url, most=most, seconds=until - time.monotonic())
                moved += now
                is_all = is_all and now >= dead.number
        except QueueError as problem:
            trouble[line.setting] = _explained(problem.code)
    if trouble:
        return _page(visit, trouble, 503)
    notice = "redriven" if is_all else "redriven-some"
    return responses.to(PATH, notice if moved else "nothing-redriven")


def _page(visit: Visit, trouble: dict[str, str], status: int = 200) -> Response:
    lines = list(_peek_into(_lines()))
    for line in lines:
        line.trouble = trouble.get(line.setting, line.trouble)
    jobs = outbox.known(
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
    """Return our queues, as the settings name them."""
    for setting in config.SETTINGS:
        if setting.name.endswith("_QUEUE_URL"):
            yield Line(setting.name, config.settings().optional(setting.name) or "")


def _peek_into(lines: Iterable[Line]) -> Iterator[Line]:
    """Return the lines with what is in their dead-letter queues, each of which is one line's."""
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
            line.trouble = _explained(problem.code)
        if not line.url:
            line.trouble = _explained("unset")
        yield line


def _explained(code: str) -> str:
    name = code.rpartition(".")[2].removesuffix("Exception")  # "AWS.SimpleQueueService.…"
    name = {"QueueDoesNotExist": "NonExistentQueue"}.get(name, name)
    return gettext(_TROUBLE.get(name, _TROUBLE["other"])).replace("%(code)s", code[:100])


def _job_id(body: str) -> int | None:
    """Return which job a message wakes, or None when workers cannot read it."""
    call = messages.read(body, wording.STEPS)
    return call and call.job


def _message(letter: queues.Letter, jobs: dict[int, Job]) -> Message:
    if parked_webhooks.read(letter.body):
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
    """Return the beginning of a message of somebody else's, without what might be a secret."""
    text = "".join(c if c.isprintable() else " " for c in body[: LONGEST_SHOWN * 4])
    text = _LIKE_A_SECRET.sub("…", text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
