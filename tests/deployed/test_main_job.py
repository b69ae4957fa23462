"""The main job on the deployed stack: an approved review becomes an awarded badge.

Then the rest of the stack's life cycle, on the same stack since creating one is slow: it is deployed
again, with and without errors, and finally destroyed.

All parts are the deployed ones: API Gateway, the packaged functions, SQS with its event source
mappings, MariaDB, S3 and SES; the database's address and all secrets come from the Parameter Store.
ministack differs from AWS: it stores mails without sending them, SES sends no events about them,
and host names do not resolve, so that requests use its own URL of a stage.
"""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chalicelib.net import courier
from chalicelib.net.messages import HttpRequest, Refused, Unreachable
from chalicelib.openbadges import baking
from docs import walkthrough
from infra.aws.functions import COURIER
from tests import servers
from tests.conftest import MariaDB
from tests.deployed.stack import STAGE, Stack
from tests.package.deployment import recorded
from tests.servers import LOOPBACK, OK, unused_port
from tests.sleeper import CLOSING, Sleeper

BROWSER = {"Accept": "text/html"}
BADGES = "/systems/chicago/issuers/library/badges"
INSTANCES = f"{BADGES}/book-explorer/instances"


def review(application: dict[str, Any]) -> dict[str, Any]:
    """Return the webhook for an approved application."""
    return {
        "action": "review",
        "application": application,
        "review": {"slug": "again", "author": "librarian@example.org", "comment": "Yes"},
        "approved": True,
    }


