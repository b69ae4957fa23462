"""Labels of events, jobs and states, and the color of each state."""

from __future__ import annotations

from chalicelib.data.models import Event, Job
from chalicelib.domain.awards import earner_mails
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
    "read": _("Reading"),
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
LEFT_TO_A_PERSON = "left to a person"
# Labels of the states and outcomes of jobs.
_STATES = {
    outbox.RECEIVED: _("received"),
    outbox.QUEUED: _("next in line"),
    outbox.WORKING: _("in progress"),
    outbox.WAITING: _("waiting"),
    outbox.DONE: _("done"),
    outbox.FAILED: _("failed"),
    "awarded": _("awarded"),
    "already awarded": _("already awarded"),
    "baked": _("baked"),
    "baked before": _("already baked"),
    "mailed": _("emailed"),
    earner_mails.BY_API: _("emailed by the API"),
    "revoked": _("revoked"),
    "delivered": _("delivered"),
    "read": _("read"),
    "to be continued": _("to be continued"),
    "not approved": _("not approved"),
    outbox.NOT_NEEDED: _("not needed"),
    LEFT_TO_A_PERSON: _("manual"),
}

_LEGEND = (
    ("waiting", _("received, next in line"), _("Waiting for its turn or for another attempt.")),
    ("working", _("in progress"), _("Running right now.")),
    (
        "working", _("waiting"),
        _("Waiting to retry, for its time, or for confirmation that an email was sent."),
    ),
    ("done", _("awarded, emailed, …"), _("Done, with this result.")),
    ("person", _("manual"), _("BadgeKit takes no action. A person decides what happens next.")),
    ("failed", _("failed"), _("Gave up. Fix the cause shown below it, then retry.")),
    ("ignored", _("ignored"), _("This event needs no action.")),
)  # fmt: skip


def actions() -> list[tuple[str, str]]:
    """Return the kinds of events that can be filtered by, with their labels."""
    return [(name, gettext(text)) for name, text in ACTIONS.items()]


def action(event: Event) -> str:
    """Return the label of an event's kind."""
    return _label(ACTIONS, event.action)


def source(event: Event) -> str:
    """Return the label of an event's source."""
    return _label(_SOURCES, event.source)


def step(job: Job) -> str:
    """Return the label of a job's kind."""
    kind = kinds.BY_NAME.get(job.kind)
    return gettext(kind.label) if kind else job.kind


def _label(labels: dict[str, str], name: str) -> str:
    """Return the label of a name, or the name itself if it is unknown."""
    return gettext(labels[name]) if name in labels else name


def state(job: Job) -> str:
    """Return the label of a job's state, or of its outcome when it is done."""
    return _label(_STATES, _state(job))


def _state(job: Job) -> str:
    return job.outcome or job.state if job.state == outbox.DONE else job.state


def tone(job: Job) -> str:
    """Return the tone of a job's state, which determines its color and icon."""
    return "person" if _state(job) == LEFT_TO_A_PERSON else _TONES[job.state]


def legend() -> list[tuple[str, str, str]]:
    """Return the legend of states: tone, label and meaning."""
    return [(tone, gettext(text), gettext(meaning)) for tone, text, meaning in _LEGEND]
