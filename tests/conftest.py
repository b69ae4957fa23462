"""What all tests share: isolation from this machine, both databases, a cloud and a clock.

Nothing here reaches the internet, and no test sees another's settings, rows, objects or messages.
"""

from __future__ import annotations

import email
import email.policy
import functools
import hashlib
import json
import logging
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import botocore.session
import peewee
import pytest
from botocore import loaders
from hypothesis import settings as profiles

from chalicelib import config, times, wiring
from chalicelib.aws import session
from chalicelib.data import connection
from chalicelib.data.migrate import migrate
from chalicelib.domain.jobs import outbox
from chalicelib.imaging import builtin
from chalicelib.net import messages
from chalicelib.queues import OUTBOX
from tests import lambdas, mariadb

if TYPE_CHECKING:
    from tests.pipeline.harness import Pipeline

COURIER = "badgekit-test-courier"
SQLITE, MARIADB = "sqlite", "mariadb"

SETTINGS = {
    "COOKIE_SECRET": "a-cookie-secret-that-only-the-tests-know",
    "OPENBADGER_SECRET": "a-master-secret-that-only-the-tests-know",
    "OPENBADGER_SYSTEM": "chicago",
    "API_SECRET": "a-user-api-secret-that-only-the-tests-know",
    "WEBHOOK_SECRET": "a-webhook-secret-that-only-the-tests-know",
    "PERSONA_AUDIENCE": "http://localhost:3000",
    "ACCESS_LIST": '[".+@admin\\\\.example\\\\.org"]',
    "MAIL_FROM": "badges@example.org",
}


# How hard Hypothesis tries

# Each is the `ci` profile that Hypothesis brings, without deadlines and the same in each run, with
# another number of examples; a test may set its own. `HYPOTHESIS_PROFILE` chooses for `make`, and
# pytest's `--hypothesis-profile` for one run.
CI = profiles.get_profile("ci")
PROFILES = {
    "dev": profiles(CI, max_examples=10),
    "ci": CI,
    "thorough": profiles(CI, max_examples=1000, derandomize=False),
}
for _name, _profile in PROFILES.items():
    profiles.register_profile(_name, _profile)
profiles.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# Which tests there are


# Folders whose tests all have a marker.
MARKED_FOLDERS = {
    "browser": "browser",
    "contract": "slow",
    "deployed": "deployed",
    "faults": "slow",
    "package": "package",
}

# The files that take longest, from twenty seconds up: begun last, they would keep one core busy
# while the others have nothing left to do.
LONG = (
    "browser/test_accessibility.py",
    "contract/test_schemathesis.py",
    "browser/test_studio.py",
    "local/test_whole_run.py",
    "contract/test_recorded_webhooks.py",
    "deployed/test_main_job.py",
    "faults/test_killed_anywhere.py",
    "browser/test_editor.py",
    "browser/test_administrator.py",
    "contract/test_replay.py",
    "openbadges/test_judge.py",
    "package/test_functions.py",
    "pipeline/handlers/test_issue_badge.py",
    "faults/test_deliveries.py",
)

LONGEST_VALUE = 24
LONGEST_ID = 80
# Schemathesis names its tests by the operations' methods and paths, which may be longer.
NAMED_BY_OTHERS = "contract/test_schemathesis.py"


def short_id(value: object) -> str:
    """Return a value as part of a test's name: a long one as its beginning and a digest."""
    text = value if isinstance(value, str) else ascii(value)
    if len(ascii(text)) <= LONGEST_VALUE + 2:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{ascii(text)[1:16]}...{digest[:6]}"


