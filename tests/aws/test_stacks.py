"""CloudFormation's word on whether it goes back."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.aws import session, stacks

NAME = "arn:aws:cloudformation:us-east-1:123456789012:stack/badgekit-prod/1"


@pytest.mark.parametrize(
    ("status", "back"),
    [
        ("UPDATE_IN_PROGRESS", False),
        ("CREATE_IN_PROGRESS", False),
        ("UPDATE_ROLLBACK_IN_PROGRESS", True),
        ("ROLLBACK_IN_PROGRESS", True),
    ],
)
def test_the_status_tells(status: str, back: bool) -> None:
    found: dict[str, Any] = {
        "StackName": "badgekit-prod", "StackStatus": status, "CreationTime": "2026-03-14T00:00:00Z",
    }  # fmt: skip
    with Stubber(session.client("cloudformation")) as stub:
        stub.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": NAME})
        assert stacks.is_rolling_back(NAME) is back
