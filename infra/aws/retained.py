"""Finds and deletes the resources that hold data and are retained when a stack is deleted.

The template decides which resources CloudFormation retains (`DeletionPolicy`), and CloudFormation
lists deleted stacks for 90 days. All operations here can be repeated after an interruption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.aws import costs
from infra.aws.errors import DeployError

PARAMETERS_AT_ONCE = 10  # SSM's limit for one deletion
AWAKE = f"${costs.PRICES['aurora hour'].dollars:.2f} per capacity unit and hour while awake"


class RetainedError(DeployError):
    """A retained resource could not be deleted; the message says why."""


@dataclass(frozen=True)
class Part:
    """A retained resource.

    Parameters
    ----------
    kind : str
        CloudFormation's resource type.
    id : str
        Physical ID.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind.removeprefix('AWS::')} {self.id}"

    @property
    def costs(self) -> str:
        """A text about its continuing costs."""
        return _COSTS.get(self.kind, "nothing")


_COSTS = {
    "AWS::S3::Bucket": f"${costs.PRICES['bucket GB'].dollars:.3f} per GB and month",
    "AWS::RDS::DBCluster": f"${costs.PRICES['aurora GB'].dollars:.2f} per GB and month, with backups",
    "AWS::RDS::DBInstance": f"{AWAKE}; it pauses when idle",
}


