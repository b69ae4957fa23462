"""Preflight checks: problems that CloudFormation would find late, or not report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.aws import preflight
from infra.aws.errors import DeployError

PATH = "/badgekit/prod"


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    with mock_aws():
        yield


def stack(status: str = "UPDATE_COMPLETE", **parameters: str) -> dict[str, Any]:
    return {
        "StackName": "badgekit-prod",
        "StackStatus": status,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    }


def put(name: str, value: str) -> None:
    boto3.client("ssm").put_parameter(Name=f"{PATH}/{name}", Value=value, Type="SecureString")


def password() -> str:
    found = boto3.client("ssm").get_parameter(Name=f"{PATH}/DATABASE_PASSWORD", WithDecryption=True)
    return str(found["Parameter"]["Value"])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_IN_PROGRESS", "is already being changed"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name badgekit-prod"),
        ("DELETE_FAILED", "make destroy"),
    ],
)
def test_a_stack_that_cannot_be_changed_is_reported_with_what_to_do(
    status: str, words: str
) -> None:
    with pytest.raises(DeployError, match=words):
        preflight.check_state(stack(status))


@pytest.mark.parametrize(
    "before", [None, stack("CREATE_COMPLETE"), stack("UPDATE_ROLLBACK_COMPLETE")]
)
def test_any_other_can_be_changed(before: Any) -> None:
    preflight.check_state(before)


@pytest.mark.parametrize(("now", "wished"), [("existing", "aurora"), ("aurora", "existing")])
def test_the_kind_of_database_cannot_be_changed(now: str, wished: str) -> None:
    with pytest.raises(DeployError, match=f"uses Database={now}"):
        preflight.check_database(stack(Database=now), {"Database": wished})


@pytest.mark.parametrize(
    ("before", "chosen"),
    [
        (None, {"Database": "aurora"}),
        (stack(Database="aurora"), {"Database": "aurora"}),
        (stack(Database="aurora"), {"LogDays": "90"}),
    ],
)
def test_a_first_choice_and_the_same_one_again_are_valid(
    before: Any, chosen: dict[str, str]
) -> None:
    preflight.check_database(before, chosen)


def test_settings_of_another_database_are_reported_before_aurora_is_created() -> None:
    put("DATABASE_HOST", "db.example.org")
    put("DATABASE_USER", "badges")
    with pytest.raises(DeployError) as caught:
        preflight.prepare_aurora(boto3, PATH)
    assert f"--names {PATH}/DATABASE_HOST {PATH}/DATABASE_USER" in str(caught.value)
    assert "db.example.org" not in str(caught.value)


def test_aurora_s_password_is_created_once() -> None:
    preflight.prepare_aurora(boto3, PATH)
    first = password()
    assert 8 <= len(first) <= preflight.LONGEST_PASSWORD
    preflight.prepare_aurora(boto3, PATH)
    assert password() == first


@pytest.mark.parametrize("bad", ["p" * 42, "a/b", "it's", 'say "x"', "me@home", "two words"])
def test_a_password_that_aurora_rejects_is_reported_and_not_shown(bad: str) -> None:
    put("DATABASE_PASSWORD", bad)
    with pytest.raises(DeployError, match="does not accept the existing password") as caught:
        preflight.prepare_aurora(boto3, PATH)
    assert bad not in str(caught.value)


def test_a_snapshot_determines_the_version() -> None:
    rds = boto3.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="old", Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.10.2",
        MasterUsername="badgekit", MasterUserPassword="a long password",
    )  # fmt: skip
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="kept", DBClusterIdentifier="old")
    chosen = {"DatabaseSnapshot": "kept"}
    assert preflight.version_of_snapshot(boto3, chosen) == {
        "DatabaseVersion": "8.0.mysql_aurora.3.10.2"
    }
    assert preflight.version_of_snapshot(boto3, {**chosen, "DatabaseVersion": "8.0"}) == {}
    assert preflight.version_of_snapshot(boto3, {}) == {}


class TestSecrets:
    def test_missing_and_long_ones_are_accepted(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("COOKIE_SECRET", "c" * 16)
        for is_running in (True, False):
            preflight.check_secrets(boto3, PATH, is_running=is_running)
        assert capsys.readouterr().out == ""

    def test_nothing_begins_with_a_short_one(self) -> None:
        put("OPENBADGER_SECRET", "s3cret")
        put("WEBHOOK_SECRET", f"{'w' * 16},short")
        with pytest.raises(DeployError, match=r"OPENBADGER_SECRET.*WEBHOOK_SECRET") as refused:
            preflight.check_secrets(boto3, PATH, is_running=False)
        assert "Nothing was changed" in str(refused.value)
        assert "s3cret" not in str(refused.value)

    def test_what_runs_with_a_short_one_goes_on_with_a_warning(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        put("OPENBADGER_SECRET", "s3cret")
        preflight.check_secrets(boto3, PATH, is_running=True)
        out = capsys.readouterr().out
        assert "OPENBADGER_SECRET: this secret has fewer than 16 characters" in out
        assert "s3cret" not in out

    def test_blank_ones_are_refused_always(self) -> None:
        put("API_SECRET", "  ")
        for is_running in (True, False):
            with pytest.raises(DeployError, match="API_SECRET is blank"):
                preflight.check_secrets(boto3, PATH, is_running=is_running)
