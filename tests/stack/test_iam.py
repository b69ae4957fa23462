"""Permissions: each part has the ones that it needs; and no secrets in the template."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.config import SETTINGS
from chalicelib.queues import OUTBOX
from infra.aws import iam
from infra.aws.functions import COURIER, FUNCTIONS, Function
from tests.stack.conftest import Stack, texts

OTHERS = [one for one in FUNCTIONS if one is not COURIER]
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.suffix)
each_but_the_courier = pytest.mark.parametrize("function", OTHERS, ids=lambda one: one.suffix)
SECRET = {setting.name for setting in SETTINGS if setting.secret}

# Every resource with a wildcard, and the reason.
STARS = {
    "*": {*iam.WILDCARDS} - {"Decrypt", "SendMail"},
    iam.IDENTITIES: {"SendMail"},
    iam.CONFIGURATION_SETS + "*": {"SendMail"},
    "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*": {"Decrypt"},
    # Names below these are chosen at run time: objects, secrets.
    "${Bucket.Arn}/images/*": {"Pictures", "PicturesByCloudFront"},
    "${Bucket.Arn}/awards/*": {"Awards"},
    "${Bucket.Arn}/uploads/*": {"Uploads"},
    iam.PARAMETERS + "/*": {"MakeSecrets"},
    # A denial covers all resources.
    "${Bucket.Arn}/*": {"TlsOnly"},
}


def test_no_statement_allows_an_action_with_a_wildcard(stack: Stack) -> None:
    for name in stack.resources:
        for statement in stack.statements(name):
            if statement["Effect"] == "Allow":
                assert [one for one in texts(statement["Action"]) if "*" in one] == [], name


def test_no_statement_is_for_more_resources_than_it_needs(stack: Stack) -> None:
    found: dict[str, set[str]] = {}
    for name in stack.resources:
        for statement in stack.statements(name):
            for resource in texts(statement.get("Resource", [])):
                if "*" in resource and not re.search(r":log-group:\$\{\w+\}:\*$", resource):
                    found.setdefault(resource, set()).add(statement.get("Sid", name))
    assert found == STARS


def test_each_exception_has_a_reason() -> None:
    assert all(len(reason) > 10 for reason in iam.WILDCARDS.values())


def test_mails_are_sent_from_our_address_only(stack: Stack) -> None:
    senders = [
        one
        for function in FUNCTIONS
        for one in stack.statements(function.role)
        if "ses:SendEmail" in one["Action"]
    ]
    assert len(senders) == 2
    for statement in senders:
        assert statement["Condition"] == {
            "StringEqualsIgnoreCase": {"ses:FromAddress": {"Ref": "MailFrom"}}
        }


def test_key_and_network_have_conditions(stack: Stack) -> None:
    for function in OTHERS:
        by_id = {one["Sid"]: one for one in stack.statements(function.role) if "Sid" in one}
        conditions = by_id["Decrypt"]["Condition"]
        assert conditions["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": "alias/aws/ssm"}
        assert by_id["NoNetworkForCode"]["Action"] == by_id["Network"]["Action"]


@each_function
def test_each_function_has_a_role_of_its_own(stack: Stack, function: Function) -> None:
    roles = [one["Properties"]["Role"] for one in stack.of("AWS::Lambda::Function").values()]
    assert roles.count({"Fn::GetAtt": [function.role, "Arn"]}) == 1
    assert "ManagedPolicyArns" not in stack.properties(function.role)


def allowed(stack: Stack, function: Function, action: str) -> set[str]:
    """Return the resources for which a function may perform an action."""
    return {
        resource
        for statement in stack.statements(function.role)
        if statement["Effect"] == "Allow" and action in statement["Action"]
        for resource in texts(statement["Resource"])
    }


@each_function
def test_each_function_writes_its_own_log_only(stack: Stack, function: Function) -> None:
    (group,) = allowed(stack, function, "logs:PutLogEvents")
    assert group.endswith(":log-group:${" + function.log_group + "}:*")
    assert not allowed(stack, function, "logs:CreateLogGroup")


@each_but_the_courier
def test_each_function_reads_the_settings_of_its_stage_only(
    stack: Stack, function: Function
) -> None:
    assert allowed(stack, function, "ssm:GetParametersByPath") == {iam.PARAMETERS}


@each_function
def test_each_consumer_takes_from_its_queue_only(stack: Stack, function: Function) -> None:
    taken = allowed(stack, function, "sqs:ReceiveMessage")
    own = {f"${{{function.consumes.resource}.Arn}}"} if function.consumes else set()
    # The function that redrives dead letters also receives them.
    dead = {f"${{{queue.dead}.Arn}}" for queue in OUTBOX} if function.handler == "app" else set()
    assert taken == own | dead


@pytest.mark.parametrize(
    "function", [one for one in FUNCTIONS if one.consumes in OUTBOX], ids=lambda one: one.suffix
)
def test_workers_may_requeue_failed_jobs(stack: Stack, function: Function) -> None:
    """They send to their own queue, which Lambda would otherwise stop as a recursive loop."""
    assert function.consumes
    own = f"${{{function.consumes.resource}.Arn}}"
    assert own in allowed(stack, function, "sqs:SendMessage")
    assert stack.properties(function.resource)["RecursiveLoop"] == "Allow"


@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("ses:SendEmail", {"app", "mail"}),
        ("sqs:SendMessage", {"app", "issue", "award", "mail", "deliver", "sweep", "tidy"}),
        ("sqs:GetQueueUrl", {"app"}),
        ("s3:GetObject", {"app", "award"}),
        ("s3:PutObject", {"app", "award"}),
        ("s3:DeleteObject", {"app", "tidy"}),
        ("ssm:PutParameter", {"migrate"}),
        ("lambda:InvokeFunction", {"app", "issue", "award", "deliver"}),
    ],
)
def test_only_some_functions_may(stack: Stack, action: str, who: set[str]) -> None:
    assert {one.handler for one in FUNCTIONS if allowed(stack, one, action)} == who


def test_the_courier_may_do_nothing_but_write_its_log(stack: Stack) -> None:
    assert [one["Action"] for one in stack.statements(COURIER.role)] == [
        "sts:AssumeRole",  # by Lambda, for the function
        ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]


def test_no_function_but_the_courier_may_be_called(stack: Stack) -> None:
    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    for function in FUNCTIONS:
        called = allowed(stack, function, "lambda:InvokeFunction")
        assert called == ({arn + COURIER.name} if function.makes_requests else set())


def test_functions_that_may_call_the_courier_know_its_name_and_no_others(stack: Stack) -> None:
    name = {"Fn::If": ["IsAurora", {"Fn::Sub": COURIER.name}, {"Ref": "AWS::NoValue"}]}
    for function in OTHERS:
        variables = stack.properties(function.resource)["Environment"]["Variables"]
        assert variables.get("COURIER_FUNCTION") == (name if function.makes_requests else None)
    assert stack.properties(COURIER.resource)["FunctionName"] == {"Fn::Sub": COURIER.name}


def test_no_function_may_delete_awards(stack: Stack) -> None:
    for function in FUNCTIONS:
        assert "${Bucket.Arn}/awards/*" not in allowed(stack, function, "s3:DeleteObject")


def test_only_the_topic_may_send_to_the_mail_event_queue(stack: Stack) -> None:
    for function in FUNCTIONS:
        assert "${MailEventQueue.Arn}" not in allowed(stack, function, "sqs:SendMessage")


# Secrets


def test_the_courier_has_no_settings(stack: Stack) -> None:
    """Nor access to any, so that a hijacked courier has nothing to leak."""
    assert "Environment" not in stack.properties(COURIER.resource)


@each_but_the_courier
def test_no_secret_is_in_the_environment(stack: Stack, function: Function) -> None:
    variables = stack.properties(function.resource)["Environment"]["Variables"]
    assert not SECRET & variables.keys()


@each_but_the_courier
def test_the_environment_has_settings_only(stack: Stack, function: Function) -> None:
    variables = stack.properties(function.resource)["Environment"]["Variables"]
    ours = {name for name in variables if not name.startswith("AWS_")}
    assert ours <= {setting.name for setting in SETTINGS}
    assert {queue.setting for queue in OUTBOX} <= ours
    assert "PARAMETER_PATH" in ours


def test_no_secret_is_in_the_template(stack: Stack) -> None:
    assert not [name for name in stack.whole["Parameters"] if re.search("(?i)secret|passw", name)]
    found = [
        json.dumps(one["Properties"][name])
        for one in stack.resources.values()
        for name in ("MasterUserPassword", "SecretString")
        if name in one.get("Properties", {})
    ]
    assert found
    for value in found:
        assert "{{resolve:ssm-secure:" in value
    # Nothing is visible afterwards, either.
    assert not re.search("(?i)secret|passw", str(stack.whole["Outputs"]))
