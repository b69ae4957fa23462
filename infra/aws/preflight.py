"""What is looked at before anything is changed: CloudFormation would only find out half-way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.deployment import random_secret
from infra.aws.errors import DeployError

# Settings that the template makes itself with Aurora, or that must be its own.
OF_AURORA = ("DATABASE_HOST", "DATABASE_USER", "DATABASE_DATABASE")
PASSWORD = "DATABASE_PASSWORD"
LONGEST_PASSWORD = 41
NOT_IN_A_PASSWORD = "/'\"@ "

_STATES = {
    "IN_PROGRESS": "is being changed by somebody else; try again when that ended",
    "UPDATE_ROLLBACK_FAILED": (
        "stands between two versions. Look into its events for what could not be undone, mend it, and run\n"
        "  aws cloudformation continue-update-rollback --stack-name {name}"
    ),
    "DELETE_FAILED": "could not be deleted; run make destroy again",
}


def check_state(stack: Mapping[str, Any] | None) -> None:
    """Raise `DeployError` if a stack is in a state in which it cannot be changed."""
    if stack is None:
        return
    for end, words in _STATES.items():
        if stack["StackStatus"].endswith(end):
            name = stack["StackName"]
            raise DeployError(f"{name} {words.format(name=name)}")


def check_database(before: Mapping[str, Any] | None, chosen: Mapping[str, str]) -> None:
    """Raise `DeployError` if the kind of database is to be changed.

    Lambda does not take functions out of a network again whose addresses they had, so that neither
    that way nor undoing the other one works; and data would stay behind either way.
    """
    if before is None or "Database" not in chosen:
        return
    said = {one["ParameterKey"]: one.get("ParameterValue") for one in before.get("Parameters", [])}
    if said.get("Database", chosen["Database"]) != chosen["Database"]:
        raise DeployError(
            f"{before['StackName']} works with Database={said['Database']}, and cannot be changed. "
            "Deploy another stage, and move the data yourself; see docs/deploying.md"
        )


def prepare_aurora(session: Any, path: str) -> None:
    """Make ready what a first deployment with Aurora finds.

    The password is made here, since CloudFormation may want to read it before the function that makes
    the other secrets was called. One of a snapshot is its own.

    Parameters
    ----------
    session : Any
        boto3's session.
    path : str
        Folder of the Parameter Store that holds the settings.

    Raises
    ------
    DeployError
        If there are settings of another database.
    """
    ssm = session.client("ssm")
    names = [f"{path}/{name}" for name in (*OF_AURORA, PASSWORD)]
    found = {
        one["Name"].rpartition("/")[2]: one["Value"]
        for one in ssm.get_parameters(Names=names, WithDecryption=True)["Parameters"]
    }
    if others := [name for name in OF_AURORA if name in found]:
        raise DeployError(
            "these are of another database, and Aurora brings its own. Delete them:\n"
            "  aws ssm delete-parameters --names " + " ".join(f"{path}/{one}" for one in others)
        )
    password = found.get(PASSWORD)
    if password is None:
        ssm.put_parameter(
            Name=f"{path}/{PASSWORD}", Value=random_secret(PASSWORD), Type="SecureString"
        )
    elif len(password) > LONGEST_PASSWORD or set(password) & {*NOT_IN_A_PASSWORD}:
        raise DeployError(
            f"Aurora does not take the password that is there: {LONGEST_PASSWORD} characters at the "
            "most, and neither blanks nor quotes, / or @. Delete it, and another one is made:\n"
            f"  aws ssm delete-parameters --names {path}/{PASSWORD}"
        )


def version_of_snapshot(session: Any, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return Aurora's version as a parameter, if a snapshot is chosen and no version.

    Aurora moves on by itself, and RDS restores no snapshot with an older version than its own.
    """
    snapshot = chosen.get("DatabaseSnapshot")
    if not snapshot or "DatabaseVersion" in chosen:
        return {}
    rds = session.client("rds")
    found = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=snapshot)
    return {"DatabaseVersion": found["DBClusterSnapshots"][0]["EngineVersion"]}
