"""Deploying: one change set, no changes the second time, and reasons for failures.

moto supports few kinds of resources, so these tests deploy a small template; `tests/deployed` deploys
the real one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.aws import deploy, template
from infra.aws.deploy import DeployError, Deployment
from infra.aws.runtimes import Runtime

TEXT = json.dumps(
    {
        "Parameters": {
            "Stage": {"Type": "String"},
            "System": {"Type": "String"},
            "LogDays": {"Type": "String", "Default": "30"},
            "CodeBucket": {"Type": "String"},
            "CodeKey": {"Type": "String"},
        },
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "System"}}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Stage"}}},
        },
        "Outputs": {"Address": {"Value": {"Ref": "Topic"}}},
    }
)
SYSTEM = {"System": "chicago"}
EVERYTHING = {**SYSTEM, "LogDays": "90"}  # moto reports defaults as a change


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def deployment() -> Deployment:
    return Deployment(boto3.Session(), "prod", seconds=0)


def stack() -> dict[str, Any]:
    found: dict[str, Any] = boto3.client("cloudformation").describe_stacks()["Stacks"][0]
    return found


def parameters() -> dict[str, str]:
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack()["Parameters"]}


def test_the_first_time_the_stack_is_created(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployment.deploy(b"package", TEXT, SYSTEM)
    assert stack()["StackName"] == "badgekit-prod"
    assert stack()["StackStatus"] == "CREATE_COMPLETE"
    assert "add    Queue, SQS::Queue" in capsys.readouterr().out


def test_the_second_time_nothing_changes(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.deploy(b"package", TEXT, EVERYTHING)
    capsys.readouterr()
    assert not deployment.deploy(b"package", TEXT, {})
    assert "uploading" not in capsys.readouterr().out


def test_previous_parameters_are_kept(deployment: Deployment) -> None:
    deployment.deploy(b"package", TEXT, EVERYTHING)
    assert deployment.deploy(b"another package", TEXT, {})
    assert parameters()["System"] == "chicago"
    assert parameters()["LogDays"] == "90"


def test_a_rolled_back_deployment_can_be_repeated(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation remembers the names of executed change sets."""
    names = []
    create = deployment._cloudformation.create_change_set

    def noted(**arguments: Any) -> Any:
        names.append(arguments["ChangeSetName"])
        return create(**arguments)

    monkeypatch.setattr(deployment._cloudformation, "create_change_set", noted)
    for _ in range(2):
        deployment.deploy(b"package", TEXT, EVERYTHING)
    assert len(set(names)) == 2


def test_the_package_is_named_by_its_content_and_private(deployment: Deployment) -> None:
    deployment.deploy(b"package", TEXT, SYSTEM)
    assert parameters()["CodeBucket"] == deployment.bucket
    s3 = boto3.client("s3")
    where = {"Bucket": deployment.bucket}
    assert s3.get_object(**where, Key=parameters()["CodeKey"])["Body"].read() == b"package"
    block = s3.get_public_access_block(**where)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}


def test_the_bucket_is_in_the_region_of_the_stack() -> None:
    there = Deployment(boto3.Session(region_name="eu-central-1"), "prod", seconds=0)
    there.deploy(b"package", TEXT, SYSTEM)
    found = boto3.client("s3").get_bucket_location(Bucket=there.bucket)
    assert found["LocationConstraint"] == "eu-central-1"


def test_missing_parameters_are_listed_before_any_change(deployment: Deployment) -> None:
    with pytest.raises(DeployError, match=r"the first time: System=…$"):
        deployment.deploy(b"package", TEXT, {})
    assert boto3.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("name", ["Colour", "CodeKey"])
def test_unknown_parameters_are_rejected(deployment: Deployment, name: str) -> None:
    with pytest.raises(DeployError, match=f"{name} is not a parameter"):
        deployment.deploy(b"package", TEXT, {**SYSTEM, name: "blue"})


def test_the_stack_s_outputs_are_returned(deployment: Deployment) -> None:
    assert deployment.outputs() == {}
    known = {"Stage": "prod", "System": "chicago", "CodeBucket": "b", "CodeKey": "k"}
    boto3.client("cloudformation").create_stack(
        StackName=deployment.name,
        TemplateBody=TEXT,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in known.items()],
    )
    assert deployment.outputs() == {"Address": "arn:aws:sns:us-east-1:123456789012:prod"}


