"""The custom resource: CloudFormation gets secrets, a schema and always a response."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from chalicelib import config, deployment
from chalicelib.aws import parameters, session
from chalicelib.data import migrate as migrations
from chalicelib.domain.owners import owners
from tests import servers
from tests.conftest import Cloud

PATH = "/badgekit/test"
NAMES = ["COOKIE_SECRET", "API_SECRET"]


class Context:
    """Lambda's context; each call advances its clock by a minute."""

    def __init__(self, minutes: int = 5) -> None:
        self.minutes = minutes

    def get_remaining_time_in_millis(self) -> int:
        self.minutes -= 1
        return self.minutes * 60_000


@pytest.fixture
def receiver() -> Iterator[servers.Server]:
    """CloudFormation's side of the `ResponseURL`."""
    with servers.serving() as start:
        yield start(servers.OK + b"Content-Length: 0\r\n\r\n")


@pytest.fixture
def send_event(receiver: servers.Server) -> Callable[..., dict[str, Any]]:
    """Send an event as CloudFormation does, and return the response it gets."""

    def send(
        kind: str,
        request: str = "Create",
        minutes: int = 5,
        name: str | None = None,
        **properties: Any,
    ) -> Any:
        event = {
            "RequestType": request,
            "ResponseURL": receiver.url + "answer?X-Amz-Signature=abc",
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/badgekit/1",
            "RequestId": f"request-{len(receiver.requests)}",
            "ResourceType": kind,
            "LogicalResourceId": kind.removeprefix("Custom::"),
            "ResourceProperties": {"ServiceToken": "arn", **properties},
            **({"PhysicalResourceId": name} if name else {}),
        }
        deployment.migrate(event, Context(minutes))
        head, _, body = receiver.requests[-1].partition(b"\r\n\r\n")
        assert head.startswith(b"PUT /answer?X-Amz-Signature=abc ")
        assert b"\r\ncontent-type: \r\n" in head.lower() + b"\r\n"  # or the signature fails
        response = json.loads(body)
        assert response["RequestId"] == event["RequestId"]
        assert response["StackId"] == event["StackId"]
        assert response["LogicalResourceId"] == event["LogicalResourceId"]
        return response

    return send


@pytest.fixture
def stored_settings(cloud: Cloud, settings: dict[str, str]) -> None:
    """A deployment with its settings in the Parameter Store."""
    for name in NAMES:
        settings.pop(name)
    settings["PARAMETER_PATH"] = PATH
    config.use(config.Settings(environ=settings, parameters=parameters.read))


SendEvent = Callable[..., dict[str, Any]]


@pytest.mark.usefixtures("stored_settings")
def test_missing_secrets_are_generated_and_encrypted(send_event: SendEvent) -> None:
    assert send_event("Custom::Secrets", Names=NAMES)["Status"] == "SUCCESS"
    kept = parameters.read(PATH)
    assert kept.keys() == set(NAMES)
    assert all(len(value) == 64 for value in kept.values())
    assert len(set(kept.values())) == 2
    found = session.client("ssm").get_parameters(Names=[f"{PATH}/API_SECRET"])["Parameters"]
    assert found[0]["Type"] == "SecureString"


@pytest.mark.usefixtures("stored_settings")
def test_existing_secrets_stay(send_event: SendEvent) -> None:
    parameters.put_secret_once(PATH, "API_SECRET", "mine")
    send_event("Custom::Secrets", Names=NAMES)
    before = parameters.read(PATH)
    assert before["API_SECRET"] == "mine"
    assert send_event("Custom::Secrets", "Update", Names=NAMES)["Status"] == "SUCCESS"
    assert parameters.read(PATH) == before


@pytest.mark.usefixtures("stored_settings")
def test_new_secrets_are_used_at_once(send_event: SendEvent) -> None:
    with pytest.raises(config.SettingError):  # so that the store was read
        config.settings().text("API_SECRET")
    send_event("Custom::Secrets", Names=NAMES)
    assert config.settings().text("API_SECRET") == parameters.read(PATH)["API_SECRET"]


