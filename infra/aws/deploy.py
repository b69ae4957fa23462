"""Deploys the stack: `make deploy STAGE=prod ARGS="System=chicago MailFrom=badges@example.org"`.

Parameters given in an earlier deployment keep their values. The package is stored under its digest,
so deploying the same package again uploads and changes nothing. `--destroy` deletes the stack and
retains the resources that hold data, unless `--with-data` repeats the stack's name.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.aws import costs, preflight, runtimes, template
from infra.aws.code_bucket import CodeBucket
from infra.aws.errors import DeployError, NoAccountError
from infra.aws.retained import Part, Retained

ROOT = Path(__file__).parents[2]
POLL_SECONDS, POLLS = 5, 720  # an hour: CloudFront and Aurora are slow
NO_CHANGES = re.compile(r"didn't contain changes|No updates are to be performed")
TOO_LONG = re.compile(r"Max attempts exceeded")
MADE_BY_US = ("CodeBucket", "CodeKey")
# A stack in one of these states was never created; all that can be done is to delete it.
EMPTY = "REVIEW_IN_PROGRESS"
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", EMPTY)


class Deployment:
    """One stack in one account and region.

    Parameters
    ----------
    session : Any
        A boto3 session.
    stage : str
        Name of the deployment within the account.
    seconds : float
        Seconds between two polls of CloudFormation.
    """

    def __init__(self, session: Any, stage: str, *, seconds: float = POLL_SECONDS) -> None:
        self.name = f"badgekit-{stage}"
        self.stage = stage
        self._session = session
        self._cloudformation = session.client("cloudformation")
        self._code = CodeBucket(session)
        self._wait = {"Delay": seconds, "MaxAttempts": POLLS}
        self.settings = f"/badgekit/{stage}"
        self._retained = Retained(session, self.name, self.settings, self._wait)

    def deploy(self, package: bytes, text: str, chosen: Mapping[str, str]) -> bool:
        """Create or update the stack.

        Parameters
        ----------
        package : bytes
            The zip file.
        text : str
            The template.
        chosen : Mapping[str, str]
            Parameters of the template; those left out keep their values.

        Returns
        -------
        bool
            Whether anything was changed.

        Raises
        ------
        DeployError
            If a parameter is missing, a preflight check fails, or CloudFormation rolls back.
        """
        before = self._stack()
        if before and before["StackStatus"] in NEVER_MADE:
            self._delete_failed_creation(before)
            before = None
        preflight.check_state(before)
        preflight.check_database(before, chosen)
        preflight.check_secrets(self._session, self.settings, is_running=bool(before))
        chosen = {**preflight.version_of_snapshot(self._session, chosen), **chosen}
        parameters = self._parameters(json.loads(text)["Parameters"], chosen, before)
        if before is None and chosen.get("Database") == "aurora":
            preflight.prepare_aurora(self._session, self.settings)
        key = self._code.put(package, "zip")
        parameters += [
            {"ParameterKey": "CodeBucket", "ParameterValue": self._code.name},
            {"ParameterKey": "CodeKey", "ParameterValue": key},
        ]
        where = self._code.url(self._code.put(text.encode(), "json"))
        change = self._change_set(where, parameters, bool(before))
        if change is None:
            return False
        for line in _change_lines(change["Changes"]):
            print(f"  {line}")
        self._cloudformation.execute_change_set(ChangeSetName=change["ChangeSetId"])
        self._finish("stack_update_complete" if before else "stack_create_complete", change)
        return True

    def destroy(self) -> tuple[bool, list[Part]]:
        """Delete the stack, except for resources that hold data.

        Returns
        -------
        tuple[bool, list[Part]]
            Whether the stack existed, and the retained resources. If it did not exist, those are the
            resources retained by earlier stacks, some of which may no longer exist.
        """
        before = self._stack()
        if before is None:
            return False, self._retained.earlier()
        parts = self._retained.of(before["StackId"])
        self._delete(before["StackId"])
        return True, parts

    def destroy_with_data(self) -> list[str]:
        """Delete the stack with all its data, and the resources retained by earlier stacks.

        Returns
        -------
        list[str]
            What was deleted.
        """
        existed, parts = self.destroy()
        deleted = [f"stack {self.name}"] if existed else []
        earlier = self._retained.earlier() if existed else []
        for part in self._retained.delete(list(dict.fromkeys([*parts, *earlier]))):
            deleted.append(str(part))
        return deleted + [f"parameter {name}" for name in self._retained.delete_settings()]

    def _delete_failed_creation(self, stack: Mapping[str, Any]) -> None:
        """Delete the remains of a first deployment that failed; it never held any data."""
        left = [] if stack["StackStatus"] == EMPTY else self._retained.of(stack["StackId"])
        self._delete(stack["StackId"])
        for part in self._retained.delete(left):
            print(f"  delete {part}, left over from a failed first deployment")

    @property
    def bucket(self) -> str:
        """The name of the bucket for packages and templates."""
        return self._code.name

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        found = (self._stack() or {}).get("Outputs", [])
        return {one["OutputKey"]: one["OutputValue"] for one in found}

    def _stack(self) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            found: list[dict[str, Any]] = self._cloudformation.describe_stacks(StackName=self.name)[
                "Stacks"
            ]
        except ClientError as problem:
            if "does not exist" in str(problem):
                return None
            raise
        return found[0]

    def _parameters(
        self, known: Mapping[str, Any], chosen: Mapping[str, str], before: Any
    ) -> list[dict[str, Any]]:
        chosen = {**chosen, "Stage": self.stage}
        if odd := sorted(chosen.keys() - known.keys() | chosen.keys() & {*MADE_BY_US}):
            raise DeployError(f"{odd[0]} is not a parameter; see docs/deploying.md")
        previous = {one["ParameterKey"] for one in (before or {}).get("Parameters", [])}
        kept = previous & known.keys() - chosen.keys() - {*MADE_BY_US}
        missing = [
            name
            for name, one in known.items()
            if "Default" not in one and name not in {*chosen, *kept, *MADE_BY_US}
        ]
        if missing:
            raise DeployError(
                "required the first time: " + " ".join(f"{name}=…" for name in missing)
            )
        return [
            {"ParameterKey": name, "ParameterValue": chosen[name]}
            if name in chosen
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in sorted({*chosen, *kept})
        ]

    def _change_set(
        self, where: str, parameters: Sequence[dict[str, Any]], is_there: bool
    ) -> dict[str, Any] | None:
        """Create a change set and return it, or None if nothing would change."""
        from botocore.exceptions import WaiterError

        made = self._cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{secrets.token_hex(8)}",
            ChangeSetType="UPDATE" if is_there else "CREATE",
            TemplateURL=where,
            Parameters=list(parameters),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "badgekit:stage", "Value": self.stage}],
        )
        waiter = self._cloudformation.get_waiter("change_set_create_complete")
        try:
            waiter.wait(ChangeSetName=made["Id"], WaiterConfig=self._wait)
        except WaiterError as problem:
            reason = problem.last_response.get("StatusReason", str(problem))
            causes = [] if NO_CHANGES.search(reason) else self._causes(made["Id"])
            self._cloudformation.delete_change_set(ChangeSetName=made["Id"])
            if NO_CHANGES.search(reason):
                return None
            raise DeployError("\n".join([reason, *causes])) from problem
        pages = self._cloudformation.get_paginator("describe_change_set")
        changes = [
            change
            for page in pages.paginate(ChangeSetName=made["Id"])
            for change in page["Changes"]
        ]
        return {"ChangeSetId": made["Id"], "StackId": made["StackId"], "Changes": changes}

    def _causes(self, change_set: str) -> list[str]:
        """Return why creating a change set failed, which only its events contain."""
        from botocore.exceptions import ClientError

        try:
            found = self._cloudformation.describe_events(
                ChangeSetName=change_set, Filters={"FailedEvents": True}
            )["OperationEvents"]
        except ClientError as problem:
            return [f"  (no details available: {problem})"]
        return [
            f"  {one.get('LogicalResourceId', self.name)}: {reason}"
            for one in found
            if (reason := one.get("ValidationStatusReason") or one.get("ResourceStatusReason"))
        ]

    def _finish(self, waiter: str, change: Mapping[str, Any]) -> None:
        from botocore.exceptions import WaiterError

        try:
            self._cloudformation.get_waiter(waiter).wait(
                StackName=change["StackId"], WaiterConfig=self._wait
            )
        except WaiterError as problem:
            if TOO_LONG.search(str(problem)):
                raise DeployError(
                    f"{self.name} is still being changed after an hour. Check its events, and run "
                    "this again when the change has ended."
                ) from problem
            reasons = "\n".join(f"  {line}" for line in self._reasons(change["StackId"]))
            raise DeployError(f"CloudFormation rolled back:\n{reasons}") from problem

    def _reasons(self, stack: str) -> Iterator[str]:
        """Yield why resources failed during the last deployment, the earliest first."""
        events = []
        pages = self._cloudformation.get_paginator("describe_stack_events")
        for event in pages.paginate(StackName=stack).search("StackEvents[]"):  # the newest first
            if event.get("ResourceStatusReason") == "User Initiated":
                break
            events.append(event)
        for event in reversed(events):
            if event["ResourceStatus"].endswith("_FAILED"):
                yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"

    def _delete(self, stack: str) -> None:
        from botocore.exceptions import WaiterError

        self._cloudformation.delete_stack(StackName=self.name)
        try:
            self._cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=stack, WaiterConfig=self._wait
            )
        except WaiterError as problem:
            reasons = "\n".join(f"  {line}" for line in self._reasons(stack))
            raise DeployError(f"deleting the stack failed; try again:\n{reasons}") from problem


def _change_lines(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in changes:
        change = one["ResourceChange"]
        replaced = " (replaced)" if change.get("Replacement") == "True" else ""
        kind = change["ResourceType"].removeprefix("AWS::")
        yield f"{change['Action'].lower():7}{change['LogicalResourceId']}, {kind}{replaced}"


def _deployment(stage: str, seconds: float) -> Deployment:
    """Return a deployment in the account and region that AWS's own tools would use.

    Raises
    ------
    NoAccountError
        If the region or credentials are missing, or the credentials have expired.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

    try:
        return Deployment(boto3.Session(), stage, seconds=seconds)
    except NoRegionError as problem:
        raise NoAccountError(
            "no AWS region: run AWS_DEFAULT_REGION=eu-central-1 make deploy …, "
            "or `aws configure`; see docs/install.md"
        ) from problem
    except (BotoCoreError, ClientError) as problem:
        raise NoAccountError(
            f"no access to AWS: {problem}\nSee docs/install.md for how to provide credentials."
        ) from problem