@pytest.fixture(scope="module")
def approved(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The result of the README's walkthrough: an issuer, a badge and an approved application."""
    state = tmp_path_factory.mktemp("state")
    (state / "config.json").write_text("{}", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walkthrough, "STATE", Path(state))
        patch.setenv("PERSONA_AUDIENCE", stack.url)
        patch.setenv("OPENBADGER_SYSTEM", "chicago")
        patch.setenv("OPENBADGER_SECRET", stack.setting("OPENBADGER_SECRET"))
        walkthrough.main()
    stack.until(lambda: bool(stack.mails()), "a mail")
    stack.settle()


def test_it_starts_with_the_given_system(stack: Stack) -> None:
    (system,) = stack.api("GET", "/systems")["systems"]
    assert (system["slug"], system["name"]) == ("chicago", "Chicago")


@pytest.mark.usefixtures("approved")
def test_an_approved_review_becomes_one_award(stack: Stack) -> None:
    (instance,) = stack.api("GET", INSTANCES)["instances"]
    assert instance["email"] == walkthrough.EARNER
    found = stack.api("GET", f"{INSTANCES}/{walkthrough.EARNER}")["instance"]
    assert found == {**instance, "mailsEarner": True}


@pytest.mark.usefixtures("approved")
def test_its_image_is_in_the_bucket_with_its_media_type(stack: Stack) -> None:
    (instance,) = stack.api("GET", INSTANCES)["instances"]
    ((key, (kind, picture)),) = stack.objects("awards/").items()
    assert key == f"awards/{instance['slug']}.png"
    assert kind == "image/png"
    assertion = json.loads(baking.unbake(picture) or "{}")
    assert assertion["@context"] == "https://w3id.org/openbadges/v2"
    assert assertion["id"].endswith(f"/public/assertions/{instance['slug']}")


@pytest.mark.usefixtures("approved")
def test_the_earner_is_notified_once(stack: Stack) -> None:
    (mail,) = stack.mails()
    assert mail["To"] == [walkthrough.EARNER]
    assert mail["Source"] == "Chicago <badges@example.org>"
    assert mail["Subject"] == "You earned the badge “Book Explorer”"


@pytest.mark.usefixtures("approved")
def test_nothing_is_left_to_sweep(stack: Stack) -> None:
    assert stack.invoke("sweep", recorded("schedule")) == {"woken": 0, "named": 0}
    assert not any(stack.waiting().values())


@pytest.mark.usefixtures("approved")
def test_the_same_review_by_webhook_makes_no_second_award(stack: Stack) -> None:
    (application,) = stack.api("GET", f"{BADGES}/book-explorer/applications")["applications"]
    answers = [stack.webhook(review(application))["status"] for _ in range(3)]
    assert answers == ["received", "received before", "received before"]
    stack.settle()
    assert len(stack.api("GET", INSTANCES)["instances"]) == 1
    assert len(stack.mails()) == len(stack.objects("awards/")) == 1


@pytest.mark.usefixtures("approved")
def test_a_review_received_while_the_database_is_paused_is_awarded_later(
    stack: Stack, sleeper: Sleeper
) -> None:
    learner = "grace@example.org"
    applied = stack.api("POST", f"{BADGES}/book-explorer/applications", {"learner": learner})
    sleeper.fall_asleep()
    answer = stack.webhook(review(applied["application"]))
    assert answer == {"status": "parked"}
    assert sleeper.attempts >= 1
    sleeper.wake_up()
    stack.until(lambda: len(stack.mails()) == 2, "a mail")
    stack.settle()
    assert stack.mails()[1]["To"] == [learner]
    assert len(stack.api("GET", INSTANCES)["instances"]) == 2


@pytest.mark.usefixtures("approved")
def test_a_page_shows_that_the_database_is_starting(stack: Stack, sleeper: Sleeper) -> None:
    page = urllib.request.Request(f"{stack.url}/public/badges/book-explorer", headers=BROWSER)
    sleeper.fall_asleep()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(page)
    assert caught.value.status == 503
    assert caught.value.headers["Refresh"] == caught.value.headers["Retry-After"] == "5"
    assert "Starting up" in caught.value.read().decode()
    sleeper.wake_up()
    with urllib.request.urlopen(page) as answer:
        assert answer.status == 200


@pytest.mark.usefixtures("approved")
def test_an_api_request_waits_for_the_database(stack: Stack, sleeper: Sleeper) -> None:
    sleeper.fall_asleep(attempts=3, how=CLOSING)
    assert len(stack.api("GET", INSTANCES)["instances"]) == 2
    assert sleeper.attempts == 4


@pytest.mark.usefixtures("approved")
def test_events_of_ses_are_processed(stack: Stack, mariadb_server: MariaDB) -> None:
    """ministack's SES sends no events, so the test sends one."""
    database = mariadb_server.open()

    def jobs() -> list[tuple[int, str | None]]:
        with database.connection_context():
            found = database.execute_sql(
                "SELECT id, reason FROM job WHERE kind = 'award-mail' ORDER BY id"
            )
            return [(number, reason) for number, reason in found.fetchall()]

    (job, _), *_ = jobs()
    bounce = recorded("ses-bounce")["detail"]  # in SNS's format
    bounce["mail"]["tags"]["job"] = [str(job)]
    stack.client("sns").publish(TopicArn=stack.resource("MailTopic"), Message=json.dumps(bounce))
    stack.until(lambda: "bounced" in str(jobs()[0][1]), "a bounced mail")


def test_the_courier_makes_requests_when_it_is_called(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack has the courier only with Aurora, which ministack lacks, so the test creates it."""
    stack.make_function(COURIER.suffix, f"app.{COURIER.handler}", ALLOW_PRIVATE_ADDRESSES="true")
    name = f"badgekit-{STAGE}-{COURIER.suffix}"
    for variable, value in stack.environ.items():
        monkeypatch.setenv(variable, value)
    with servers.serving() as serve:
        server = serve(OK + b"X-Kind: picture\r\n\r\n" + bytes(range(256)))
        http_request = HttpRequest(
            "POST", server.url, b'{"action":"award"}', {"X-A": "b"}, 1024, 5.0
        )
        answer = courier.carry(name, http_request)
        assert (answer.status, answer.content) == (200, bytes(range(256)))
        assert answer.headers["x-kind"] == "picture"
        assert server.requests[0].endswith(b'{"action":"award"}')
        with pytest.raises(Refused, match="larger than 9 bytes"):
            courier.carry(name, http_request._replace(limit=9))
    with pytest.raises(Unreachable, match="does not accept connections"):
        courier.carry(name, http_request._replace(url=f"http://{LOOPBACK}:{unused_port()}/"))
    with pytest.raises(Unreachable, match="the function does not exist"):
        courier.carry(f"{name}-of-another", http_request)


def test_a_second_deployment_changes_nothing(stack: Stack) -> None:
    assert "nothing to change" in stack.deploy()


# Deploying again, and destroying, in this order


NAME = "badges.example.org"
MIGRATION = "chalicelib/data/migrations/0999_next.py"
MAKES_A_TABLE = """from peewee import *

from chalicelib.data.migration_ops import create


class Next(Model):
    name = CharField(255)


def up(migrator, db):
    create(db, [Next])
"""


def with_migration(package: Path, to: Path, text: str) -> Path:
    """Return a package with an additional migration."""
    shutil.copyfile(package, to)
    with zipfile.ZipFile(to, "a") as archive:
        archive.writestr(MIGRATION, text)
    return to


def test_a_failed_migration_is_rolled_back_and_the_previous_version_keeps_running(
    stack: Stack, package: Path, tmp_path: Path
) -> None:
    # Its table remains, since MySQL does not roll back DDL.
    text = MAKES_A_TABLE + '    db.execute_sql("ALTER TABLE next DROP COLUMN colour")\n'
    bad = with_migration(package, tmp_path / "bad.zip", text)
    status, output = stack.run("--package", str(bad))
    assert status == 1
    assert re.search(
        r"CloudFormation rolled back:\n  Schema: .*OperationalError.*colour", output
    ), output
    assert stack.api("GET", "/systems")["systems"][0]["slug"] == "chicago"


def test_the_next_deployment_continues_where_it_failed(
    stack: Stack, package: Path, tmp_path: Path, mariadb_server: MariaDB
) -> None:
    zone = stack.client("route53").create_hosted_zone(Name="example.org", CallerReference="1")
    words = [f"HostedZone={zone['HostedZone']['Id'].rpartition('/')[2]}", f"DomainName={NAME}"]
    good = with_migration(package, tmp_path / "good.zip", MAKES_A_TABLE)
    status, output = stack.run("--package", str(good), *words)
    assert (status, "\ndeployed\n" in output) == (0, True), output
    assert stack.api("GET", "/systems")["systems"][0]["slug"] == "chicago"
    database = mariadb_server.open()
    with database.connection_context():
        assert "next" in database.get_tables()
        names = database.execute_sql("SELECT name FROM schema_migration").fetchall()
    assert (Path(MIGRATION).stem,) in names


def test_a_domain_name_added_with_it_has_certificate_and_record(stack: Stack) -> None:
    """ministack's ACM issues certificates without checking the validation record."""
    (certificate,) = stack.client("acm").list_certificates()["CertificateSummaryList"]
    assert certificate["DomainName"] == NAME
    domain = stack.client("apigateway").get_domain_name(domainName=NAME)
    assert domain["regionalCertificateArn"] == certificate["CertificateArn"]
    route53 = stack.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    (record,) = (one for one in records if one["Name"] == f"{NAME}.")
    assert record["AliasTarget"]["DNSName"].rstrip(".") == domain["regionalDomainName"]


def test_destroying_it_with_its_data_leaves_nothing(stack: Stack) -> None:
    bucket = stack.resource("Bucket")
    s3, ssm = stack.client("s3"), stack.client("ssm")
    s3.put_object(Bucket=bucket, Key="images/any.png", Body=b"any")
    status, output = stack.run("--destroy", "--with-data", "badgekit-prod")
    assert status == 0, output
    assert f"S3::Bucket {bucket}\n" in output  # retained by CloudFormation
    assert "parameter /badgekit/prod/COOKIE_SECRET\n" in output
    assert "its tables still exist" in output
    assert bucket not in {one["Name"] for one in s3.list_buckets()["Buckets"]}
    assert ssm.get_parameters_by_path(Path="/badgekit/prod")["Parameters"] == []
    assert stack.client("sqs").list_queues().get("QueueUrls", []) == []
    assert "nothing to delete" in stack.run("--destroy", "--with-data", "badgekit-prod")[1]