@pytest.mark.usefixtures("stored_settings")
def test_secrets_are_neither_returned_nor_logged(
    send_event: SendEvent, caplog: pytest.LogCaptureFixture
) -> None:
    response = send_event("Custom::Secrets", Names=NAMES)
    for value in parameters.read(PATH).values():
        assert value not in json.dumps(response) + caplog.text


@pytest.mark.usefixtures("stored_settings")
def test_aurora_accepts_the_password(send_event: SendEvent) -> None:
    send_event("Custom::Secrets", Names=["DATABASE_PASSWORD"])
    assert 8 <= len(parameters.read(PATH)["DATABASE_PASSWORD"]) <= 41


@pytest.mark.usefixtures("bare_database")
def test_the_database_is_migrated_to_the_newest_schema(send_event: SendEvent) -> None:
    assert send_event("Custom::Schema", Code="code/1.zip")["Status"] == "SUCCESS"
    assert migrations.migrate() == []
    assert send_event("Custom::Schema", "Update", Code="code/2.zip")["Status"] == "SUCCESS"


@pytest.mark.usefixtures("bare_database")
def test_the_first_deployment_creates_its_system(
    send_event: SendEvent, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_SYSTEM"] = "new-york"
    assert send_event("Custom::Schema", Code="code/1.zip")["Status"] == "SUCCESS"
    (made,) = owners.systems().rows
    assert (made.slug, made.name) == ("new-york", "New York")
    assert (made.url, made.email) == (settings["PERSONA_AUDIENCE"], settings["MAIL_FROM"])


@pytest.mark.usefixtures("bare_database")
@pytest.mark.parametrize("slug", ["chicago", "boston"])
def test_an_existing_system_is_kept_unchanged(
    send_event: SendEvent, settings: dict[str, str], slug: str
) -> None:
    migrations.migrate()
    owners.create_system({"slug": "chicago", "name": "Ours", "url": "https://example.org"})
    settings["OPENBADGER_SYSTEM"] = slug
    assert send_event("Custom::Schema", "Update", Code="code/2.zip")["Status"] == "SUCCESS"
    (found,) = owners.systems().rows
    assert (found.slug, found.name, found.url) == ("chicago", "Ours", "https://example.org")


@pytest.mark.usefixtures("bare_database")
def test_no_system_is_created_with_another_badgekit_api(
    send_event: SendEvent, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_URL"] = "https://badgekit.example.org"
    assert send_event("Custom::Schema", Code="code/1.zip")["Status"] == "SUCCESS"
    assert owners.systems().total == 0


@pytest.mark.usefixtures("bare_database")
def test_a_failure_to_create_the_system_does_not_stop_the_deployment(
    send_event: SendEvent, settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    settings["PERSONA_AUDIENCE"] = "no address"
    assert send_event("Custom::Schema", Code="code/1.zip")["Status"] == "SUCCESS"
    assert owners.systems().total == 0
    assert "/settings/systems/new" in caplog.text


def test_any_other_event_migrates(bare_database: peewee.Database) -> None:
    assert deployment.migrate({}, None)["applied"][0].startswith("0001")


def test_a_migration_that_fails_stops_the_deployment(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[str]:
        raise RuntimeError("0002_second: a column is missing")

    monkeypatch.setattr(migrations, "migrate", fail)
    response = send_event("Custom::Schema", "Update")
    assert response["Status"] == "FAILED"
    assert response["Reason"] == "RuntimeError: 0002_second: a column is missing"


@pytest.mark.usefixtures("bare_database")
def test_a_rollback_does_not_fail_for_the_same_reason(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation sends the previous properties with the previous physical id."""

    def fail() -> list[str]:
        raise RuntimeError("0002_second: a column is missing")

    before = send_event("Custom::Schema", Code="code/1.zip")
    monkeypatch.setattr(migrations, "migrate", fail)
    name = before["PhysicalResourceId"]
    failed = send_event("Custom::Schema", "Update", name=name, Code="code/2.zip")
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", name)
    rolled_back = send_event("Custom::Schema", "Update", name=name, Code="code/1.zip")
    assert (rolled_back["Status"], rolled_back["PhysicalResourceId"]) == ("SUCCESS", name)


@pytest.mark.usefixtures("bare_database")
def test_deploying_an_earlier_version_may_fail(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[str]:
        raise RuntimeError("the database is away")

    send_event("Custom::Schema", Code="code/1.zip")
    now = send_event("Custom::Schema", "Update", Code="code/2.zip")["PhysicalResourceId"]
    monkeypatch.setattr(migrations, "migrate", fail)
    assert send_event("Custom::Schema", "Update", name=now, Code="code/1.zip")["Status"] == "FAILED"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, in seconds, recorded instead of made."""
    made: list[float] = []
    monkeypatch.setattr(deployment.time, "sleep", made.append)
    return made


def test_a_database_that_is_waking_up_is_waited_for(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    migrate = migrations.migrate

    def wakes_up() -> list[str]:
        if len(pauses) < 2:
            raise peewee.OperationalError(2003, "Can't connect to MySQL server on 'db' (timed out)")
        return migrate()

    monkeypatch.setattr(migrations, "migrate", wakes_up)
    assert send_event("Custom::Schema", minutes=9)["Status"] == "SUCCESS"
    assert len(pauses) == 2


def test_an_unreachable_database_stops_the_deployment_in_time(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    def away() -> list[str]:
        raise peewee.OperationalError(2003, "Can't connect to MySQL server on 'db' (timed out)")

    monkeypatch.setattr(migrations, "migrate", away)
    response = send_event("Custom::Schema", minutes=4)
    assert response["Status"] == "FAILED"
    assert "Can't connect to MySQL server" in response["Reason"]
    assert len(pauses) == 3


def test_a_wrong_password_is_not_waited_for(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    def refused() -> list[str]:
        raise peewee.OperationalError(1045, "Access denied for user 'badgekit'@'10.0.0.7'")

    monkeypatch.setattr(migrations, "migrate", refused)
    assert send_event("Custom::Schema")["Status"] == "FAILED"
    assert pauses == []


@pytest.mark.usefixtures("stored_settings")
@pytest.mark.parametrize("kind", ["Custom::Secrets", "Custom::Schema", "Custom::Other"])
def test_deleting_a_resource_changes_nothing(send_event: SendEvent, kind: str) -> None:
    parameters.put_secret_once(PATH, "API_SECRET", "mine")
    assert send_event(kind, "Delete", Names=NAMES)["Status"] == "SUCCESS"
    assert parameters.read(PATH) == {"API_SECRET": "mine"}


def test_an_unknown_resource_type_gets_a_response(send_event: SendEvent) -> None:
    response = send_event("Custom::Other")
    assert response["Status"] == "FAILED"
    assert "Custom::Other" in response["Reason"]


def test_a_response_fits_cloudformation_s_limit(
    send_event: SendEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[str]:
        raise RuntimeError("ä" * 5000)

    monkeypatch.setattr(migrations, "migrate", fail)
    assert len(json.dumps(send_event("Custom::Schema"), ensure_ascii=False).encode()) < 4096


@pytest.mark.usefixtures("bare_database")
def test_the_same_properties_are_the_same_resource(send_event: SendEvent) -> None:
    first = send_event("Custom::Schema", Code="code/1.zip")["PhysicalResourceId"]
    again = send_event("Custom::Schema", "Update", name=first, Code="code/1.zip")
    assert again["PhysicalResourceId"] == first


def test_a_deleted_resource_keeps_its_id(send_event: SendEvent) -> None:
    response = send_event("Custom::Schema", "Delete", name="badgekit-Schema-of-old")
    assert response["PhysicalResourceId"] == "badgekit-Schema-of-old"