def pytest_make_parametrize_id(val: object) -> str | None:
    """Shorten long texts, bytes and numbers, and leave everything else to pytest."""
    if isinstance(val, str | bytes | int) and len(ascii(val)) > LONGEST_VALUE + 2:
        return short_id(val)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check the tests' names, mark whole folders and each test on MariaDB, and sort long files first.

    Of tests that share a name, xdist runs only one.
    """
    names = Counter(item.nodeid for item in items)
    if doubled := [name for name, count in names.items() if count > 1]:
        raise pytest.UsageError(f"several tests are called {doubled[0]}")
    here = Path(__file__).parent
    for item in items:
        long = len(item.nodeid.partition("[")[2]) > LONGEST_ID + len("]")
        if long and item.path != here / NAMED_BY_OTHERS:
            raise pytest.UsageError(f"shorten the id with short_id: {item.nodeid}")
        folder = item.path.relative_to(here).parts[0]
        if folder in MARKED_FOLDERS:
            item.add_marker(MARKED_FOLDERS[folder])
        if _is_on_mariadb(item.nodeid):
            item.add_marker(MARIADB)
    place = {here / file: number for number, file in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path, len(LONG)))


# What the report says of the MariaDB half


def _is_on_mariadb(nodeid: str) -> bool:
    return MARIADB in nodeid.partition("[")[2].rstrip("]").split("-")


def _mariadb_line() -> str:
    runs, why = mariadb.plan()
    if runs:
        return f"MariaDB half: runs on {why}"
    return f"MariaDB half: {'FAILS' if mariadb.is_required() else 'skipped'}: {why}"


def pytest_report_header() -> str:
    """Say before the tests whether the MariaDB half runs."""
    return _mariadb_line()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say it in quiet runs too, which have no header."""
    config_ = session.config
    reporter = config_.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and config_.get_verbosity() < 0 and not config_.option.collectonly:
        reporter.write_line(_mariadb_line())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say after the tests how many ran on MariaDB."""
    ran = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call" and _is_on_mariadb(report.nodeid)
    ]
    terminalreporter.write_line(f"MariaDB half: {len(ran)} tests ran")


# Isolation


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of one test: a dictionary to change, read anew at each use."""
    environ = {
        **SETTINGS,
        "DATABASE_DRIVER": "sqlite",
        "DATABASE_DATABASE": str(tmp_path / "unless-a-test-says-otherwise.db"),
    }
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-aws-credentials"),
    }.items():
        monkeypatch.setenv(name, value)
    # Chalice keeps an application's errors to itself and drops its warnings, unless told not to.
    monkeypatch.setattr(logging.getLogger("badgekit"), "propagate", True)
    wiring.install(
        config.Settings(environ=environ, file=tmp_path / "no-config.json"),
        publish=lambda messages: None,
        transport=None,
    )
    logging.getLogger("badgekit").setLevel(logging.NOTSET)
    session.forget()
    yield environ
    session.forget()
    config.use(None)
    _disconnect()


@pytest.fixture
def app(settings: dict[str, str]) -> Any:
    """The application, imported without its taking over the test's settings."""
    current, publish, transport = config.settings(), outbox.publish, messages.transport
    from app import app as front

    wiring.install(current, publish=publish, transport=transport)
    return front


# Databases


def _disconnect() -> None:
    proxy = connection.database
    if proxy.obj is not None:
        while proxy.in_transaction():  # of a test that failed inside one
            proxy.pop_transaction()
        proxy.close()
        proxy.initialize(None)


class MariaDB:
    """The tests' one database on MariaDB, migrated once and emptied for each test."""

    def __init__(self, address: mariadb.Address) -> None:
        self.address = address
        self._migrated = False

    def open(self) -> peewee.Database:
        where = self.address
        return connection.open_mysql(where.host, where.user, where.password, where.name)

    def fresh(self) -> peewee.Database:
        """Return the database with all tables and no rows."""
        if not self._migrated:
            connection.use(self.bare())
            migrate()
            _disconnect()
            self._migrated = True
        chosen = self.open()
        with chosen.connection_context():
            self._empty(chosen, [t for t in chosen.get_tables() if t != "schema_migration"])
        return chosen

    def bare(self) -> peewee.Database:
        """Return the database without any tables."""
        self._migrated = False
        chosen = self.open()
        with chosen.connection_context():
            chosen.execute_sql("SET foreign_key_checks = 0")
            for table in chosen.get_tables():
                chosen.execute_sql(f"DROP TABLE `{table}`")
        return chosen

    @staticmethod
    def _empty(chosen: peewee.Database, tables: list[str]) -> None:
        chosen.execute_sql("SET foreign_key_checks = 0, innodb_lock_wait_timeout = 5")
        looks = [f"(SELECT '{table}' FROM `{table}` LIMIT 1)" for table in tables]
        for (table,) in chosen.execute_sql(" UNION ALL ".join(looks)).fetchall():
            chosen.execute_sql(f"DELETE FROM `{table}`")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """The MariaDB half's server; without one its tests are skipped, or fail where it is a must."""
    runs, why = mariadb.plan()
    if not runs:
        if mariadb.is_required():
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    if address := mariadb.given():
        yield MariaDB(address)
        return
    program = mariadb.find()
    assert program is not None
    server = mariadb.Server(program)
    server.start()
    try:
        yield MariaDB(server.address)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    connection.use(connection.open_sqlite(str(path)))
    migrate()
    _disconnect()
    return path


