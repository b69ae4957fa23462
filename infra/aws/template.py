"""Generates the stack's CloudFormation template as JSON: `python -m infra.aws.template OUT`.

Chalice lists the functions of `app.py` and their triggers. The table in `functions.py` adds what
Chalice lacks, such as dead-letter queues and a role for each function, and the hand-written parts
in `stack/` add the rest. The output is reproducible byte by byte; only the name of the Python
runtime depends on the package.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from chalicelib.queues import OUTBOX, QUEUES, Queue
from chalicelib.web.application import METHODS
from infra.aws import alarms, fragments, iam, runtimes, sam
from infra.aws.functions import (
    COURIER,
    DEAD_LETTERS_KEPT_DAYS,
    FUNCTIONS,
    MIGRATE,
    Function,
    visibility,
)
from infra.aws.runtimes import RUNTIMES, Runtime

Resource = dict[str, Any]

ARCHITECTURES = ("arm64", "x86_64")
DAY = 24 * 60 * 60
LARGEST_MESSAGE = 1024 * 1024  # bytes; SQS's maximum, since a parked webhook may need it
NOTHING = {"Ref": "AWS::NoValue"}
# Without queries and paths, which contain sign-in links and codes.
ACCESS_LOG = {
    "time": "$context.requestTime", "request": "$context.requestId",
    "from": "$context.identity.sourceIp", "method": "$context.httpMethod",
    "status": "$context.status", "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency", "trouble": "$context.integrationErrorMessage",
}  # fmt: skip


class UnknownFunctionError(Exception):
    """`app.py` and the table of functions differ."""


def _if(condition: str, then: Any, otherwise: Any = NOTHING) -> dict[str, Any]:
    return {"Fn::If": [condition, then, otherwise]}


def _env(function: Function) -> dict[str, Any]:
    """Return the settings that are not secret; all others are in the Parameter Store."""
    courier = _if("IsAurora", iam.sub(COURIER.name))
    return {
        "PARAMETER_PATH": iam.sub("/badgekit/${Stage}"),
        "OPENBADGER_SYSTEM": {"Ref": "System"},
        "PERSONA_AUDIENCE": _if(
            "HasDomain",
            iam.sub("https://${DomainName}"),
            iam.sub("https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}"),
        ),
        "ACCESS_LIST": _if("HasAccessList", {"Ref": "AccessList"}),
        "DATABASE_DRIVER": "mysql",
        "DATABASE_CERTIFICATES": _if("IsAurora", "aws", {"Ref": "DatabaseCertificates"}),
        "DATABASE_SLEEPS": _if("IsAurora", "true"),
        "MAIL_FROM": {"Ref": "MailFrom"},
        "MAIL_CONFIGURATION_SET": {"Ref": "ConfigurationSet"},
        "IMAGE_BUCKET": {"Ref": "Bucket"},
        "IMAGE_BASE_URL": iam.sub("https://${Distribution.DomainName}"),
        **{queue.setting: {"Ref": queue.resource} for queue in OUTBOX},
        # Our own network has only IPv6 egress. The name, since a reference would be circular.
        **({"COURIER_FUNCTION": courier} if function.makes_requests else {}),
        "AWS_USE_DUALSTACK_ENDPOINT": _if("IsAurora", "true"),
    }


def _queue(queue: Queue) -> dict[str, Resource]:
    name = "badgekit-${Stage}-" + queue.suffix
    return {
        queue.resource: {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": iam.sub(name),
                "VisibilityTimeout": visibility(queue),
                "MessageRetentionPeriod": 4 * DAY,
                "MaximumMessageSize": LARGEST_MESSAGE,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [queue.dead, "Arn"]},
                    "maxReceiveCount": queue.deliveries,
                },
            },
        },
        queue.dead: {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": iam.sub(f"{name}-dead"),
                "MessageRetentionPeriod": DEAD_LETTERS_KEPT_DAYS * DAY,
                "SqsManagedSseEnabled": True,
            },
        },
    }


def _policy(name: str, statements: list[iam.Statement]) -> dict[str, Any]:
    return {
        "PolicyName": name,
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }


def _role(function: Function) -> Resource:
    statements = [iam.log(function.log_group)]
    policies: list[Any] = [_policy(function.suffix, statements)]
    if not function.is_courier:
        statements += [*iam.settings(), *function.rights]
        policies.append(_if("IsAurora", _policy("network", iam.network(function.name))))
    if function.consumes:
        statements.append(iam.consume(function.consumes.resource))
    if function.makes_requests:
        policies.append(_if("IsAurora", _policy("courier", [iam.invoke(COURIER.name)])))
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "Policies": policies,
        },
    }


def _log_group(function: Function) -> Resource:
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": iam.sub(f"/aws/lambda/{function.name}"),
            "RetentionInDays": {"Ref": "LogDays"},
        },
    }


def _merge(function: Function, chalice: Resource, architecture: str, runtime: Runtime) -> None:
    """Apply a row of the table to a function in Chalice's template."""
    properties = chalice["Properties"]
    for not_ours in ("Tags", "Tracing"):
        properties.pop(not_ours, None)
    properties |= {
        "FunctionName": iam.sub(function.name),
        "CodeUri": {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}},
        "Runtime": runtime.name,
        "Architectures": [architecture],
        "MemorySize": function.memory,
        "Timeout": function.seconds,
        "Role": {"Fn::GetAtt": [function.role, "Arn"]},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": {"Ref": function.log_group}},
    }
    if function.is_courier:
        properties.pop("Environment", None)
    else:
        properties |= {
            "Environment": {"Variables": _env(function)},
            "VpcConfig": _if(
                "IsAurora",
                {
                    "SubnetIds": [{"Ref": "FirstSubnet"}, {"Ref": "SecondSubnet"}],
                    "SecurityGroupIds": [{"Ref": "FunctionGroup"}],
                    "Ipv6AllowedForDualStack": True,
                },
            ),
        }
    if function is not MIGRATE:
        chalice["DependsOn"] = "Schema"  # migrate the database first
        # Updating a function drops its connections, so none remains to a previous database.
        if not function.is_courier:
            properties["Description"] = _if("IsAurora", iam.sub("Works with ${DatabaseCluster}"))
    for event in properties.get("Events", {}).values():
        if event["Type"] == "Schedule" and function.wakes_the_database:
            often = event["Properties"]["Schedule"]
            event["Properties"]["Schedule"] = _if("IsAurora", {"Ref": "AuroraSweep"}, often)
        if event["Type"] != "SQS":
            continue
        if function.consumes is None:
            raise UnknownFunctionError(f"{function.handler} has no queue in the table")
        if function.consumes in OUTBOX:
            # It requeues failed jobs, a limited number of times (`domain/jobs/kinds.py`).
            properties["RecursiveLoop"] = "Allow"
        event["Properties"] = {
            "Queue": {"Fn::GetAtt": [function.consumes.resource, "Arn"]},
            "BatchSize": function.consumes.batch,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": function.at_once},
        }


