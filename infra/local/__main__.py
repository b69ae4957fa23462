"""`make run`: runs the whole product on this machine, in one process."""

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
from infra.local import damage
from infra.local.aws_mocks import AwsMocks, queue_arn
from infra.local.event_sources import DAY_SECONDS, SWEEP_SECONDS, EventSource, Schedule, Workers
from infra.local.http_server import HttpServer
from infra.local.mailbox import PREFIX, MailboxPages, links_in, text_of
from infra.local.state import ADMINISTRATOR, State
from infra.local.stopping import Stopping

HELP = """Run the whole product on this machine: make run ARGS='--port 3456'

  --port NUMBER     the port to listen on (3000)
  --SETTING VALUE   any other setting; docs/settings.md lists all

All data is kept in .local, or in the folder that the environment variable LOCAL_STATE names.
Ctrl-C stops it."""


def print_mail(raw: bytes) -> None:
    """Print a mail's sender, recipient, subject and links."""
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    lines = [f"✉ {mail['From']} to {mail['To']}: {mail['Subject']}", *links_in(text_of(mail))]
    # Drop control characters, which the terminal would interpret.
    shown = ["".join(c for c in line if c.isprintable()) for line in lines]
    print("\n" + "\n  ".join(shown), flush=True)


def lock(state: State) -> Any:
    """Lock the folder against other runs; return the lock file, which must stay open.

    Raises
    ------
    SystemExit
        If another run uses the folder, or it is not writable.
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
    """Migrate the database, and create the deployment's system if it does not exist.

    Raises
    ------
    SystemExit
        If the database cannot be used.
    """
    from chalicelib.data.connection import transact
    from chalicelib.data.models import System

    damage.migrate_or_exit(settings)
    if settings.optional("OPENBADGER_URL"):
        return
    slug = settings.text("OPENBADGER_SYSTEM")
    values = {
        "name": "BadgeKit",
        "url": settings.text("PERSONA_AUDIENCE"),
        "email": settings.text("MAIL_FROM"),
    }
    transact(lambda: System.get_or_create(slug=slug, defaults=values))


def release_leases() -> None:
    """End the leases of the last run's workers, which no longer exist."""
    from chalicelib import times
    from chalicelib.data.connection import transact
    from chalicelib.data.models import Job
    from chalicelib.domain.jobs import outbox

    leased = Job.update(due=times.now()).where(Job.state == outbox.WORKING)
    transact(leased.execute)


def requeue_jobs() -> None:
    """Send messages for all unfinished jobs, since the last run's queues no longer exist."""
    from chalicelib.domain.jobs import outbox
    from chalicelib.pipeline import relay

    relay.publish(outbox.unfinished())


def print_welcome(server: HttpServer, state: State, settings: config.Settings) -> None:
    """Print the URL and how to sign in."""
    base = settings.text("PERSONA_AUDIENCE").rstrip("/")
    print(f"\nBadgeKit runs at {base}")
    if not settings.is_set("ACCESS_LIST") or ADMINISTRATOR in settings.text("ACCESS_LIST").replace(
        "\\", ""
    ):
        print(f"Sign in as {ADMINISTRATOR} at {base}/signin:")
        print(f"  the link is printed here, and appears in {server.url}{PREFIX}")
    else:
        print(f"Sign in at {base}/signin; mails appear in {server.url}{PREFIX}")
    print(f"All data is kept in {state.folder} (the API's secrets in config.json there)")
    print("Press Ctrl-C to stop.")
    sys.stdout.flush()


def port_of(settings: config.Settings) -> int:
    """Return the port to listen on.

    Raises
    ------
    SettingError
        If it is not a valid port.
    """
    port = settings.integer("PORT")
    if not 0 < port < 65536:
        raise config.SettingError("the setting PORT must be a number from 1 to 65535")
    return port


def listen(port: int, mocks: AwsMocks) -> HttpServer:
    """Return the HTTP server, listening on a port.

    Raises
    ------
    SystemExit
        If the port cannot be used.
    """
    import app

    pages = MailboxPages(mocks.mailbox.folder)
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
    """Return the event sources of all queues, and the schedules.

    Parameters
    ----------
    urls : dict[str, str]
        The queues' URLs by name.
    """
    import app

    sources = [
        EventSource(urls[queue.name], queue_arn(urls[queue.name]), getattr(app, queue.consumer))
        for queue in QUEUES
    ]
    schedules = [
        Schedule("sweep", app.sweep, SWEEP_SECONDS),
        Schedule("tidy", app.tidy, DAY_SECONDS),
    ]
    return Workers(sources, schedules)


def run(state: State, stopping: Stopping) -> None:
    """Start everything, wait for Ctrl-C, and stop everything in reverse order."""
    settings = state.settings()
    port = port_of(settings)
    damage.check_folders(state.folder)
    catalogs.compile_all()
    with ExitStack() as started:
        mocks = AwsMocks(state.folder, print_mail)
        mocks.start()
        started.callback(mocks.stop)
        urls = mocks.create_resources(settings.text("IMAGE_BUCKET"), settings.text("MAIL_FROM"))

        import app  # noqa: F401  # first, since it installs settings of its own
        from chalicelib import wiring

        settings = state.settings({queue.setting: urls[queue.name] for queue in OUTBOX})
        wiring.install(settings)
        server = listen(port, mocks)
        prepare_database(settings)
        release_leases()
        workers = workers_of(urls)
        workers.start()
        started.callback(workers.stop)
        server.start()
        started.callback(server.stop)
        stopping.ready()
        print_welcome(server, state, settings)
        requeue_jobs()

        stopping.wait()


def main() -> None:
    """Run until Ctrl-C."""
    if {"-h", "--help"} & {*sys.argv[1:]}:
        print(HELP)
        return
    stopping = Stopping()
    try:
        state = State(sys.argv[1:], dict(os.environ))
        with lock(state):
            run(state, stopping)
    except config.SettingError as problem:
        sys.exit(str(problem))
    except OSError as problem:
        sys.exit(damage.words(problem))


if __name__ == "__main__":
    main()