def _pairs(words: Sequence[str]) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in words)
    if odd := [word for word in words if "=" not in word]:
        raise DeployError(f"{odd[0]} should be Name=value; see docs/deploying.md")
    return pairs


def main(arguments: Sequence[str] | None = None, *, seconds: float = POLL_SECONDS) -> int:
    """Deploy or destroy the stack named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.deploy", description=__doc__)
    parser.add_argument("--stage", default="prod", help="name of the deployment")
    parser.add_argument("--arch", choices=template.ARCHITECTURES, default=template.ARCHITECTURES[0])
    parser.add_argument("--package", type=Path, help="zip file; default: out/badgekit-ARCH.zip")
    parser.add_argument(
        "--destroy", action="store_true", help="delete the stack, and retain its data"
    )
    parser.add_argument(
        "--with-data", metavar="STACK", help="also delete all data of the stack with this name"
    )
    parser.add_argument("parameters", nargs="*", help="Name=value; see docs/deploying.md")
    chosen = parser.parse_args(arguments)
    if chosen.with_data and not chosen.destroy:
        parser.error("--with-data needs --destroy")

    from botocore.exceptions import BotoCoreError, ClientError

    try:
        deployment = _deployment(chosen.stage, seconds)
        if chosen.destroy:
            _destroy(deployment, chosen.with_data, chosen.parameters)
        else:
            package = chosen.package or ROOT / f"out/badgekit-{chosen.arch}.zip"
            _deploy(deployment, package, chosen.arch, chosen.parameters)
    except DeployError as problem:
        print(problem, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as problem:  # such as a missing permission
        print(f"AWS: {problem}", file=sys.stderr)
        return 1
    return 0


def _destroy(deployment: Deployment, with_data: str | None, words: Sequence[str]) -> None:
    if words:
        raise DeployError(f"{words[0]}: destroying takes no parameters; see docs/deploying.md")
    if with_data is None:
        existed, parts = deployment.destroy()
        print(f"{deployment.name} deleted" if existed else f"{deployment.name} does not exist")
        if parts:
            print("retained:" if existed else "retained by earlier stacks, unless deleted since:")
        for part in parts:
            print(f"  {part}: costs {part.costs}")
        if existed:
            print(f"  parameters below {deployment.settings}: cost nothing")
        if existed or parts:
            hint = f'make destroy STAGE={deployment.stage} ARGS="--with-data {deployment.name}"'
            print(f"to delete these as well: {hint}")
        return
    if with_data != deployment.name:
        raise DeployError(f"--with-data must name the stack: {deployment.name}")
    deleted = deployment.destroy_with_data()
    print("deleted, with all data:" if deleted else "nothing to delete")
    for one in deleted:
        print(f"  {one}")
    if any(one.endswith("/DATABASE_HOST") for one in deleted):
        print("the database is not part of the stack: its tables still exist")


def _deploy(deployment: Deployment, package: Path, arch: str, words: Sequence[str]) -> None:
    if not package.exists():
        raise DeployError(f"{package} is missing: run make package")
    try:
        runtime = runtimes.of_package(package)  # so that the two cannot disagree
    except runtimes.UnknownRuntimeError as problem:
        raise DeployError(str(problem)) from problem
    print(f"{deployment.name}: {costs.summary()}; see docs/deploying.md")
    written = template.text(arch, runtime)
    changed = deployment.deploy(package.read_bytes(), written, _pairs(words))
    print("deployed" if changed else "nothing to change")
    for name, value in sorted(deployment.outputs().items()):
        print(f"  {name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
