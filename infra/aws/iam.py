"""IAM permissions of the functions: each function here returns statements of a role's policy.

All statements are written here, so this file shows every granted action. `WILDCARDS` names those
that AWS can only grant for all resources, and why.
"""

from __future__ import annotations

from typing import Any

Statement = dict[str, Any]

PARAMETERS = (
    "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/badgekit/${Stage}"
)
_FUNCTION = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
CONFIGURATION_SETS = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/"
IDENTITIES = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*"
NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
WILDCARDS = {
    "Network": "EC2 lets interfaces be made and described on all resources only; code of ours is denied it",
    "NoNetworkForCode": "denies, and so is for everything",
    "SendMail": "SES's sandbox asks for the recipient's identity, too; a condition names the sender",
    "Decrypt": "SSM's own key has an id that only the account knows; two conditions name it",
}


def sub(text: str) -> dict[str, str]:
    """Return a `Fn::Sub`: a string in which CloudFormation replaces names."""
    return {"Fn::Sub": text}


def allow(sid: str, actions: tuple[str, ...], *resources: Any, **more: Any) -> Statement:
    """Return a statement that allows some actions."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        **more,
    }


def log(group: str) -> Statement:
    """Allow writing to the function's own log group, which the stack creates."""
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${" + group + "}:*"
    return allow("Log", ("logs:CreateLogStream", "logs:PutLogEvents"), sub(arn))


def settings() -> list[Statement]:
    """Allow reading the settings of this stage, decrypted with SSM's own key."""
    return [
        allow("Settings", ("ssm:GetParametersByPath",), sub(PARAMETERS)),
        allow(
            "Decrypt",
            ("kms:Decrypt",),
            sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"),
            Condition={
                "StringEquals": {"kms:ViaService": sub("ssm.${AWS::Region}.${AWS::URLSuffix}")},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/aws/ssm"},
            },
        ),
    ]


def make_secrets() -> Statement:
    """Allow storing this stage's missing secrets."""
    return allow("MakeSecrets", ("ssm:PutParameter",), sub(PARAMETERS + "/*"))


def _arns(queues: tuple[str, ...]) -> list[Any]:
    return [{"Fn::GetAtt": [queue, "Arn"]} for queue in queues]


def consume(queue: str) -> Statement:
    """Allow receiving a queue's messages, which Lambda does on the function's behalf."""
    actions = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
    return allow("Consume", actions, *_arns((queue,)))


def send_messages(*queues: str) -> Statement:
    """Allow sending messages to queues."""
    return allow("Wake", ("sqs:SendMessage",), *_arns(queues))


def redrive_dead_letters(queues: tuple[str, ...], dead: tuple[str, ...]) -> list[Statement]:
    """Allow showing and redriving dead letters, as the Activity page does."""
    return [
        allow("Redrive", ("sqs:GetQueueAttributes",), *_arns(queues)),
        allow(
            "DeadLetters",
            (
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:GetQueueUrl",
                "sqs:ReceiveMessage",
            ),
            *_arns(dead),
        ),
    ]


def objects(sid: str, verbs: str, *prefixes: str) -> Statement:
    """Allow access to the bucket's objects below some prefixes; `verbs` as in ``"Get Put"``."""
    actions = tuple(f"s3:{verb}Object" for verb in verbs.split())
    return allow(sid, actions, *(sub("${Bucket.Arn}/" + prefix + "/*") for prefix in prefixes))


def list_bucket() -> Statement:
    """Allow listing the bucket, so that missing objects give 404 instead of 403."""
    return allow("Missing", ("s3:ListBucket",), {"Fn::GetAtt": ["Bucket", "Arn"]})


def send_mail(*, events: bool) -> Statement:
    """Allow sending mail from our address, optionally with the configuration set for delivery events.

    In the SES sandbox, sending requires permission for the recipient's identity (verified in the
    account) as well as for the sender's. So the statement covers all identities, and the condition
    fixes the sender. A message without a configuration set uses the identity's default one, which
    may have any name.
    """
    return allow(
        "SendMail",
        ("ses:SendEmail", "ses:SendRawEmail"),
        sub(IDENTITIES),
        sub(CONFIGURATION_SETS + ("${ConfigurationSet}" if events else "*")),
        Condition={"StringEqualsIgnoreCase": {"ses:FromAddress": {"Ref": "MailFrom"}}},
    )


def invoke(function: str) -> Statement:
    """Allow invoking a function."""
    return allow("Call", ("lambda:InvokeFunction",), sub(_FUNCTION + function))


def network(function: str) -> list[Statement]:
    """Allow Lambda to attach the function to our network, and deny its code the same actions."""
    return [
        allow("Network", NETWORK_ACTIONS, "*"),
        {
            "Sid": "NoNetworkForCode",
            "Effect": "Deny",
            "Action": list(NETWORK_ACTIONS),
            "Resource": ["*"],
            "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": sub(_FUNCTION + function)}},
        },
    ]
