"""Logging: to Lambda's log handler, or to standard error elsewhere."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping

from chalicelib import VERSION, config, signing_secrets
from chalicelib.errors import Unavailable

ReadParameters = Callable[[str], Mapping[str, str]]

log = logging.getLogger("badgekit")

METRICS = "BadgeKit"  # the namespace of our own metrics


def configure(stored: Mapping[str, str] | None = None) -> None:
    """Log at info level, or at debug level with the setting ``DEBUG``.

    Lambda's runtime adds a handler to the root logger; elsewhere there may be none yet.

    Parameters
    ----------
    stored : Mapping[str, str], optional
        Values of the Parameter Store, if they were read already. It is not read for this setting
        alone, which would take longer than all imports of a cold start.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    debug = config.settings().flag_without_store("DEBUG", stored or {})
    log.setLevel(logging.DEBUG if debug else logging.INFO)


def log_version() -> None:
    """Log the version that starts, once per cold start, at the top of the log stream."""
    log.info("BadgeKit %s starts", VERSION)


def outage(error: Unavailable) -> str:
    """Return an error of a service that is away in one line, with its cause but not its message.

    During an outage each request has one, and a traceback says no more.
    """
    cause = error.__cause__
    if cause is None:
        return error.message
    code = next((str(one) for one in cause.args[:1] if isinstance(one, int)), "")
    return f"{error.message} ({' '.join(filter(None, (type(cause).__name__, code)))})"


def record(what: str, **fields: str | int | None) -> None:
    """Log what happened in one line: a name, and its details as JSON, without those that are None.

    Parameters
    ----------
    what : str
        What happened.
    **fields : str, int or None
        The details. They must identify no one.
    """
    details = {name: value for name, value in fields.items() if value is not None}
    log.info("%s %s", what, json.dumps(details))


def count(metric: str) -> None:
    """Add one to a metric of CloudWatch, in the namespace `BadgeKit`, by function.

    In Lambda, CloudWatch extracts the metric from a line of the log in its embedded metric format,
    which costs no request. Elsewhere nothing is counted.
    """
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
    if not function:
        return
    directive = {
        "Namespace": METRICS,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": metric, "Unit": "Count"}],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "FunctionName": function,
        metric: 1,
    }
    sys.stdout.write(json.dumps(line) + "\n")


def configured_by(read: ReadParameters) -> ReadParameters:
    """Return a reader of the Parameter Store that configures the log by the values it read.

    It warns of each secret that is too short, once.
    """

    told: set[str] = set()

    def reading(path: str) -> Mapping[str, str]:
        stored = read(path)
        configure(stored)
        for name in signing_secrets.short(stored):
            if name not in told:
                log.warning("%s: %s", name, signing_secrets.SHORT)
            told.add(name)
        return stored

    return reading
