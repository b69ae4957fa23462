"""One row for each SQS queue. To add a queue, add a row, and its consumer to `app.py`.

The settings, consumers, dead-letters page, stack, local AWS mocks and benchmarks use these rows.
The module is in the base because `config` imports it.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.i18n import gettext_noop as _


class Queue(NamedTuple):
    """An SQS queue with its own dead-letter queue.

    Parameters
    ----------
    suffix : str
        End of its name, after ``badgekit-`` (in AWS: after the stage).
    resource : str
        Its logical id in the CloudFormation template.
    consumer : str
        The function in `app.py` that processes its messages.
    setting : str
        The setting that holds its URL. Empty if BadgeKit never sends to it.
    carries : str
        The setting's description in the documentation.
    title : str
        Its title on the dead-letters page.
    batch : int
        The most messages in one call of the consumer.
    deliveries : int
        Number of deliveries after which a message becomes a dead letter.
    late_minutes : int
        Age of the oldest message, in minutes, that raises an alarm.
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
        """The queue's name without a stage: in `app.py`, locally and in tests."""
        return f"badgekit-{self.suffix}"

    @property
    def dead(self) -> str:
        """The logical id of the dead-letter queue."""
        return f"{self.resource}Dead"


ISSUING = Queue(
    "issuing", "IssuingQueue", consumer="issue",
    setting="ISSUING_QUEUE_URL",
    carries="SQS queue for jobs that process reviews, revocations, and issue requests, and that read from another BadgeKit API.",
    title=_("Reviews, issuing, and revocations"),
    # It also buffers webhooks while the database is unavailable: 100 deliveries last ten hours.
    deliveries=100,
)  # fmt: skip
AWARDS = Queue(
    "awards", "AwardQueue", consumer="award",
    setting="AWARD_QUEUE_URL",
    carries="SQS queue for jobs that bake awards and copy images.",
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
