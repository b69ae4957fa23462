"""One row for each Lambda function: the template, the alarms and the tests are made from them.

The queues are in `chalicelib/queues.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.queues import AWARDS, ISSUING, MAILS, OUTBOX, QUEUES, WEBHOOKS, Queue
from infra.aws import iam
from infra.aws.iam import Statement

# A message stays hidden for several time-outs of its consumer, as AWS recommends.
VISIBILITY_FACTOR = 6
DEAD_LETTERS_KEPT_DAYS = 14


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
        Its permissions, besides writing its log and reading the settings.
    at_once : int
        How many instances may work on its queue at the same time.
    wakes_the_database : bool
        Whether its schedule would keep a database awake that could pause.
    makes_requests : bool
        Whether it makes HTTP requests to others; inside a VPC the courier makes them.
    is_courier : bool
        Whether it is the courier: deployed only with a VPC, but outside of it, without settings.
    """

    handler: str
    resource: str
    suffix: str
    memory: int
    seconds: int
    rights: Sequence[Statement] = ()
    at_once: int = 5
    wakes_the_database: bool = False
    makes_requests: bool = False
    is_courier: bool = False

    @property
    def name(self) -> str:
        """Its name, for `Fn::Sub`."""
        return "badgekit-${Stage}-" + self.suffix

    @property
    def consumes(self) -> Queue | None:
        """The queue that it consumes, if any."""
        return next((queue for queue in QUEUES if queue.consumer == self.handler), None)

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
        makes_requests=True,
    ),
    Function(
        "award", "Award", "award", 512, 60,
        rights=(
            iam.wake(*_ids((AWARDS, MAILS, WEBHOOKS))),
            iam.objects("Pictures", "Get", "images"),
            iam.objects("Awards", "Put", "awards"),
            iam.tell_missing(),
        ),
        makes_requests=True,
    ),
    Function(
        "mail", "Mail", "mail", 512, 60,
        rights=(iam.wake(*_ids((MAILS,))), iam.send_mail(events=True)),
        at_once=2,  # SES lets new accounts send one mail a second
    ),
    Function(
        "deliver", "Deliver", "deliver", 512, 60,
        rights=(iam.wake(*_ids((WEBHOOKS,))),),
        makes_requests=True,
    ),
    Function("mail_event", "MailEvent", "mail-event", 512, 60, at_once=2),
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
    """Return a queue's visibility time-out, in seconds."""
    (consumer,) = (one for one in FUNCTIONS if one.handler == queue.consumer)
    return VISIBILITY_FACTOR * consumer.seconds
