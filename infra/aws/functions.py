"""One table of the queues and the functions: what the template, the alarms and the tests are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.aws import iam
from infra.aws.iam import Statement

# Whoever works on a message may take all of its time-out, several times, before it is shown again.
VISIBILITY_FACTOR = 6
DEAD_LETTERS_KEPT_DAYS = 14


@dataclass(frozen=True)
class Queue:
    """A queue, which has a dead-letter queue of its own.

    Parameters
    ----------
    resource : str
        Its logical id in the template; the dead-letter queue's is `dead`.
    suffix : str
        How its name ends, after the stage.
    setting : str or None
        Which setting holds its address.
    late_minutes : int
        How old its oldest message may be before somebody should look.
    deliveries : int
        How often a message is tried before it is a dead letter.
    """

    resource: str
    suffix: str
    setting: str | None = None
    late_minutes: int = 15
    deliveries: int = 5

    @property
    def dead(self) -> str:
        """The logical id of its dead-letter queue."""
        return f"{self.resource}Dead"


# It also holds webhooks that wait for a database that is away: ten hours of tries.
ISSUING = Queue("IssuingQueue", "issuing", "ISSUING_QUEUE_URL", deliveries=100)
AWARDS = Queue("AwardQueue", "awards", "AWARD_QUEUE_URL")
MAILS = Queue("MailQueue", "mails", "MAIL_QUEUE_URL")
WEBHOOKS = Queue("WebhookQueue", "webhooks", "WEBHOOK_QUEUE_URL", late_minutes=60)
MAIL_EVENTS = Queue("MailEventQueue", "mail-events")

QUEUES = (ISSUING, AWARDS, MAILS, WEBHOOKS, MAIL_EVENTS)
OUTBOX = tuple(queue for queue in QUEUES if queue.setting)  # those that we send to


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    Parameters
    ----------
    handler : str
        Its name in `app.py`.
    resource : str
        The logical id that Chalice gives it.
    suffix : str
        How its name ends, after the stage.
    memory : int
        In MB; the share of a processor goes with it.
    seconds : int
        Its time-out.
    rights : Sequence[Statement]
        What it may do, besides writing its log and reading the settings.
    consumes : Queue or None
        Which queue's messages it gets.
    batch : int
        How many at once, at the most.
    at_once : int
        How many of it may run for that queue at the same time.
    wakes_the_database : bool
        Whether its schedule would keep a database awake that could sleep.
    makes_requests : bool
        Whether it makes requests to others; in a network of ours the courier makes them.
    is_courier : bool
        Whether it is that one: there only with such a network, outside of it, without settings.
    """

    handler: str
    resource: str
    suffix: str
    memory: int
    seconds: int
    rights: Sequence[Statement] = ()
    consumes: Queue | None = None
    batch: int = 10
    at_once: int = 5
    wakes_the_database: bool = False
    makes_requests: bool = False
    is_courier: bool = False

    @property
    def name(self) -> str:
        """Its name, for `Fn::Sub`."""
        return "badgekit-${Stage}-" + self.suffix

    @property
    def log_group(self) -> str:
        """The logical id of its log group."""
        return f"{self.resource}Log"

    @property
    def role(self) -> str:
        """The logical id of its role."""
        return f"{self.resource}Role"


def _ids(queues: Sequence[Queue]) -> tuple[str, ...]:
    return tuple(queue.resource for queue in queues)


FUNCTIONS: tuple[Function, ...] = (
    # API Gateway waits for 29 seconds. Pages are drawn and pictures looked through here.
    Function(
        "app", "APIHandler", "http", 1024, 29,
        rights=(
            iam.wake(*_ids(OUTBOX)),
            *iam.look_after(_ids(OUTBOX), tuple(queue.dead for queue in OUTBOX)),
            iam.objects("Pictures", "Get Put", "images"),
            iam.objects("Awards", "Get", "awards"),  # links to them carry this right
            iam.objects("Uploads", "Get Put Delete", "uploads"),
            iam.tell_missing(),
            iam.send_mail(events=False),  # links to sign in with
        ),
        makes_requests=True,  # templates of others, and another BadgeKit API
    ),
    Function(
        "issue", "Issue", "issue", 512, 60,
        rights=(iam.wake(*_ids((ISSUING, AWARDS, MAILS, WEBHOOKS))),),
        consumes=ISSUING, makes_requests=True,
    ),
    Function(
        "award", "Award", "award", 512, 60,
        rights=(
            iam.wake(*_ids((AWARDS, MAILS, WEBHOOKS))),
            iam.objects("Pictures", "Get", "images"),
            iam.objects("Awards", "Put", "awards"),
            iam.tell_missing(),
        ),
        consumes=AWARDS, makes_requests=True,
    ),
    Function(
        "mail", "Mail", "mail", 512, 60,
        rights=(iam.wake(*_ids((MAILS,))), iam.send_mail(events=True)),
        consumes=MAILS, at_once=2,  # SES lets new accounts send one mail a second
    ),
    Function(
        "deliver", "Deliver", "deliver", 512, 60,
        rights=(iam.wake(*_ids((WEBHOOKS,))),),
        consumes=WEBHOOKS, makes_requests=True,
    ),
    Function("mail_event", "MailEvent", "mail-event", 512, 60, consumes=MAIL_EVENTS, at_once=2),
    Function(
        "sweep", "Sweep", "sweep", 256, 60,
        rights=(iam.wake(*_ids(OUTBOX)),),
        wakes_the_database=True,
    ),
    Function(
        "tidy", "Tidy", "tidy", 256, 300,
        rights=(iam.objects("Pictures", "Delete", "images"),),
    ),
    # Its callers wait for 20 seconds (`chalicelib/aws/session.py`), cold starts included.
    Function("courier", "Courier", "courier", 512, 15, is_courier=True),
    Function("migrate", "Migrate", "migrate", 512, 300, rights=(iam.make_secrets(),)),
)  # fmt: skip
COURIER, MIGRATE = FUNCTIONS[-2:]


def visibility(queue: Queue) -> int:
    """Return for how many seconds a message is hidden while somebody works on it."""
    (consumer,) = (one for one in FUNCTIONS if one.consumes is queue)
    return VISIBILITY_FACTOR * consumer.seconds
