"""Deploys the stack: `make deploy STAGE=prod ARGS="System=chicago MailFrom=badges@example.org"`.

Whatever was said of a stack before need not be said again. The package is uploaded by its digest,
so that nothing is uploaded, and nothing changes, if it is the same. `--destroy` deletes the stack;
what holds data stays, unless `--with-data` says the stack's name, too.
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
POLL_SECONDS, POLLS = 5, 720  # an hour: CloudFront and Aurora take their time
NO_CHANGES = re.compile(r"didn't contain changes|No updates are to be performed")
TOO_LONG = re.compile(r"Max attempts exceeded")
MADE_BY_US = ("CodeBucket", "CodeKey")
# A stack in this state was never there; nothing can be done with it but to delete it.
EMPTY = "REVIEW_IN_PROGRESS"
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", EMPTY)


class Deployment:
    """One stack in one account and region.

    Parameters
    ----------
    session : Any
        boto3's session.
    stage : str
        Which of the deployments in that account.
    seconds : float
        How long to wait between two looks at CloudFormation.
    """

    def __init__(self, session: Any, stage: str, *, seconds: float = POLL_SECONDS) -> None:
        self.name = f"badgekit-{stage}"
        self.stage = stage
        self._session = session
        self._cloudformation = session.client("cloudformation")
        self._code = CodeBucket(session)
        self._wait = {"Delay": seconds, "MaxAttempts": POLLS}
        self.settings = f"/badgekit/{stage}"
        self._kept = Retained(session, self.name, self.settings, self._wait)

    def deploy(self, package: bytes, text: str, chosen: Mapping[str, str]) -> bool:
        """Bring the stack to what package, template and parameters say.

        Parameters
        ----------
        package : bytes
            The zip file.
        text : str
            The template.
        chosen : Mapping[str, str]
            Parameters of the template; what is not said stays as it is.

        Returns
        -------
        bool
            Whether anything had to be changed.

        Raises
        ------
        DeployError
            If a parameter is missing, something stands in the way, or CloudFormation undid it.
        """
        before = self._stack()
        if before and before["StackStatus"] in NEVER_MADE:
            self._delete_what_was_never_made(before)
            before = None
        preflight.check_state(before)
        preflight.check_database(before, chosen)
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
        for line in _in_words(change["Changes"]):
            print(f"  {line}")
        self._cloudformation.execute_change_set(ChangeSetName=change["ChangeSetId"])
        self._finish("stack_update_complete" if before else "stack_create_complete", change)
        return True

    def destroy(self) -> tuple[bool, list[Part]]:
        """Delete the stack but for what holds data.

        Returns
        -------
        tuple[bool, list[Part]]
            Whether there was one; and what stayed. If there was none, that is what earlier ones
            kept, which somebody may have deleted since.
        """
        before = self._stack()
        if before is None:
            return False, self._kept.earlier()
        stays = self._kept.of(before["StackId"])
        self._delete(before["StackId"])
        return True, stays

    def destroy_with_data(self) -> list[str]:
        """Delete the stack with all of its data, and what earlier ones of its name kept.

        Returns
        -------
        list[str]
            What was deleted.
        """
        there, stays = self.destroy()
        gone = [f"stack {self.name}"] if there else []
        earlier = self._kept.earlier() if there else []
        for part in self._kept.delete(list(dict.fromkeys([*stays, *earlier]))):
            gone.append(str(part))
        return gone + [f"parameter {name}" for name in self._kept.delete_settings()]

    def _delete_what_was_never_made(self, stack: Mapping[str, Any]) -> None:
        """Delete what is left of a first deployment that failed: nobody can have used it."""
        left = [] if stack["StackStatus"] == EMPTY else self._kept.of(stack["StackId"])
        self._delete(stack["StackId"])
        for part in self._kept.delete(left):
            print(f"  delete {part}, which a first attempt left behind")

    @property
    def bucket(self) -> str:
        """The bucket of packages and templates."""
        return self._code.name

    def outputs(self) -> dict[str, str]:
        """Return what the stack says of itself."""
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
            raise DeployError(f"{odd[0]} is nothing to choose; see docs/deploying.md")
        said = {one["ParameterKey"] for one in (before or {}).get("Parameters", [])}
        kept = said & known.keys() - chosen.keys() - {*MADE_BY_US}
        missing = [
            name
            for name, one in known.items()
            if "Default" not in one and name not in {*chosen, *kept, *MADE_BY_US}
        ]
        if missing:
            raise DeployError(
                "these must be said the first time: " + " ".join(f"{name}=…" for name in missing)
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
        """Return what CloudFormation would change; None if nothing."""
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
        """Return what CloudFormation found before it would begin; only its events tell."""
        from botocore.exceptions import ClientError

        try:
            found = self._cloudformation.describe_events(
                ChangeSetName=change_set, Filters={"FailedEvents": True}
            )["OperationEvents"]
        except ClientError as problem:
            return [f"  (and does not tell more: {problem})"]
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
                    f"{self.name} is still being changed after an hour. Look into its events, and "
                    "run this again when it has ended."
                ) from problem
            reasons = "\n".join(f"  {line}" for line in self._reasons(change["StackId"]))
            raise DeployError(f"CloudFormation undid it:\n{reasons}") from problem

    def _reasons(self, stack: str) -> Iterator[str]:
        """Return why parts failed, the first one first, until the deployment began."""
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
            raise DeployError(f"not all of it could be deleted; try again:\n{reasons}") from problem


def _in_words(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in changes:
        change = one["ResourceChange"]
        again = " (made anew)" if change.get("Replacement") == "True" else ""
        kind = change["ResourceType"].removeprefix("AWS::")
        yield f"{change['Action'].lower():7}{change['LogicalResourceId']}, {kind}{again}"


def _deployment(stage: str, seconds: float) -> Deployment:
    """Return a deployment in the account and region that AWS's own tools would work in.

    Raises
    ------
    NoAccountError
        If these are not known, or not good any more.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

    try:
        return Deployment(boto3.Session(), stage, seconds=seconds)
    except NoRegionError as problem:
        raise NoAccountError(
            "AWS's region is missing: AWS_DEFAULT_REGION=eu-central-1 make deploy …, "
            "or `aws configure`; see docs/install.md"
        ) from problem
    except (BotoCoreError, ClientError) as problem:
        raise NoAccountError(
            f"AWS does not let us in: {problem}\nSee docs/install.md for where credentials come from."
        ) from problem


