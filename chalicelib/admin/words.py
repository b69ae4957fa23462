"""What the activity page calls things, and which colour each state has."""

from __future__ import annotations

from chalicelib.badges import events, outbox
from chalicelib.data.models import Event, Job

_ACTIONS = {
    "review": "Review",
    "award": "Award",
    "revoke": "Revocation",
    "milestone": "Milestone",
    "issue": "Issue",
}
_SOURCES = {events.WEBHOOK: "Webhook", events.OWN: "This deployment"}
_STEPS = {
    "review": "Act on the review",
    "award": "Make the badge",
    "revocation": "Withdraw the badge",
    "issue": "Award the badge",
    "award-mail": "Tell the earner",
    "revocation-mail": "Tell the earner",
    "feedback-mail": "Send the feedback",
    "delivery": "Deliver the webhook",
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

LEGEND = (
    ("waiting", "received, queued", "It waits for its turn, or for another try."),
    ("working", "working", "It is being done right now."),
    ("working", "waiting", "It waits for another try, or for word of whether its mail was sent."),
    ("done", "awarded, mailed, …", "It is done; the word says how it ended."),
    ("person", LEFT_TO_A_PERSON, "BadgeKit decides nothing here; somebody may."),
    ("failed", "failed", "It was given up. The reason says why; retry it when that is mended."),
    ("ignored", "ignored", "Nothing is done about such an event."),
)


def action(event: Event) -> str:
    """Return what an event is called."""
    return _ACTIONS.get(event.action, event.action)


def source(event: Event) -> str:
    """Return where an event comes from."""
    return _SOURCES.get(event.source, event.source)


def step(job: Job) -> str:
    """Return what a job is there to do."""
    return _STEPS.get(job.kind, job.kind)


def state(job: Job) -> str:
    """Return how far a job is; of one that is done, how it ended."""
    return job.outcome or job.state if job.state == outbox.DONE else job.state


def tone(job: Job) -> str:
    """Return the tone, and thereby the colour and sign, of a job's state."""
    return "person" if state(job) == LEFT_TO_A_PERSON else _TONES[job.state]
