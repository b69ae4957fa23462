"""Preflight checks for problems that CloudFormation would only find in the middle of a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import config, signing_secrets
from chalicelib.deployment import random_secret
from infra.aws.errors import DeployError

# Settings that the template itself creates with Aurora.
OF_AURORA = ("DATABASE_HOST", "DATABASE_USER", "DATABASE_DATABASE")
PASSWORD = "DATABASE_PASSWORD"
LONGEST_PASSWORD = 41
NOT_IN_A_PASSWORD = "/'\"@ "

_STATES = {
    "IN_PROGRESS": "is already being changed; try again when that has ended",
    "UPDATE_ROLLBACK_FAILED": (
        "could not be rolled back. Check its events for the cause, fix it, and run\n"
        "  aws cloudformation continue-update-rollback --stack-name {name}"
    ),
    "DELETE_FAILED": "could not be deleted; run make destroy again",
}


def check_state(stack: Mapping[str, Any] | None) -> None:
    """Raise `DeployError` if a stack's state does not allow changes."""
    if stack is None:
        return
    for end, words in _STATES.items():
        if stack["StackStatus"].endswith(end):
            name = stack["StackName"]
            raise DeployError(f"{name} {words.format(name=name)}")


def check_database(before: Mapping[str, Any] | None, chosen: Mapping[str, str]) -> None:
    """Raise `DeployError` if the deployment would change the kind of database.

    CloudFormation cannot detach functions from the network they use, so neither leaving Aurora nor
    rolling back a switch to it works; and either way the data would be left behind.
    """
    if before is None or "Database" not in chosen:
        return
    now = {one["ParameterKey"]: one.get("ParameterValue") for one in before.get("Parameters", [])}
    if now.get("Database", chosen["Database"]) != chosen["Database"]:
        raise DeployError(
            f"{before['StackName']} uses Database={now['Database']}, which cannot be changed. "
            "Deploy another stage, and move the data yourself; see docs/deploying.md"
        )


def check_secrets(session: Any, path: str, *, is_running: bool) -> None:
    """Refuse to deploy with blank secrets, and to begin with short ones.

    A deployment that runs with a short secret goes on, with a warning: its clients may share the
    secret, and the new version tells its administrators.

    Parameters
    ----------
    session : Any
        A boto3 session.
    path : str
        Folder of the Parameter Store that holds the settings.
    is_running : bool
        Whether the stack exists.

    Raises
    ------
    DeployError
        If the secrets are refused.
    """
    names = [f"{path}/{name}" for name in config.SIGNING_SECRETS]
    answer = session.client("ssm").get_parameters(Names=names, WithDecryption=True)
    found = {one["Name"].rpartition("/")[2]: one["Value"] for one in answer["Parameters"]}
    short = signing_secrets.short(found)
    try:
        signing_secrets.check({k: v for k, v in found.items() if k not in short or not is_running})
    except config.SettingError as problem:
        raise DeployError(
            f"{problem}. Nothing was changed; docs/operating.md says how to change each secret"
        ) from problem
    for name in short:
        print(f"  {name}: {signing_secrets.SHORT}")


def prepare_aurora(session: Any, path: str) -> None:
    """Create Aurora's password before a first deployment, unless it exists.

    CloudFormation may read the password before it calls the function that creates the other secrets.

    Parameters
    ----------
    session : Any
        A boto3 session.
    path : str
        Folder of the Parameter Store that holds the settings.

    Raises
    ------
    DeployError
        If there are settings of another database, or Aurora would reject the existing password.
    """
    ssm = session.client("ssm")
    names = [f"{path}/{name}" for name in (*OF_AURORA, PASSWORD)]
    found = {
        one["Name"].rpartition("/")[2]: one["Value"]
        for one in ssm.get_parameters(Names=names, WithDecryption=True)["Parameters"]
    }
    if others := [name for name in OF_AURORA if name in found]:
        raise DeployError(
            "these parameters are for another database. Delete them:\n"
            "  aws ssm delete-parameters --names " + " ".join(f"{path}/{one}" for one in others)
        )
    password = found.get(PASSWORD)
    if password is None:
        ssm.put_parameter(
            Name=f"{path}/{PASSWORD}", Value=random_secret(PASSWORD), Type="SecureString"
        )
    elif len(password) > LONGEST_PASSWORD or set(password) & {*NOT_IN_A_PASSWORD}:
        raise DeployError(
            "Aurora does not accept the existing password: it must have at most "
            f"{LONGEST_PASSWORD} characters, and no spaces, quotes, / or @. Delete it to have a new "
            "one created:\n"
            f"  aws ssm delete-parameters --names {path}/{PASSWORD}"
        )


def version_of_snapshot(session: Any, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return a snapshot's Aurora version as a parameter, unless a version is chosen.

    Aurora is upgraded automatically, and RDS cannot restore a snapshot to an older version.
    """
    snapshot = chosen.get("DatabaseSnapshot")
    if not snapshot or "DatabaseVersion" in chosen:
        return {}
    rds = session.client("rds")
    found = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=snapshot)
    return {"DatabaseVersion": found["DBClusterSnapshots"][0]["EngineVersion"]}