def _api(chalice: Resource, handler: Function) -> None:
    """Replace all routes with a single proxy resource; `web/application.py` does the routing."""
    # By name, to avoid a circular reference: the function's settings contain the API's URL.
    uri = iam.sub(
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        f"{handler.name}/invocations"
    )
    method = {
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": uri,
            "passthroughBehavior": "when_no_match",
        },
    }
    proxy = {"name": "proxy", "in": "path", "required": True, "type": "string"}
    properties = chalice["Properties"]
    definition = properties["DefinitionBody"]
    definition.pop("definitions", None)
    definition["info"]["title"] = iam.sub("badgekit-${Stage}")
    verbs = [verb.lower() for verb in METHODS]
    definition["paths"] = {
        "/": dict.fromkeys(verbs, method),
        "/{proxy+}": {verb: {**method, "parameters": [proxy]} for verb in verbs},
    }
    # Errors that do not reach the function, such as too many requests, are open to scripts, too.
    readable = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    definition["x-amazon-apigateway-gateway-responses"] = {
        kind: {"responseParameters": readable} for kind in ("DEFAULT_4XX", "DEFAULT_5XX")
    }
    properties |= {
        "Name": iam.sub("badgekit-${Stage}"),
        "StageName": {"Ref": "Stage"},
        "EndpointConfiguration": {"Type": "REGIONAL"},
        "AccessLogSetting": {
            "DestinationArn": {"Fn::GetAtt": ["ApiLog", "Arn"]},
            "Format": json.dumps(ACCESS_LOG, separators=(",", ":")),
        },
        "MethodSettings": [
            {
                "ResourcePath": "/*",
                "HttpMethod": "*",
                "MetricsEnabled": False,
                "ThrottlingRateLimit": {"Ref": "RequestsPerSecond"},
                "ThrottlingBurstLimit": {"Ref": "RequestsPerSecond"},
            }
        ],
    }
    chalice["DependsOn"] = "ApiLogAccount"