@pytest.fixture(params=[SQLITE, MARIADB])
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database; a test that asks for a database runs on each."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(
    engine: str, settings: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> peewee.Database:
    """A migrated database without rows, in use; each test runs on SQLite and on MariaDB."""
    if engine == SQLITE:
        path = tmp_path / "badgekit.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        settings |= {"DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": str(path)}
        chosen = connection.open_sqlite(str(path))
        # No machine fails here: nothing has to wait until the disk has it.
        chosen.pragma("synchronous", "off", permanent=True)
        chosen.close()
    else:
        server: MariaDB = request.getfixturevalue("mariadb_server")
        settings |= server.address.environ()
        chosen = server.fresh()
    connection.use(chosen)
    return chosen


@pytest.fixture
def bare_database(
    engine: str, settings: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> peewee.Database:
    """A database without tables, in use; each test runs on SQLite and on MariaDB."""
    if engine == SQLITE:
        path = tmp_path / "bare.db"
        settings |= {"DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": str(path)}
        chosen = connection.open_sqlite(str(path))
    else:
        server: MariaDB = request.getfixturevalue("mariadb_server")
        settings |= server.address.environ()
        chosen = server.bare()
    connection.use(chosen)
    return chosen


@pytest.fixture
def statements(database: peewee.Database) -> Iterator[list[str]]:
    """The SQL statements executed so far (BEGIN and COMMIT are not counted); clear it to restart."""
    seen: list[str] = []

    def hook(event: Any) -> None:
        seen.append(event.sql)

    database.query_hooks.append(hook)
    yield seen
    database.query_hooks.remove(hook)


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Run functions at the same moment, each in a thread, and return what each returned or raised."""

    def run(*functions: Callable[[], Any]) -> list[Any]:
        line = threading.Barrier(len(functions))

        def one(function: Callable[[], Any]) -> Any:
            line.wait(timeout=30)
            try:
                return function()
            except Exception as problem:  # handed to the test
                return problem
            finally:
                if connection.database.obj is not None and not connection.database.is_closed():
                    connection.database.close()

        with ThreadPoolExecutor(len(functions)) as threads:
            return list(threads.map(one, functions))

    return run


# Time


@dataclass
class Clock:
    """The time that `chalicelib.times.now` tells.

    Parameters
    ----------
    now : datetime
        The present moment; set it to move there.
    """

    now: datetime = datetime(2026, 3, 14, 15, 9, 26, 535898, tzinfo=UTC)

    def move(self, by: timedelta) -> datetime:
        """Move on (or back) and return the moment reached."""
        self.now += by
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until it is moved."""
    hands = Clock()

    class Frozen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment: Any = hands.now.astimezone(tz)
            return moment

    # Not `times.now` itself: models keep a reference to it as their columns' default.
    monkeypatch.setattr(times, "datetime", Frozen)
    return hands


# The cloud


@dataclass
class Cloud:
    """A whole AWS account in memory.

    Parameters
    ----------
    bucket : str
        Name of the bucket of images.
    queues : dict[str, str]
        The queues' URLs by the names of their settings.
    """

    bucket: str
    queues: dict[str, str] = field(default_factory=dict)

    def objects(self) -> dict[str, bytes]:
        """Return the bucket's content by key, without asking: a request takes some milliseconds."""
        from moto.s3.models import s3_backends

        return {
            key: one.value
            for account in s3_backends.values()
            for backend in account.values()
            for key, one in backend.buckets[self.bucket].keys.items()
        }

    def has_messages(self, queue: str) -> bool:
        """Tell, without asking, whether a queue, named by its setting, would deliver anything now."""
        from moto.sqs.models import sqs_backends

        name = self.queues[queue].rpartition("/")[2]
        return any(
            backend.queues[name].messages
            for account in sqs_backends.values()
            for backend in account.values()
            if name in backend.queues
        )

    def messages(self, queue: str) -> list[Any]:
        """Take all messages off a queue, named by its setting, and return their JSON."""
        sqs, url, taken = session.client("sqs"), self.queues[queue], []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                taken.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def mails(self) -> list[EmailMessage]:
        """Return the mails that were sent, the oldest first."""
        from moto.ses.models import ses_backends

        return [
            email.message_from_bytes(mail.raw_data.encode(), policy=email.policy.default)
            for account in ses_backends.values()
            for backend in account.values()
            for mail in backend.sent_messages
        ]


@pytest.fixture(scope="session", autouse=True)
def descriptions() -> Iterator[None]:
    """Let all of boto3's sessions share what they read of AWS's services: it is most of a client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(loaders.create_loader))
        yield


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Clients of the cloud in memory, by service: they hold nothing of it, and are kept for all tests."""
    return {}


@pytest.fixture
def cloud(
    settings: dict[str, str], clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cloud]:
    """An empty cloud: a bucket, our queues and a sender that SES knows."""
    from moto import mock_aws

    with mock_aws():
        session.forget()
        for service in ("s3", "sqs", "sesv2"):
            if service not in clients:
                clients[service] = session.client(service)
        monkeypatch.setattr(session, "_clients", dict(clients))
        builtin.store_once.cache_clear()  # it takes another cloud to have other clients
        made = Cloud(bucket="badgekit-test-images")
        session.client("s3").create_bucket(Bucket=made.bucket)
        for queue in OUTBOX:
            answer = session.client("sqs").create_queue(QueueName=queue.name)
            made.queues[queue.setting] = answer["QueueUrl"]
        session.client("sesv2").create_email_identity(EmailIdentity=settings["MAIL_FROM"])
        settings |= {"IMAGE_BUCKET": made.bucket, **made.queues}
        yield made
        session.forget()


@pytest.fixture
def courier(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[lambdas.Lambda]:
    """A Lambda with the courier, to which requests go; it may reach private addresses."""
    from chalicelib.net import courier

    with lambdas.serving() as (account, url):
        account.functions[COURIER] = lambda event: courier.run(event, lambdas.Context())
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
        monkeypatch.setattr(messages, "transport", courier.carry)
        settings |= {"COURIER_FUNCTION": COURIER, "ALLOW_PRIVATE_ADDRESSES": "true"}
        yield account


@pytest.fixture
def pipeline(app: Any, database: peewee.Database, cloud: Cloud, clock: Clock) -> Pipeline:
    """The queues and their workers, delivering only when a test says so."""
    from tests.pipeline.harness import Pipeline

    return Pipeline(cloud, clock)


@pytest.fixture
def pipeline_with_ses(
    pipeline: Pipeline, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Pipeline:
    """A pipeline with a configuration set, through which SES confirms each mail that it sends."""
    settings["MAIL_CONFIGURATION_SET"] = "badgekit"
    session.client("sesv2").create_configuration_set(ConfigurationSetName="badgekit")
    pipeline.confirm_mails(monkeypatch)
    return pipeline


def dead_letter_queue(cloud: Cloud, setting: str) -> str:
    """Give a queue, named by its setting, a dead-letter queue, and return that one's URL."""
    sqs = session.client("sqs")
    name = cloud.queues[setting].rpartition("/")[2]
    url: str = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5}
    sqs.set_queue_attributes(
        QueueUrl=cloud.queues[setting], Attributes={"RedrivePolicy": json.dumps(policy)}
    )
    return url
