"""What the pages of activity call things, and which colour each state has."""

from __future__ import annotations

from chalicelib.data.models import Event, Job
from chalicelib.domain.events import events
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

ACTIONS = {
    "review": _("Review"),
    "award": _("Award"),
    "revoke": _("Revocation"),
    "milestone": _("Milestone"),
    "issue": _("Issue"),
}
_SOURCES = {events.WEBHOOK: _("Webhook"), events.LOCAL: _("This deployment")}
_TONES = {
    outbox.RECEIVED: "waiting",
    outbox.QUEUED: "waiting",
    outbox.WORKING: "working",
    outbox.WAITING: "working",
    outbox.DONE: "done",
    outbox.FAILED: "failed",
}
# How jobs may stand, and how they may end: translated where they are shown.
_STATES = (
    _("received"), _("queued"), _("working"), _("waiting"), _("done"), _("failed"), _("awarded"),
    _("already awarded"), _("baked"), _("mailed"), _("revoked"), _("delivered"), _("not approved"),
    _("not needed"), _("left to a person"),
)  # fmt: skip
LEFT_TO_A_PERSON = "left to a person"

_LEGEND = (
    ("waiting", _("received, queued"), _("It waits for its turn, or for another try.")),
    ("working", _("working"), _("It is being done right now.")),
    (
        "working", _("waiting"),
        _("It waits for another try, or for word of whether its mail was sent."),
    ),
    ("done", _("awarded, mailed, …"), _("It is done; the word says how it ended.")),
    ("person", LEFT_TO_A_PERSON, _("BadgeKit decides nothing here; somebody may.")),
    (
        "failed", _("failed"),
        _("It was given up. The reason says why; retry it when that is mended."),
    ),
    ("ignored", _("ignored"), _("Nothing is done about such an event.")),
)  # fmt: skip


def actions() -> list[tuple[str, str]]:
    """Return the kinds of events that can be looked for, with what they are called."""
    return [(name, gettext(text)) for name, text in ACTIONS.items()]


def action(event: Event) -> str:
    """Return what an event is called."""
    return _told(ACTIONS, event.action)


def source(event: Event) -> str:
    """Return where an event comes from."""
    return _told(_SOURCES, event.source)


def step(job: Job) -> str:
    """Return what a job is there to do."""
    kind = kinds.BY_NAME.get(job.kind)
    return gettext(kind.label) if kind else job.kind


def _told(names: dict[str, str], name: str) -> str:
    """Return what something is called, or its own name where it is none of ours."""
    return gettext(names[name]) if name in names else name


def state(job: Job) -> str:
    """Return how far a job is; of one that is done, how it ended."""
    return gettext(_state(job))


def _state(job: Job) -> str:
    return job.outcome or job.state if job.state == outbox.DONE else job.state


def tone(job: Job) -> str:
    """Return the tone, and thereby the colour and sign, of a job's state."""
    return "person" if _state(job) == LEFT_TO_A_PERSON else _TONES[job.state]


def legend() -> list[tuple[str, str, str]]:
    """Return what the states mean: tone, word and meaning."""
    return [(tone, gettext(text), gettext(meaning)) for tone, text, meaning in _LEGEND]