def _pairs(words: Sequence[str]) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in words)
    if odd := [word for word in words if "=" not in word]:
        raise DeployError(f"{odd[0]} should be Name=value; see docs/deploying.md")
    return pairs


def main(arguments: Sequence[str] | None = None, *, seconds: float = POLL_SECONDS) -> int:
    """Deploy, or destroy, what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.deploy", description=__doc__)
    parser.add_argument("--stage", default="prod", help="one of several deployments")
    parser.add_argument("--arch", choices=template.ARCHITECTURES, default=template.ARCHITECTURES[0])
    parser.add_argument("--package", type=Path, help="the zip file; out/badgekit-ARCH.zip")
    parser.add_argument(
        "--destroy", action="store_true", help="delete the stack, and keep its data"
    )
    parser.add_argument(
        "--with-data", metavar="STACK", help="destroy all data of the stack of this name, too"
    )
    parser.add_argument("parameters", nargs="*", help="Name=value, as docs/deploying.md lists them")
    chosen = parser.parse_args(arguments)
    if chosen.with_data and not chosen.destroy:
        parser.error("--with-data is for make destroy")

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
    except (BotoCoreError, ClientError) as problem:  # such as a right that is missing
        print(f"AWS: {problem}", file=sys.stderr)
        return 1
    return 0


def _destroy(deployment: Deployment, with_data: str | None, words: Sequence[str]) -> None:
    if words:
        raise DeployError(f"{words[0]}: there is nothing to choose; see docs/deploying.md")
    if with_data is None:
        there, stays = deployment.destroy()
        print(f"{deployment.name} is deleted" if there else "there is no such stack")
        if stays:
            print("this stays:" if there else "earlier ones kept this, if it is still there:")
        for part in stays:
            print(f"  {part}: costs {part.costs}")
        if there:
            print(f"  parameters below {deployment.settings}: cost nothing")
        if there or stays:
            hint = f'make destroy STAGE={deployment.stage} ARGS="--with-data {deployment.name}"'
            print(f"to delete that, too: {hint}")
        return
    if with_data != deployment.name:
        raise DeployError(f"--with-data must name the stack: {deployment.name}")
    gone = deployment.destroy_with_data()
    print("deleted, with all data:" if gone else "there was nothing to delete")
    for one in gone:
        print(f"  {one}")
    if any(one.endswith("/DATABASE_HOST") for one in gone):
        print("the database is not the stack's: its tables are still there")


def _deploy(deployment: Deployment, package: Path, arch: str, words: Sequence[str]) -> None:
    if not package.exists():
        raise DeployError(f"{package} is missing: make package")
    try:
        runtime = runtimes.of_package(package)  # so that the two cannot disagree
    except runtimes.UnknownRuntimeError as problem:
        raise DeployError(str(problem)) from problem
    print(f"{deployment.name}: {costs.summary()}; docs/deploying.md tells what for")
    written = template.text(arch, runtime)
    changed = deployment.deploy(package.read_bytes(), written, _pairs(words))
    print("deployed" if changed else "nothing to change")
    for name, value in sorted(deployment.outputs().items()):
        print(f"  {name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
