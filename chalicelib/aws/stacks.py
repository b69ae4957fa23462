"""CloudFormation: whether it is undoing what it began."""

from __future__ import annotations

from chalicelib.aws.session import client


def is_rolling_back(stack: str) -> bool:
    """Tell whether a stack is on its way back to what it was."""
    (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return "ROLLBACK" in found["StackStatus"]
