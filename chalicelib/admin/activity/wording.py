"""What the pages of activity call things, and which colour each state has."""

from __future__ import annotations

from chalicelib.data.models import Event, Job
from chalicelib.domain.events import events
from chalicelib.domain.jobs import outbox
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
STEPS = {
    "review": _("Process review"),
    "award": _("Bake badge"),
    "revocation": _("Revoke award"),
    "issue": _("Award badge"),
    "award-mail": _("Email earner"),
    "revocation-mail": _("Email earner"),
    "feedback-mail": _("Email feedback"),
    "delivery": _("Deliver webhook"),
}
_TONES = {
    outbox.RECEIVED: "waiting",
    outbox.QUEUED: "waiting",
    outbox.WORKING: "working",
    outbox.WAITING: "working",
    outbox.DONE: "done",
    outbox.FAILED: "failed",
}
LEFT_TO_A_PERSON = "left to a person"
# States and outcomes of jobs, as their rows have them, and what people read.
_STATES = {
    outbox.RECEIVED: _("received"),
    outbox.QUEUED: _("queued"),
    outbox.WORKING: _("in progress"),
    outbox.WAITING: _("waiting"),
    outbox.DONE: _("done"),
    outbox.FAILED: _("failed"),
    "awarded": _("awarded"),
    "already awarded": _("already awarded"),
    "baked": _("baked"),
    "baked before": _("already baked"),
    "mailed": _("emailed"),
    "revoked": _("revoked"),
    "delivered": _("delivered"),
    "not approved": _("not approved"),
    "not needed": _("not needed"),
    LEFT_TO_A_PERSON: _("manual"),
}

_LEGEND = (
    ("waiting", _("received, queued"), _("Waiting for its turn or for another attempt.")),
    ("working", _("in progress"), _("Running right now.")),
    (
        "working", _("waiting"),
        _("Waiting to retry, or for confirmation that an email was sent."),
    ),
    ("done", _("awarded, emailed, …"), _("Done, with this result.")),
    ("person", _("manual"), _("BadgeKit takes no action. A person decides what happens next.")),
    ("failed", _("failed"), _("Gave up. Fix the cause shown with the job, then retry.")),
    ("ignored", _("ignored"), _("This event needs no action.")),
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
    return _told(STEPS, job.kind)


def _told(names: dict[str, str], name: str) -> str:
    """Return what something is called, or its own name where it is none of ours."""
    return gettext(names[name]) if name in names else name


def state(job: Job) -> str:
    """Return how far a job is; of one that is done, how it ended."""
    return _told(_STATES, _state(job))


def _state(job: Job) -> str:
    return job.outcome or job.state if job.state == outbox.DONE else job.state


def tone(job: Job) -> str:
    """Return the tone, and thereby the colour and sign, of a job's state."""
    return "person" if _state(job) == LEFT_TO_A_PERSON else _TONES[job.state]


def legend() -> list[tuple[str, str, str]]:
    """Return what the states mean: tone, word and meaning."""
    return [(tone, gettext(text), gettext(meaning)) for tone, text, meaning in _LEGEND]
