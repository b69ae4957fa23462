"""CloudWatch alarms and the dashboard, generated from the tables of functions and queues.

Each alarm costs ten cents a month, so only conditions that require action have one.
docs/operating.md explains what each alarm means and what to do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chalicelib import logs
from chalicelib.queues import QUEUES, Queue
from infra.aws.functions import FUNCTIONS, Function

Resource = dict[str, Any]
MINUTE = 60
SIGN_INS = 20  # links that were not sent: a few may be those of an impatient person
BOUNCES, COMPLAINTS = 0.05, 0.001  # SES reviews accounts above these


def _alarm(
    text: str,
    namespace: str,
    metric: str,
    dimensions: dict[str, Any],
    *,
    over: float,
    statistic: str = "Sum",
    minutes: int = 5,
    times: int | dict[str, Any] = 1,
) -> Resource:
    topic = [{"Ref": "AlarmTopic"}]
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": text,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": over,
            "Period": minutes * MINUTE,
            "EvaluationPeriods": times,
            "DatapointsToAlarm": times,
            "TreatMissingData": "notBreaching",
            "AlarmActions": topic,
            "OKActions": topic,
        },
    }


def _of_queue(queue: Queue) -> dict[str, Resource]:
    def named(resource: str) -> dict[str, Any]:
        return {"QueueName": {"Fn::GetAtt": [resource, "QueueName"]}}

    return {
        f"{queue.dead}Alarm": _alarm(
            f"Messages that nobody could use are in the dead-letter queue of {queue.suffix}.",
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", named(queue.dead),
            over=0, statistic="Maximum",
        ),
        f"{queue.resource}LateAlarm": _alarm(
            f"Messages of {queue.suffix} wait for more than {queue.late_minutes} minutes.",
            "AWS/SQS", "ApproximateAgeOfOldestMessage", named(queue.resource),
            over=queue.late_minutes * MINUTE, statistic="Maximum",
        ),
    }  # fmt: skip


def _of_function(function: Function) -> dict[str, Resource]:
    alarm = _alarm(
        f"The function {function.suffix} ends in errors.",
        "AWS/Lambda", "Errors", {"FunctionName": {"Ref": function.resource}}, over=0,
        # The sweep runs each minute; a single error may be a restart of the database.
        times={"Fn::If": ["IsAurora", 1, 3]} if function.handler == "sweep" else 1,
    )  # fmt: skip
    if function.is_courier:
        alarm["Condition"] = "IsAurora"
    return {f"{function.resource}ErrorAlarm": alarm}


def alarms() -> dict[str, Resource]:
    """Return all alarms by logical ID."""
    found: dict[str, Resource] = {}
    for queue in QUEUES:
        found |= _of_queue(queue)
    for function in FUNCTIONS:
        found |= _of_function(function)
    found["ThrottleAlarm"] = _alarm(
        "Lambda turned calls away: the account's functions together ran at their limit.",
        "AWS/Lambda", "Throttles", {}, over=0, times=2,
    )  # fmt: skip
    found["ServerErrorAlarm"] = _alarm(
        "People and programs were answered with errors of ours (5xx).",
        "AWS/ApiGateway", "5XXError",
        {"ApiName": {"Fn::Sub": "badgekit-${Stage}"}, "Stage": {"Ref": "Stage"}},
        # Pages shown while the database wakes up are 503 too, but only for a short time.
        over=5, times=2,
    )  # fmt: skip
    found["SignInAlarm"] = _alarm(
        "Many sign-in links were not sent, because someone asks for very many of them.",
        logs.METRICS, "SignInLimit", {"FunctionName": {"Ref": "APIHandler"}}, over=SIGN_INS, times=2,
    )  # fmt: skip
    found["BounceAlarm"] = _alarm(
        "Too many mails of this account come back; SES may stop it from sending.",
        "AWS/SES", "Reputation.BounceRate", {}, over=BOUNCES, statistic="Maximum", minutes=60,
    )  # fmt: skip
    found["ComplaintAlarm"] = _alarm(
        "Too many mails of this account are called spam; SES may stop it from sending.",
        "AWS/SES", "Reputation.ComplaintRate", {}, over=COMPLAINTS, statistic="Maximum", minutes=60,
    )  # fmt: skip
    return found


def _widget(title: str, metrics: Sequence[Sequence[str]], place: int, statistic: str) -> Resource:
    return {
        "type": "metric", "width": 12, "height": 6, "x": place % 2 * 12, "y": place // 2 * 6,
        "properties": {
            "title": title, "region": "${AWS::Region}", "view": "timeSeries", "period": 300,
            "stat": statistic, "metrics": metrics,
        },
    }  # fmt: skip


def dashboard() -> Resource:
    """Return the dashboard: requests, functions, queues, and mail."""
    api = ["ApiName", "badgekit-${Stage}", "Stage", "${Stage}"]
    functions = [function.name for function in FUNCTIONS]
    live = [f"${{{queue.resource}.QueueName}}" for queue in QUEUES]
    dead = [f"${{{queue.dead}.QueueName}}" for queue in QUEUES]
    charts: list[tuple[str, list[list[str]], str]] = [
        ("Requests", [["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError")], "Sum"),
        ("Time to answer", [["AWS/ApiGateway", "Latency", *api]], "p95"),
        ("Errors", [["AWS/Lambda", "Errors", "FunctionName", name] for name in functions], "Sum"),
        ("Time taken", [["AWS/Lambda", "Duration", "FunctionName", name] for name in functions], "p95"),
        ("Waiting", [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name] for name in live], "Maximum"),
        ("Dead letters", [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name] for name in dead], "Maximum"),
        ("Mails", [["AWS/SES", name] for name in ("Send", "Bounce", "Complaint", "Reject")], "Sum"),
    ]  # fmt: skip
    body = {
        "widgets": [
            _widget(title, metrics, place, statistic)
            for place, (title, metrics, statistic) in enumerate(charts)
        ]
    }
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "badgekit-${Stage}"},
            "DashboardBody": {"Fn::Sub": json.dumps(body, separators=(",", ":"))},
        },
    }
