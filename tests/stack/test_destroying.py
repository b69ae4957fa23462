"""Destroying: data stays unless the stack's name is said, and then nothing stays.

moto keeps what says `Retain`, as CloudFormation does. Its CloudFormation makes no clusters of Aurora,
so those are made here, and put where CloudFormation tells of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.aws import deploy, fragments
from infra.aws.deploy import Deployment
from infra.aws.retained import Part, Retained, RetainedError

KEEP = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
TEXT = json.dumps(
    {
        "Parameters": {
            name: {"Type": "String"} for name in ("Stage", "System", "CodeBucket", "CodeKey")
        },
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
                **KEEP,
            },
            "Network": {
                "Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}, **KEEP,
            },
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.0.0/25"},
                **KEEP,
            },
            "Group": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {"GroupDescription": "any", "VpcId": {"Ref": "Network"}},
                **KEEP,
            },
            "ApiLogRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {}},
                **KEEP,
            },
        },
    }
)  # fmt: skip
NAME = "badgekit-prod"


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    with mock_aws():
        yield


def deployed(stage: str = "prod") -> Deployment:
    """Return a deployment with settings of its own."""
    made = Deployment(boto3.Session(), stage, seconds=0)
    made.deploy(b"package", TEXT, {"System": "chicago"})
    for name in ("API_SECRET", "database/old"):
        boto3.client("ssm").put_parameter(
            Name=f"/badgekit/{stage}/{name}", Value="secret", Type="SecureString"
        )
    return made


def resource(name: str) -> str:
    answer = boto3.client("cloudformation").describe_stack_resource(
        StackName=NAME, LogicalResourceId=name
    )
    return str(answer["StackResourceDetail"]["PhysicalResourceId"])


def buckets() -> set[str]:
    return {one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]}


def networks() -> set[str]:
    return {one["VpcId"] for one in boto3.client("ec2").describe_vpcs()["Vpcs"]}


def settings(stage: str = "prod") -> set[str]:
    found = boto3.client("ssm").get_parameters_by_path(Path=f"/badgekit/{stage}", Recursive=True)
    return {one["Name"] for one in found["Parameters"]}


def put_versions(bucket: str, keys: Sequence[str]) -> None:
    s3 = boto3.client("s3")
    for key in keys:
        for content in (b"first", b"second"):
            s3.put_object(Bucket=bucket, Key=key, Body=content)
        s3.delete_object(Bucket=bucket, Key=key)  # a marker, which is a version as well


def run(*words: str) -> int:
    return deploy.main(["--destroy", *words], seconds=0)


@pytest.mark.slow
def test_data_stays_and_it_is_said_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    deployed()
    bucket, network = resource("Bucket"), resource("Network")
    capsys.readouterr()
    assert run() == 0
    said = capsys.readouterr().out
    assert said.startswith("badgekit-prod is deleted\nthis stays:\n")
    assert f"  S3::Bucket {bucket}: costs $0.023 a month for each GB\n" in said
    assert f"  EC2::VPC {network}: costs nothing\n" in said
    assert "parameters below /badgekit/prod: cost nothing" in said
    assert """make destroy STAGE=prod ARGS="--with-data badgekit-prod"\n""" in said
    assert bucket in buckets()
    assert network in networks()
    assert settings() == {"/badgekit/prod/API_SECRET", "/badgekit/prod/database/old"}


@pytest.mark.slow
def test_what_stayed_is_told_again_when_the_stack_is_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed()
    bucket = resource("Bucket")
    run()
    capsys.readouterr()
    assert run() == 0
    said = capsys.readouterr().out
    assert said.startswith("there is no such stack\nearlier ones kept this")
    assert f"S3::Bucket {bucket}" in said


@pytest.mark.slow
@pytest.mark.parametrize("gone_before", [False, True])
def test_with_its_name_all_data_goes(capsys: pytest.CaptureFixture[str], gone_before: bool) -> None:
    others = networks()
    made = deployed()
    bucket = resource("Bucket")
    put_versions(bucket, [f"images/{number}.png" for number in range(3)])
    if gone_before:
        run()
    capsys.readouterr()
    assert run("--with-data", NAME) == 0
    said = capsys.readouterr().out
    assert said.startswith("deleted, with all data:\n")
    assert f"  S3::Bucket {bucket}\n" in said
    assert "  parameter /badgekit/prod/API_SECRET\n" in said
    assert buckets() == {made.bucket}  # packages, of all stages
    assert networks() == others
    assert settings() == set()
    assert run("--with-data", NAME) == 0
    assert capsys.readouterr().out == "there was nothing to delete\n"


@pytest.mark.slow
def test_a_bucket_of_many_objects_is_emptied() -> None:
    deployed()
    bucket = resource("Bucket")
    put_versions(bucket, [f"images/{number}.png" for number in range(400)])  # 1,200 versions
    assert run("--with-data", NAME) == 0
    assert bucket not in buckets()


def test_what_stopped_half_way_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    made = deployed()
    bucket, network = resource("Bucket"), resource("Network")

    def fail(**of: Any) -> None:
        raise ClientError({"Error": {"Code": "DependencyViolation", "Message": "in use"}}, "Delete")

    with monkeypatch.context() as patch:
        patch.setattr(made._kept._ec2, "delete_vpc", fail)
        with pytest.raises(RetainedError, match=f"EC2::VPC {network}: .*in use"):
            made.destroy_with_data()
    assert bucket not in buckets()
    assert network in networks()
    gone = made.destroy_with_data()
    assert network not in networks()
    assert str(Part("AWS::EC2::VPC", network)) in gone
    assert str(Part("AWS::S3::Bucket", bucket)) not in gone  # the first time did that


def test_where_there_is_nothing_nothing_is_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == "there is no such stack\n"


@pytest.mark.slow
def test_other_stages_keep_everything() -> None:
    deployed("test")
    before = buckets()
    deployed()
    run("--with-data", NAME)
    assert buckets() == before
    assert len(settings("test")) == 2


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--with-data", "badgekit-test"], ["System=chicago"]])
def test_a_slip_deletes_nothing(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    deployed()
    assert run(*words) == 1
    assert capsys.readouterr().err
    assert resource("Bucket") in buckets()


def test_only_who_destroys_may_say_with_data(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy.main(["--with-data", NAME], seconds=0)
    assert "make destroy" in capsys.readouterr().err


@pytest.mark.slow
def test_what_another_stack_took_over_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imported there, as CloudFormation tells of the resource; moto cannot be asked so."""
    made = deployed()
    bucket = resource("Bucket")
    made.destroy()

    def describe(**of: str) -> Any:
        row = {**of, "StackName": "theirs"}
        return {"StackResources": [row] if of["PhysicalResourceId"] == bucket else []}

    monkeypatch.setattr(made._kept._cloudformation, "describe_stack_resources", describe)
    made.destroy_with_data()
    assert bucket in buckets()


