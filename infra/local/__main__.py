"""`make run`: the whole product on this machine, in one process."""

from __future__ import annotations

import email
import email.policy
import errno
import os
import signal
import sys
from contextlib import ExitStack
from typing import Any

if __name__ == "__main__":
    # Ctrl-C while the modules below are imported ends the process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from chalicelib import config
from chalicelib.queues import OUTBOX, QUEUES
from infra import catalogs
from infra.local.aws_mocks import AwsMocks, arn_of
from infra.local.event_sources import DAY_SECONDS, SWEEP_SECONDS, EventSource, Schedule, Workers
from infra.local.http_server import HttpServer
from infra.local.mailbox import PREFIX, MailboxPages, links_in, text_of
from infra.local.state import ADMINISTRATOR, State

STOPPING = {signal.SIGINT, signal.SIGTERM}


def announce_mail(raw: bytes) -> None:
    """Print who got which mail, and the links in it."""
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    lines = [f"✉ {mail['From']} to {mail['To']}: {mail['Subject']}", *links_in(text_of(mail))]
    # A subject must not contain control characters for the terminal.
    shown = ["".join(c for c in line if c.isprintable()) for line in lines]
    print("\n" + "\n  ".join(shown), flush=True)


def lock(state: State) -> Any:
    """Keep other runs off the same folder; return what must stay open.

    Raises
    ------
    SystemExit
        If another run uses it, or it cannot be written to.
    """
    import fcntl

    try:
        state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (state.folder / "lock").open("w")
    except OSError as problem:
        sys.exit(
            f"{state.folder} cannot be used: {problem.strerror}; set LOCAL_STATE to another folder"
        )
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Another run uses {state.folder}; stop it, or set LOCAL_STATE to another folder")
    return file


def prepare_database(settings: config.Settings) -> None:
    """Bring the tables up to date, and have the system that this deployment works for.

    Raises
    ------
    SystemExit
        If the database cannot be used.
    """
    from peewee import OperationalError

    from chalicelib.data.connection import transact
    from chalicelib.data.migrate import migrate
    from chalicelib.data.models import System

    try:
        migrate()
    except OperationalError as problem:
        sys.exit(f"The database cannot be used: {problem.args[-1]}; see the settings DATABASE_*")
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
    """End the leases of the last run's workers, which no longer exist."""
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


def greet(front: HttpServer, state: State, settings: config.Settings) -> None:
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


def port_of(settings: config.Settings) -> int:
    """Return the port to listen on.

    Raises
    ------
    SettingError
        If there is no such port.
    """
    port = settings.integer("PORT")
    if not 0 < port < 65536:
        raise config.SettingError("the setting PORT must be a number from 1 to 65535")
    return port


def listen(port: int, stand_ins: AwsMocks) -> HttpServer:
    """Return the front, listening on its port.

    Raises
    ------
    SystemExit
        If the port cannot be had.
    """
    import app

    pages = MailboxPages(stand_ins.mailbox.folder)
    try:
        return HttpServer(port, app.app, pages, tuple(app.app.api.binary_types))
    except OSError as problem:
        taken = problem.errno == errno.EADDRINUSE
        sys.exit(
            f"Port {port} is taken; choose another: make run ARGS='--port 3456'"
            if taken
            else f"Port {port} cannot be used: {problem.strerror}"
        )


def workers_of(urls: dict[str, str]) -> Workers:
    """Return what takes messages out of the queues, and what is called from time to time.

    Parameters
    ----------
    urls : dict[str, str]
        The queues' URLs, by the queues' names.
    """
    import app

    sources = [
        EventSource(urls[queue.name], arn_of(urls[queue.name]), getattr(app, queue.consumer))
        for queue in QUEUES
    ]
    schedules = [
        Schedule("sweep", app.sweep, SWEEP_SECONDS),
        Schedule("tidy", app.tidy, DAY_SECONDS),
    ]
    return Workers(sources, schedules)


def run(state: State) -> None:
    """Start everything, wait for Ctrl-C, and stop what was started, the last thing first."""
    settings = state.settings()
    port = port_of(settings)
    catalogs.compile_all()
    with ExitStack() as started:
        stand_ins = AwsMocks(state.folder, announce_mail)
        stand_ins.start()
        started.callback(stand_ins.stop)
        urls = stand_ins.furnish(settings.text("IMAGE_BUCKET"), settings.text("MAIL_FROM"))

        import app  # noqa: F401  # it installs settings of its own, which ours replace
        from chalicelib import wiring

        settings = state.settings({queue.setting: urls[queue.name] for queue in OUTBOX})
        wiring.install(settings)
        front = listen(port, stand_ins)
        prepare_database(settings)
        free_orphans()
        workers = workers_of(urls)
        workers.start()
        started.callback(workers.stop)
        front.start()
        started.callback(front.stop)
        greet(front, state, settings)
        wake_everything()

        signal.sigwait(STOPPING)
        print("\nStopping …", flush=True)


def main() -> None:
    """Run until Ctrl-C."""
    # Waited for, not handled: a handler could find the very lock taken that it needs.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        state = State(sys.argv[1:], dict(os.environ))
        with lock(state):
            run(state)
    except config.SettingError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
