"""One row for each Lambda function, from which the template, alarms and tests are generated.

The queues are in `chalicelib/queues.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.queues import AWARDS, ISSUING, MAILS, OUTBOX, QUEUES, WEBHOOKS, Queue
from infra.aws import iam
from infra.aws.iam import Statement

# The visibility timeout, as a multiple of the consumer's timeout, as AWS recommends.
VISIBILITY_FACTOR = 6
DEAD_LETTERS_KEPT_DAYS = 14


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    Parameters
    ----------
    handler : str
        Name in `app.py`.
    resource : str
        Logical ID that Chalice assigns.
    suffix : str
        End of its name, after the stage.
    memory : int
        Memory in MB, to which Lambda scales its processor share.
    seconds : int
        Timeout.
    rights : Sequence[Statement]
        Its permissions. `template.py` adds those to write its log, read the settings, consume its
        queue, invoke the courier and join the database's network.
    at_once : int
        Maximum number of concurrent invocations for its queue.
    wakes_the_database : bool
        Whether its schedule would keep a database awake that pauses when idle.
    makes_requests : bool
        Whether it makes HTTP requests to other hosts; inside a VPC the courier makes them.
    is_courier : bool
        Whether it is the courier, which exists only with a VPC, outside of it, without settings.
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
        """The function's name, for `Fn::Sub`."""
        return "badgekit-${Stage}-" + self.suffix

    @property
    def consumes(self) -> Queue | None:
        """The queue that triggers it, if any."""
        return next((queue for queue in QUEUES if queue.consumer == self.handler), None)

    @property
    def log_group(self) -> str:
        """The logical ID of its log group."""
        return f"{self.resource}Log"

    @property
    def role(self) -> str:
        """The logical ID of its role."""
        return f"{self.resource}Role"


def _ids(queues: Sequence[Queue]) -> tuple[str, ...]:
    return tuple(queue.resource for queue in queues)


# Callers wait for 20 seconds (`chalicelib/aws/session.py`), including cold starts.
COURIER = Function("courier", "Courier", "courier", 512, 15, is_courier=True)
MIGRATE = Function("migrate", "Migrate", "migrate", 512, 300, rights=(iam.make_secrets(),))
FUNCTIONS: tuple[Function, ...] = (
    # API Gateway waits for 29 seconds. This function renders pages and checks images.
    Function(
        "app", "APIHandler", "http", 1024, 29,
        rights=(
            iam.send_messages(*_ids(OUTBOX)),
            *iam.redrive_dead_letters(_ids(OUTBOX), tuple(queue.dead for queue in OUTBOX)),
            iam.objects("Pictures", "Get Put", "images"),
            iam.objects("Awards", "Get", "awards"),  # presigned links use this permission
            iam.objects("Uploads", "Get Put Delete", "uploads"),
            iam.list_bucket(),
            iam.send_mail(events=False),  # sign-in links
        ),
        makes_requests=True,  # shared templates, and another BadgeKit API
    ),
    Function(
        "issue", "Issue", "issue", 512, 60,
        rights=(iam.send_messages(*_ids((ISSUING, AWARDS, MAILS, WEBHOOKS))),),
        makes_requests=True,
    ),
    Function(
        "award", "Award", "award", 512, 60,
        rights=(
            iam.send_messages(*_ids((AWARDS, MAILS, WEBHOOKS))),
            iam.objects("Pictures", "Get Put", "images"),
            iam.objects("Awards", "Put", "awards"),
            iam.list_bucket(),
        ),
        makes_requests=True,
    ),
    Function(
        "mail", "Mail", "mail", 512, 60,
        rights=(iam.send_messages(*_ids((MAILS,))), iam.send_mail(events=True)),
        at_once=2,  # SES limits new accounts to one mail a second
    ),
    Function(
        "deliver", "Deliver", "deliver", 512, 60,
        rights=(iam.send_messages(*_ids((WEBHOOKS,))),),
        makes_requests=True,
    ),
    Function("mail_event", "MailEvent", "mail-event", 512, 60, at_once=2),
    Function(
        "sweep", "Sweep", "sweep", 256, 60,
        rights=(iam.send_messages(*_ids(OUTBOX)),),
        wakes_the_database=True,
    ),
    Function(
        "tidy", "Tidy", "tidy", 256, 300,
        rights=(
            iam.objects("Pictures", "Delete", "images"),
            iam.send_messages(*_ids((ISSUING,))),  # reading from another BadgeKit API
        ),
    ),
    COURIER,
    MIGRATE,
)  # fmt: skip


def visibility(queue: Queue) -> int:
    """Return a queue's visibility timeout in seconds."""
    (consumer,) = (one for one in FUNCTIONS if one.handler == queue.consumer)
    return VISIBILITY_FACTOR * consumer.seconds