def test_a_first_deployment_that_failed_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = deployed()
    first, network = resource("Bucket"), resource("Network")
    found = made._stack()
    monkeypatch.setattr(
        made, "_stack", lambda: {**(found or {}), "StackStatus": "ROLLBACK_COMPLETE"}
    )
    made.deploy(b"package", TEXT, {"System": "chicago"})
    assert first not in buckets()
    assert network not in networks()
    assert resource("Bucket") in buckets()


# Aurora


@pytest.fixture
def kept() -> Retained:
    return Retained(boto3.Session(), NAME, "/badgekit/prod", {"Delay": 0, "MaxAttempts": 3})


@pytest.fixture
def aurora() -> list[Part]:
    """A database as the template makes it, protected, in the order in which it can be deleted."""
    ec2, rds = boto3.client("ec2"), boto3.client("rds")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=block, AvailabilityZone=zone)["Subnet"]
        for block, zone in (("10.0.0.0/25", "us-east-1a"), ("10.0.0.128/25", "us-east-1b"))
    ]
    ids = [str(one["SubnetId"]) for one in subnets]
    rds.create_db_subnet_group(
        DBSubnetGroupName="subnets", DBSubnetGroupDescription="any", SubnetIds=ids
    )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="settings", DBParameterGroupFamily="aurora-mysql8.0",
        Description="any",
    )  # fmt: skip
    rds.create_db_cluster(
        DBClusterIdentifier="cluster", Engine="aurora-mysql", MasterUsername="badgekit",
        MasterUserPassword="long enough", DBSubnetGroupName="subnets", DeletionProtection=True,
        DBClusterParameterGroupName="settings",
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier="instance", Engine="aurora-mysql", DBClusterIdentifier="cluster",
        DBInstanceClass="db.serverless",
    )  # fmt: skip
    return [
        Part("AWS::RDS::DBInstance", "instance"),
        Part("AWS::RDS::DBCluster", "cluster"),
        Part("AWS::RDS::DBSubnetGroup", "subnets"),
        Part("AWS::RDS::DBClusterParameterGroup", "settings"),
        *(Part("AWS::EC2::Subnet", one) for one in ids),
        Part("AWS::EC2::VPC", network),
    ]


@pytest.mark.slow
def test_aurora_goes_without_a_snapshot_and_with_its_network(
    kept: Retained, aurora: list[Part]
) -> None:
    rds = boto3.client("rds")
    assert list(kept.delete(aurora)) == aurora
    assert rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_instances()["DBInstances"] == []
    assert rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"] == []
    assert aurora[-1].id not in networks()


def test_deleting_what_is_gone_does_nothing(kept: Retained, aurora: list[Part]) -> None:
    list(kept.delete(aurora))
    group = Part("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0")
    bucket = Part("AWS::S3::Bucket", "badgekit-prod-bucket-gone")
    assert list(kept.delete([*aurora, group, bucket])) == []


def test_every_kind_that_the_template_keeps_can_be_deleted() -> None:
    resources = fragments.read()["Resources"]
    keeps = {
        one["Type"]
        for one in resources.values()
        if one.get("DeletionPolicy", "").startswith("Retain")
    }
    # The first goes with its network; logging is the whole account's.
    assert keeps - Retained._kinds.keys() == {
        "AWS::EC2::VPCCidrBlock", "AWS::IAM::Role", "AWS::ApiGateway::Account",
    }  # fmt: skip
    assert Retained._kinds.keys() <= keeps