def test_each_stage_is_a_separate_stack(deployment: Deployment) -> None:
    deployment.deploy(b"package", TEXT, SYSTEM)
    Deployment(boto3.Session(), "test", seconds=0).deploy(b"package", TEXT, {"System": "other"})
    names = {one["StackName"] for one in boto3.client("cloudformation").describe_stacks()["Stacks"]}
    assert names == {"badgekit-prod", "badgekit-test"}


def test_reasons_are_from_this_deployment_and_in_order(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def event(name: str, status: str, reason: str) -> dict[str, str]:
        return {
            "LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason,
        }  # fmt: skip

    newest_first = [
        event("Mail", "UPDATE_FAILED", "Resource update cancelled"),
        event("Schema", "UPDATE_FAILED", "0002_second: a column is missing"),
        event("Migrate", "UPDATE_COMPLETE", ""),
        event("badgekit-prod", "UPDATE_IN_PROGRESS", "User Initiated"),
        event("Bucket", "CREATE_FAILED", "long ago"),
    ]

    class Pages:
        def paginate(self, **of: str) -> Any:
            from botocore.paginate import PageIterator

            class Found(PageIterator):
                def __init__(self) -> None: ...

                def __iter__(self) -> Iterator[Any]:
                    yield {"StackEvents": newest_first[:1]}
                    yield {"StackEvents": newest_first[1:]}

            return Found()

    monkeypatch.setattr(deployment._cloudformation, "get_paginator", lambda name: Pages())
    assert list(deployment._reasons("badgekit-prod")) == [
        "Schema: 0002_second: a column is missing",
        "Mail: Resource update cancelled",
    ]


# The command


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A minimal package for Python 3.12."""

    def text(architecture: str, runtime: Runtime) -> str:
        assert (architecture, runtime.name) == ("arm64", "python3.12")
        return TEXT

    monkeypatch.setattr(template, "text", text)
    file = tmp_path / "badgekit.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__pycache__/app.cpython-312.pyc", b"")
    return file


def test_the_command_prints_costs_and_changes(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"--package={package}", "--stage=test", "System=chicago", "LogDays=90"]
    assert deploy.main(words, seconds=0) == 0
    output = capsys.readouterr().out
    assert "badgekit-test: costs at rest: $" in output
    assert output.endswith("deployed\n")
    assert deploy.main(words[:2], seconds=0) == 0
    assert "nothing to change" in capsys.readouterr().out


def test_the_command_prints_errors(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main([f"--package={package}", "chicago"], seconds=0) == 1
    assert "chicago should be Name=value" in capsys.readouterr().err
    assert deploy.main([f"--package={tmp_path / 'none.zip'}"], seconds=0) == 1
    assert "make package" in capsys.readouterr().err
    (tmp_path / "other.zip").write_bytes(b"something else")
    assert deploy.main([f"--package={tmp_path / 'other.zip'}"], seconds=0) == 1
    assert "not built for one of Lambda's Pythons: run make package" in capsys.readouterr().err


# Without an account

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        (CREDENTIALS, "no AWS region"),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, "Unable to locate credentials"),
        ({"AWS_PROFILE": "none", "AWS_DEFAULT_REGION": "eu-central-1"}, "profile (none) could not be found"),
    ],
    ids=["no region", "no credentials", "a profile that is not there"],
)  # fmt: skip
def test_missing_credentials_or_region_are_explained(
    environment: dict[str, str], reason: str, tmp_path: Path
) -> None:
    """In a separate process, since boto3 caches credentials, and moto sets some."""
    nothing = {"PATH": os.defpath, "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "infra.aws.deploy", "--destroy"],
        cwd=deploy.ROOT, env={**nothing, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert reason in done.stderr
    assert "docs/install.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_expired_credentials_are_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: Any, **more: Any) -> None:
        answer = {"Error": {"Code": "ExpiredToken", "Message": "The security token is expired"}}
        raise ClientError(answer, "GetCallerIdentity")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    assert deploy.main(["--destroy"]) == 1
    assert "The security token is expired" in capsys.readouterr().err
