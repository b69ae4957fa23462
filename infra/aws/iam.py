"""Words for what a function may do: each returns one statement of its role's policy.

Only these write statements, so that whoever reads this file knows every action that is granted.
`WILDCARDS` names those that AWS can give for everything only, and why.
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
    """Return a text in which CloudFormation replaces names."""
    return {"Fn::Sub": text}


def allow(sid: str, actions: tuple[str, ...], *resources: Any, **more: Any) -> Statement:
    """Return a statement."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        **more,
    }


def log(group: str) -> Statement:
    """Write to the function's own log group, which the stack made."""
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${" + group + "}:*"
    return allow("Log", ("logs:CreateLogStream", "logs:PutLogEvents"), sub(arn))


def settings() -> list[Statement]:
    """Read the settings of this stage, decrypted by SSM's own key."""
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
    """Store secrets of this stage that are not there yet."""
    return allow("MakeSecrets", ("ssm:PutParameter",), sub(PARAMETERS + "/*"))


def _arns(queues: tuple[str, ...]) -> list[Any]:
    return [{"Fn::GetAtt": [queue, "Arn"]} for queue in queues]


def consume(queue: str) -> Statement:
    """Take messages from a queue, as Lambda does for the function."""
    actions = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
    return allow("Consume", actions, *_arns((queue,)))


def wake(*queues: str) -> Statement:
    """Send wake-up calls."""
    return allow("Wake", ("sqs:SendMessage",), *_arns(queues))


def look_after(queues: tuple[str, ...], dead: tuple[str, ...]) -> list[Statement]:
    """Show dead letters, and move them back, as the Activity page does."""
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
    """Work with the bucket's objects below some prefixes; `verbs` as in ``"Get Put"``."""
    actions = tuple(f"s3:{verb}Object" for verb in verbs.split())
    return allow(sid, actions, *(sub("${Bucket.Arn}/" + prefix + "/*") for prefix in prefixes))


def tell_missing() -> Statement:
    """Be told 404, not 403, of objects that are not there."""
    return allow("Missing", ("s3:ListBucket",), {"Fn::GetAtt": ["Bucket", "Arn"]})


def send_mail(*, events: bool) -> Statement:
    """Send mails from our address, perhaps by the configuration set that tells what became of them.

    In its sandbox SES asks for the right to send not only of the sender's identity, but of the
    recipient's, too (one that is verified in the account). So all identities are named, and the
    condition holds who the sender is. A mail that names no configuration set goes by the one that the
    identity may have, and that one may be called anything.
    """
    return allow(
        "SendMail",
        ("ses:SendEmail", "ses:SendRawEmail"),
        sub(IDENTITIES),
        sub(CONFIGURATION_SETS + ("${ConfigurationSet}" if events else "*")),
        Condition={"StringEqualsIgnoreCase": {"ses:FromAddress": {"Ref": "MailFrom"}}},
    )


def call(function: str) -> Statement:
    """Call a function and wait for its answer."""
    return allow("Call", ("lambda:InvokeFunction",), sub(_FUNCTION + function))


def network(function: str) -> list[Statement]:
    """Let Lambda put the function into our network, but not its code use the same rights."""
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
