"""One row for each SQS queue. To add a queue, add a row, and its consumer to `app.py`.

The settings, the consumers, the page of dead letters, the stack, the local AWS and the benchmarks
are all made from these rows. They stand in the base, because `config` needs them, too.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _


class Queue(NamedTuple):
    """An SQS queue; it has a dead-letter queue of its own.

    Parameters
    ----------
    suffix : str
        How its name ends, after ``badgekit-`` (in AWS: after the stage).
    resource : str
        Its logical id in the CloudFormation template.
    consumer : str
        The function in `app.py` that Lambda calls with its messages.
    setting : str
        The setting that holds its URL. Empty: we never send to it.
    carries : str
        What the documentation of the setting says.
    title : str
        What the page of dead letters calls it.
    batch : int
        How many messages the consumer gets at once, at most.
    deliveries : int
        How often a message is delivered before it becomes a dead letter.
    late_minutes : int
        How old the oldest message may get before an alarm is raised.
    """

    suffix: str
    resource: str
    consumer: str
    setting: str = ""
    carries: str = ""
    title: str = ""
    batch: int = 10
    deliveries: int = 5
    late_minutes: int = 15

    @property
    def name(self) -> str:
        """Its name outside of a stage: in `app.py`, locally and in tests."""
        return f"badgekit-{self.suffix}"

    @property
    def dead(self) -> str:
        """The logical id of its dead-letter queue."""
        return f"{self.resource}Dead"


ISSUING = Queue(
    "issuing", "IssuingQueue", consumer="issue",
    setting="ISSUING_QUEUE_URL",
    carries="SQS queue for jobs that process reviews, revocations, and issue requests.",
    title=_("Reviews, issuing, and revocations"),
    # It also buffers webhooks while the database is unavailable: 100 deliveries last ten hours.
    deliveries=100,
)  # fmt: skip
AWARDS = Queue(
    "awards", "AwardQueue", consumer="award",
    setting="AWARD_QUEUE_URL",
    carries="SQS queue for jobs that bake awards.",
    title=_("Badge baking"),
)  # fmt: skip
MAILS = Queue(
    "mails", "MailQueue", consumer="mail",
    setting="MAIL_QUEUE_URL",
    carries="SQS queue for jobs that send emails.",
    title=_("Emails"),
)  # fmt: skip
WEBHOOKS = Queue(
    "webhooks", "WebhookQueue", consumer="deliver",
    setting="WEBHOOK_QUEUE_URL",
    carries="SQS queue for jobs that deliver webhooks.",
    title=_("Webhook deliveries"),
    late_minutes=60,
)  # fmt: skip
MAIL_EVENTS = Queue("mail-events", "MailEventQueue", consumer="mail_event")  # SES sends to it

QUEUES = (ISSUING, AWARDS, MAILS, WEBHOOKS, MAIL_EVENTS)
OUTBOX = tuple(queue for queue in QUEUES if queue.setting)  # the queues that we send to
BY_SETTING = {queue.setting: queue for queue in OUTBOX}