class Retained:
    """The retained resources of all stacks with one name, in one account and region.

    Parameters
    ----------
    session : Any
        A boto3 session.
    name : str
        The stacks' name.
    path : str
        Folder of the Parameter Store that holds the settings.
    wait : Mapping[str, float]
        `WaiterConfig` for boto3's waiters.
    """

    def __init__(self, session: Any, name: str, path: str, wait: Mapping[str, float]) -> None:
        self._name, self._path = name, path
        self._wait = dict(wait)
        self._cloudformation = session.client("cloudformation")
        self._rds = session.client("rds")
        self._ec2 = session.client("ec2")
        self._s3 = session.client("s3")
        self._ssm = session.client("ssm")

    def of(self, stack: str) -> list[Part]:
        """Return a stack's retained resources, in the order in which they can be deleted.

        Parameters
        ----------
        stack : str
            The stack's ID, since names only find existing stacks.
        """
        keeps = {
            name
            for name, one in self._resources(stack).items()
            if one.get("DeletionPolicy", "").startswith("Retain")
        }
        pages = self._cloudformation.get_paginator("list_stack_resources")
        found = [
            Part(one["ResourceType"], id)
            for one in pages.paginate(StackName=stack).search("StackResourceSummaries[]")
            if one["LogicalResourceId"] in keeps
            and one["ResourceStatus"] != "DELETE_COMPLETE"
            and one["ResourceType"] in self._kinds
            and (id := one.get("PhysicalResourceId"))  # none if creating the resource failed
        ]
        return sorted(found, key=lambda part: [*self._kinds].index(part.kind))

    def _resources(self, stack: str) -> Mapping[str, Any]:
        """Return the resources of a stack's template; a stack with only a change set has none."""
        from botocore.exceptions import ClientError

        try:
            body = self._cloudformation.get_template(StackName=stack)["TemplateBody"]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ValidationError":
                raise
            return {}
        found: Mapping[str, Any] = body["Resources"] if isinstance(body, Mapping) else {}
        return found

    def earlier(self) -> list[Part]:
        """Return what deleted stacks of this name retained; some may no longer exist."""
        pages = self._cloudformation.get_paginator("list_stacks")
        gone = pages.paginate(StackStatusFilter=["DELETE_COMPLETE"]).search("StackSummaries[]")
        return [
            part
            for stack in gone
            if stack["StackName"] == self._name
            for part in self.of(stack["StackId"])
            if not self._is_taken_over(part)
        ]

    def _is_taken_over(self, part: Part) -> bool:
        """Return whether a stack of another name has imported the resource."""
        from botocore.exceptions import ClientError

        try:
            found = self._cloudformation.describe_stack_resources(PhysicalResourceId=part.id)
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ValidationError":  # not in a stack
                raise
            return False
        return any(
            one["PhysicalResourceId"] == part.id and one["StackName"] != self._name
            for one in found["StackResources"]
        )

    def delete(self, parts: Sequence[Part]) -> Iterator[Part]:
        """Delete resources one by one, and yield those that still existed."""
        from botocore.exceptions import ClientError, WaiterError

        for part in parts:
            try:
                self._kinds[part.kind](self, part.id)
            except ClientError as problem:
                if not _is_missing(problem.response["Error"]["Code"]):
                    raise RetainedError(f"{part}: {problem}") from problem
            except WaiterError as problem:
                raise RetainedError(
                    f"{part} is still being deleted; run this again later"
                ) from problem
            else:
                yield part

    def delete_settings(self) -> list[str]:
        """Delete all settings of the stage from the Parameter Store; return their names."""
        pages = self._ssm.get_paginator("get_parameters_by_path")
        found = pages.paginate(Path=self._path, Recursive=True).search("Parameters[].Name")
        names = sorted(found)
        for first in range(0, len(names), PARAMETERS_AT_ONCE):
            self._ssm.delete_parameters(Names=names[first : first + PARAMETERS_AT_ONCE])
        return names

    def _delete_instance(self, id: str) -> None:
        (found,) = self._rds.describe_db_instances(DBInstanceIdentifier=id)["DBInstances"]
        if found["DBInstanceStatus"] != "deleting":
            self._rds.delete_db_instance(DBInstanceIdentifier=id, SkipFinalSnapshot=True)
        self._rds.get_waiter("db_instance_deleted").wait(
            DBInstanceIdentifier=id, WaiterConfig=self._wait
        )

    def _delete_cluster(self, id: str) -> None:
        (found,) = self._rds.describe_db_clusters(DBClusterIdentifier=id)["DBClusters"]
        if found["Status"] != "deleting":
            self._rds.modify_db_cluster(
                DBClusterIdentifier=id, DeletionProtection=False, ApplyImmediately=True
            )
            self._rds.delete_db_cluster(
                DBClusterIdentifier=id, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
            )
        self._rds.get_waiter("db_cluster_deleted").wait(
            DBClusterIdentifier=id, WaiterConfig=self._wait
        )

    def _delete_bucket(self, id: str) -> None:
        while versions := self._versions(id):
            answer = self._s3.delete_objects(Bucket=id, Delete={"Objects": versions, "Quiet": True})
            for one in answer.get("Errors", []):
                raise RetainedError(f"{id}: {one['Key']}: {one['Message']}")
        self._s3.delete_bucket(Bucket=id)

    def _versions(self, bucket: str) -> list[dict[str, str]]:
        page = self._s3.list_object_versions(Bucket=bucket)  # up to 1,000, the limit of a deletion
        return [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]

    # Contents before their containers. Other retained resources belong to the whole account.
    _kinds: Mapping[str, Callable[[Retained, str], object]] = {
        "AWS::S3::Bucket": _delete_bucket,
        "AWS::RDS::DBInstance": _delete_instance,
        "AWS::RDS::DBCluster": _delete_cluster,
        "AWS::RDS::DBSubnetGroup": lambda self, id: self._rds.delete_db_subnet_group(
            DBSubnetGroupName=id
        ),
        "AWS::RDS::DBClusterParameterGroup": (
            lambda self, id: self._rds.delete_db_cluster_parameter_group(
                DBClusterParameterGroupName=id
            )
        ),
        "AWS::EC2::SecurityGroup": lambda self, id: self._ec2.delete_security_group(GroupId=id),
        "AWS::EC2::Subnet": lambda self, id: self._ec2.delete_subnet(SubnetId=id),
        "AWS::EC2::VPC": lambda self, id: self._ec2.delete_vpc(VpcId=id),
    }


def _is_missing(code: str) -> bool:
    return code.startswith("NoSuch") or "NotFound" in code
