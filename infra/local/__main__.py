"""`make run`: the whole product on this machine, in one process."""

from __future__ import annotations

import email
import email.policy
import errno
import os
import signal
import sys
from typing import Any

from chalicelib import config
from chalicelib.queues import OUTBOX, QUEUES
from infra import catalogs
from infra.local.aws_mocks import StandIns, arn_of
from infra.local.event_sources import DAY_SECONDS, SWEEP_SECONDS, Pump, Schedule, Workers
from infra.local.http_server import Front
from infra.local.mailbox import PREFIX, MailboxPages, links_in, text_of
from infra.local.state import ADMINISTRATOR, State

STOPPING = {signal.SIGINT, signal.SIGTERM}


def announce_mail(raw: bytes) -> None:
    """Print who got which mail, and the links in it."""
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    lines = [f"✉ {mail['From']} to {mail['To']}: {mail['Subject']}", *links_in(text_of(mail))]
    # Whoever wrote the subject must not speak to the terminal.
    shown = ["".join(c for c in line if c.isprintable()) for line in lines]
    print("\n" + "\n  ".join(shown), flush=True)


def lock(state: State) -> Any:
    """Keep other runs off the same folder; return what must stay open.

    Raises
    ------
    SystemExit
        If another run uses it.
    """
    import fcntl

    state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (state.folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Another run uses {state.folder}; stop it, or set LOCAL_STATE to another folder")
    return file


def prepare_database(settings: config.Settings) -> None:
    """Bring the tables up to date, and have the system that this deployment works for."""
    from chalicelib.data.connection import transact
    from chalicelib.data.migrate import migrate
    from chalicelib.data.models import System

    migrate()
    if settings.optional("OPENBADGER_URL"):
        return
    slug = settings.text("OPENBADGER_SYSTEM")
    values = {
        "name": "BadgeKit",
        "url": settings.text("PERSONA_AUDIENCE"),
        "email": settings.text("MAIL_FROM"),
    }
    transact(lambda: System.get_or_create(slug=slug, defaults=values))


def free_orphans() -> None:
    """End the leases of the last run's workers, which nobody holds any more."""
    from chalicelib import times
    from chalicelib.data.connection import transact
    from chalicelib.data.models import Job
    from chalicelib.domain.jobs import outbox

    orphans = Job.update(due=times.now()).where(Job.state == outbox.WORKING)
    transact(orphans.execute)


def wake_everything() -> None:
    """Send messages for all jobs that have not ended: the last run's queues are gone."""
    from chalicelib.domain.jobs import outbox
    from chalicelib.pipeline import relay

    relay.publish(outbox.unfinished())


def greet(front: Front, state: State, settings: config.Settings) -> None:
    """Say where to go and how to sign in."""
    base = settings.text("PERSONA_AUDIENCE").rstrip("/")
    print(f"\nBadgeKit runs at {base}")
    if not settings.is_set("ACCESS_LIST") or ADMINISTRATOR in settings.text("ACCESS_LIST").replace(
        "\\", ""
    ):
        print(f"Sign in as {ADMINISTRATOR} at {base}/signin:")
        print(f"  the link is printed here, and stands in {front.url}{PREFIX}")
    else:
        print(f"Sign in at {base}/signin; mails stand in {front.url}{PREFIX}")
    print(f"Everything is kept in {state.folder} (the API's secrets in config.json there)")
    print("Ctrl-C stops it.")
    sys.stdout.flush()


def main() -> None:
    """Run until Ctrl-C."""
    # Waited for, not handled: a handler could find the very lock taken that it needs.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        state = State(sys.argv[1:], dict(os.environ))
        locked = lock(state)
        settings = state.settings()
        port = settings.integer("PORT")
    except config.SettingError as problem:
        sys.exit(str(problem))
    catalogs.compile_all()
    stand_ins = StandIns(state.folder, announce_mail)
    stand_ins.start()
    urls = stand_ins.furnish(settings.text("IMAGE_BUCKET"), settings.text("MAIL_FROM"))

    import app
    from chalicelib import wiring

    settings = state.settings({queue.setting: urls[queue.name] for queue in OUTBOX})
    wiring.install(settings)
    prepare_database(settings)
    pumps = [
        Pump(urls[queue.name], arn_of(urls[queue.name]), getattr(app, queue.consumer))
        for queue in QUEUES
    ]
    schedules = [
        Schedule("sweep", app.sweep, SWEEP_SECONDS),
        Schedule("tidy", app.tidy, DAY_SECONDS),
    ]
    workers = Workers(pumps, schedules)
    pages = MailboxPages(stand_ins.mailbox.folder)
    try:
        front = Front(port, app.app, pages, tuple(app.app.api.binary_types))
    except OSError as problem:
        stand_ins.stop()
        taken = problem.errno == errno.EADDRINUSE
        sys.exit(
            f"Port {port} is taken; choose another: make run ARGS='--port 3456'"
            if taken
            else f"Port {port} cannot be used: {problem.strerror}"
        )
    free_orphans()
    front.start()
    workers.start()
    greet(front, state, settings)
    wake_everything()

    signal.sigwait(STOPPING)
    print("\nStopping …", flush=True)
    front.stop()
    workers.stop()
    stand_ins.stop()
    locked.close()


if __name__ == "__main__":
    main()
