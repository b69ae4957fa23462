"""Destroying: data is retained unless the stack's name is given; then everything is deleted.

moto honors `Retain`, as CloudFormation does. It does not create Aurora clusters from templates, so
these tests create them and add them to CloudFormation's list of resources.
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
    """A deployment with settings in the Parameter Store."""
    made = Deployment(boto3.Session(), stage, seconds=0)
    made.deploy(b"package", TEXT, {"System": "chicago"})
    for name in ("API_SECRET", "database/old"):
        boto3.client("ssm").put_parameter(
            Name=f"/badgekit/{stage}/{name}", Value="a-secret-of-20-digits", Type="SecureString"
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
        s3.delete_object(Bucket=bucket, Key=key)  # a delete marker is a version as well


def run(*words: str) -> int:
    return deploy.main(["--destroy", *words], seconds=0)


@pytest.mark.slow
def test_data_is_retained_and_its_costs_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    deployed()
    bucket, network = resource("Bucket"), resource("Network")
    capsys.readouterr()
    assert run() == 0
    output = capsys.readouterr().out
    assert output.startswith("badgekit-prod deleted\nretained:\n")
    assert f"  S3::Bucket {bucket}: costs $0.023 per GB and month\n" in output
    assert f"  EC2::VPC {network}: costs nothing\n" in output
    assert "parameters below /badgekit/prod: cost nothing" in output
    assert """make destroy STAGE=prod ARGS="--with-data badgekit-prod"\n""" in output
    assert bucket in buckets()
    assert network in networks()
    assert settings() == {"/badgekit/prod/API_SECRET", "/badgekit/prod/database/old"}


@pytest.mark.slow
def test_retained_resources_are_listed_again_without_the_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed()
    bucket = resource("Bucket")
    run()
    capsys.readouterr()
    assert run() == 0
    output = capsys.readouterr().out
    assert output.startswith("badgekit-prod does not exist\nretained by earlier stacks")
    assert f"S3::Bucket {bucket}" in output


@pytest.mark.slow
@pytest.mark.parametrize("gone_before", [False, True])
def test_with_its_name_all_data_is_deleted(
    capsys: pytest.CaptureFixture[str], gone_before: bool
) -> None:
    others = networks()
    made = deployed()
    bucket = resource("Bucket")
    put_versions(bucket, [f"images/{number}.png" for number in range(3)])
    if gone_before:
        run()
    capsys.readouterr()
    assert run("--with-data", NAME) == 0
    output = capsys.readouterr().out
    assert output.startswith("deleted, with all data:\n")
    assert f"  S3::Bucket {bucket}\n" in output
    assert "  parameter /badgekit/prod/API_SECRET\n" in output
    assert buckets() == {made.bucket}  # packages, shared by all stages
    assert networks() == others
    assert settings() == set()
    assert run("--with-data", NAME) == 0
    assert capsys.readouterr().out == "nothing to delete\n"


@pytest.mark.slow
def test_a_bucket_of_many_objects_is_emptied() -> None:
    deployed()
    bucket = resource("Bucket")
    put_versions(bucket, [f"images/{number}.png" for number in range(400)])  # 1,200 versions
    assert run("--with-data", NAME) == 0
    assert bucket not in buckets()


def test_an_interrupted_deletion_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    made = deployed()
    bucket, network = resource("Bucket"), resource("Network")

    def fail(**of: Any) -> None:
        raise ClientError({"Error": {"Code": "DependencyViolation", "Message": "in use"}}, "Delete")

    with monkeypatch.context() as patch:
        patch.setattr(made._retained._ec2, "delete_vpc", fail)
        with pytest.raises(RetainedError, match=f"EC2::VPC {network}: .*in use"):
            made.destroy_with_data()
    assert bucket not in buckets()
    assert network in networks()
    gone = made.destroy_with_data()
    assert network not in networks()
    assert str(Part("AWS::EC2::VPC", network)) in gone
    assert str(Part("AWS::S3::Bucket", bucket)) not in gone  # deleted by the first run


def test_without_a_stack_nothing_is_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == "badgekit-prod does not exist\n"


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
def test_a_wrong_stack_name_deletes_nothing(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed()
    assert run(*words) == 1
    assert capsys.readouterr().err
    assert resource("Bucket") in buckets()


def test_with_data_needs_destroy(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy.main(["--with-data", NAME], seconds=0)
    assert "--destroy" in capsys.readouterr().err


@pytest.mark.slow
def test_resources_imported_by_another_stack_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto does not support this query of CloudFormation, so its response is replaced."""
    made = deployed()
    bucket = resource("Bucket")
    made.destroy()

    def describe(**of: str) -> Any:
        row = {**of, "StackName": "theirs"}
        return {"StackResources": [row] if of["PhysicalResourceId"] == bucket else []}

    monkeypatch.setattr(made._retained._cloudformation, "describe_stack_resources", describe)
    made.destroy_with_data()
    assert bucket in buckets()


def test_a_failed_first_deployment_is_cleaned_up(
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
    """A protected database as in the template, in the order in which it can be deleted."""
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
def test_aurora_is_deleted_with_its_network_and_without_a_snapshot(
    kept: Retained, aurora: list[Part]
) -> None:
    rds = boto3.client("rds")
    assert list(kept.delete(aurora)) == aurora
    assert rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_instances()["DBInstances"] == []
    assert rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"] == []
    assert aurora[-1].id not in networks()


def test_deleting_missing_resources_does_nothing(kept: Retained, aurora: list[Part]) -> None:
    list(kept.delete(aurora))
    group = Part("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0")
    bucket = Part("AWS::S3::Bucket", "badgekit-prod-bucket-gone")
    assert list(kept.delete([*aurora, group, bucket])) == []


def test_every_kind_of_retained_resource_can_be_deleted() -> None:
    resources = fragments.read()["Resources"]
    keeps = {
        one["Type"]
        for one in resources.values()
        if one.get("DeletionPolicy", "").startswith("Retain")
    }
    # The first is deleted with its network; logging belongs to the whole account.
    assert keeps - Retained._kinds.keys() == {
        "AWS::EC2::VPCCidrBlock", "AWS::IAM::Role", "AWS::ApiGateway::Account",
    }  # fmt: skip
    assert Retained._kinds.keys() <= keeps