def sam_template(
    architecture: str = ARCHITECTURES[0], runtime: Runtime | None = None
) -> dict[str, Any]:
    """Return the whole template, with functions and API as SAM resources.

    Parameters
    ----------
    architecture : str
        The package's architecture.
    runtime : Runtime or None
        The package's Python; None: the one running this program.

    Raises
    ------
    UnknownFunctionError
        If the functions of `app.py` and of the table differ.
    UnknownRuntimeError
        If `runtime` is None and Lambda lacks the Python running this program.
    """
    runtime = runtime or runtimes.of_this_python()
    template = sam.chalice_template()
    resources = template["Resources"]
    found = {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"}
    if odd := found ^ {function.resource for function in FUNCTIONS}:
        raise UnknownFunctionError(f"not in both app.py and functions.py: {', '.join(sorted(odd))}")
    del resources["DefaultRole"]
    for function in FUNCTIONS:
        _merge(function, resources[function.resource], architecture, runtime)
    _api(resources["RestAPI"], FUNCTIONS[0])

    made: dict[str, Resource] = {"Dashboard": alarms.dashboard(), **alarms.alarms()}
    for function in FUNCTIONS:
        made[function.role] = _role(function)
        made[function.log_group] = _log_group(function)
    for name in (COURIER.role, COURIER.log_group):
        made[name]["Condition"] = "IsAurora"
    resources[COURIER.resource]["Condition"] = "IsAurora"
    for queue in QUEUES:
        made |= _queue(queue)
    # Lambda needs these roles to delete its network interfaces, and only then can the security
    # group be deleted.
    inside = sorted(function.role for function in FUNCTIONS if not function.is_courier)
    template["Outputs"] = {}
    for name, part in (("functions.py", {"Resources": made}), ("stack", fragments.read())):
        fragments.add(template, part, name)
    resources["FunctionGroup"]["DependsOn"] = inside
    template["Description"] = "BadgeKit: design, publish and issue Open Badges"
    return template


def text(architecture: str = ARCHITECTURES[0], runtime: Runtime | None = None) -> str:
    """Return the template as plain CloudFormation in sorted JSON.

    Parameters
    ----------
    architecture, runtime : str, Runtime or None
        As for `sam_template`.
    """
    plain = sam.expanded(sam_template(architecture, runtime))
    return json.dumps(plain, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the template to the file named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.template", description=__doc__)
    parser.add_argument("out", type=Path, help="the file to write")
    parser.add_argument("--arch", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    parser.add_argument(
        "--python", choices=RUNTIMES, help="the package's Python; default: the one running this"
    )
    chosen = parser.parse_args(arguments)
    try:
        written = text(chosen.arch, RUNTIMES[chosen.python] if chosen.python else None)
    except runtimes.UnknownRuntimeError as problem:
        print(problem, file=sys.stderr)
        return 1
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(written, "utf-8")
    print(f"{chosen.out}: {len(json.loads(written)['Resources'])} resources")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
