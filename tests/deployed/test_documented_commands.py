"""Documented commands: all are run as written, in a clone and with an account.

The account is ministack's, with the stack deployed in it; RDS and a few other services are moto's.
Names that depend on the account are replaced: the bucket, the database's host, the repository.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.aws.build import ROOT
from infra.aws.functions import COURIER, FUNCTIONS
from tests.conftest import MariaDB
from tests.deployed import desk, documents
from tests.deployed.desk import Desk
from tests.deployed.documents import Script
from tests.deployed.made import MAKE
from tests.deployed.ministack import REGION, Ministack
from tests.deployed.stack import Stack

CLUSTER = "badgekit-prod-databasecluster-1a2b3c4d5e6f"
HERE = {"region_name": REGION, "aws_access_key_id": "test", "aws_secret_access_key": "test"}
LOST = "images/lost.png"


def last(script: Script) -> bool:
    """Return whether a script must be the last one."""
    return "make destroy STAGE=prod" in script.text


SCRIPTS = sorted(documents.scripts(), key=last)
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The URL of moto's server, with an Aurora cluster like the stack's."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        rds = boto3.client("rds", endpoint_url=f"http://{host}:{port}", **HERE)
        rds.create_db_cluster(
            DBClusterIdentifier=CLUSTER, Engine="aurora-mysql", MasterUsername="badgekit",
            MasterUserPassword="a long password", VpcSecurityGroupIds=["sg-1a2b3c4d"],
            DBClusterParameterGroupName="default.aurora-mysql8.0", DeletionProtection=True,
        )  # fmt: skip
        rds.create_db_instance(
            DBInstanceIdentifier="badgekit-prod-databaseinstance-1", DBClusterIdentifier=CLUSTER,
            DBInstanceClass="db.serverless", Engine="aurora-mysql",
        )  # fmt: skip
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(scope="module")
def names(stack: Stack, aws: Ministack) -> dict[str, str]:
    """The names of this account by the names in the documents."""
    zone = aws.client("route53").create_hosted_zone(Name="example.org", CallerReference="1")
    return {
        r"(?<=[ /])BUCKET\b": stack.resource("Bucket"),
        "Z0123456789ABCDEFGHIJ": zone["HostedZone"]["Id"].removeprefix("/hostedzone/"),
    }


@pytest.fixture(scope="module")
def operator(
    stack: Stack, aws: Ministack, moto: str, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """An operator's environment with the stack and the variables used in the documents."""
    state = tmp_path_factory.mktemp("state")
    (state / "config.json").write_text("{}", "utf-8")
    bucket = stack.resource("Bucket")
    aws.client("s3").put_object(Bucket=bucket, Key=LOST, Body=b"a picture")
    aws.client("s3").delete_object(Bucket=bucket, Key=LOST)
    certificate = aws.client("acm").request_certificate(DomainName="badges.example.org")
    variables = {
        "BUCKET": bucket,
        "CLUSTER": CLUSTER,
        "ALARMS": stack.resource("AlarmTopic"),
        "CERTIFICATE": certificate["CertificateArn"],
        "MASTER_SECRET": "a long secret",
        "PASSWORD": "a long password",
        # Settings of `make walkthrough`, which otherwise come from `make run`.
        "LOCAL_STATE": str(state),
        "PERSONA_AUDIENCE": stack.url,
        "OPENBADGER_SYSTEM": "chicago",
        "OPENBADGER_SECRET": stack.setting("OPENBADGER_SECRET"),
    }
    folder = tmp_path_factory.mktemp("desk")
    made = Desk(folder, {**aws.environ(), **variables}, moto=moto, package=package)
    made.open()
    try:
        yield made
    finally:
        made.close()


def substituted(script: Script, operator: Desk, names: Mapping[str, str], database: MariaDB) -> str:
    """Return a script with the names of this account."""
    text = script.text
    for theirs, ours in names.items():
        text = re.sub(theirs, ours, text)
    text = text.replace("ADDRESS", str(operator.origin)).replace("COMMIT", "HEAD~1")
    if "put-parameter" in text and "--overwrite" not in text:
        # Each script writes to a stage of its own that does not exist yet.
        text = text.replace("/badgekit/prod/", f"/badgekit/new{SCRIPTS.index(script)}/")
    return text.replace("db.example.org", database.address.host)


@each_script
def test_it_works_as_documented(
    script: Script,
    operator: Desk,
    stack: Stack,
    names: dict[str, str],
    mariadb_server: MariaDB,
) -> None:
    operator.enter(script.page, substituted(script, operator, names, mariadb_server))
    for telling, check in CHECKS.items():
        if telling in script.text:
            check(stack)
    # Restore the database's address, which the script may have replaced.
    stack.put_settings(mariadb_server.address.environ())


def secrets_are_two(stack: Stack) -> None:
    assert [len(one) for one in stack.setting("WEBHOOK_SECRET").split(",")] == [64, 64]


def nothing_runs(stack: Stack) -> None:
    functions = stack.client("lambda")
    for function in FUNCTIONS:
        if function is COURIER:  # exists with Aurora only
            continue
        name = f"badgekit-prod-{function.suffix}"
        found = functions.get_function_concurrency(FunctionName=name)
        expected = None if function.handler == "migrate" else 0
        assert found.get("ReservedConcurrentExecutions") == expected


def all_run(stack: Stack) -> None:
    assert stack.api("GET", "/systems")["systems"]


def what_was_deleted_is_back(stack: Stack) -> None:
    assert LOST in stack.objects("images/")


def there_is_none(stack: Stack) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        stack.resource("RestAPI")


# Checks of the output of some commands, by words in the command.
CHECKS: dict[str, Callable[[Stack], None]] = {
    '"$NEW,$OLD"': secrets_are_two,
    "put-function-concurrency": nothing_runs,
    "delete-function-concurrency": all_run,
    "DeleteMarkers": what_was_deleted_is_back,
    "make destroy STAGE=prod": there_is_none,
}


def test_each_reason_not_to_run_something_is_needed(operator: Desk) -> None:
    """This runs last, after all scripts have recorded what they skipped."""
    found = operator.not_run()
    for words in (*desk.NOT_RUN, *(f"aws {spelled} " for spelled in desk.ONLY_SPELLED)):
        assert any(re.match(words, command) for command in found), words
    assert all(
        re.match("|".join(desk.NOT_RUN), one) for one in found if not one.startswith("aws s")
    )


@pytest.mark.parametrize("command", sorted(documents.mentioned()))
def test_inline_commands_exist(command: str) -> None:
    program, *words = shlex.split(command)
    if program == "make":
        found = subprocess.run([MAKE, "-n", *words], cwd=ROOT, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr
    else:
        module = words[words.index("-m") + 1]
        assert importlib.util.find_spec(module), module
