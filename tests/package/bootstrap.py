"""A minimal Lambda Python runtime: imports a function once, then calls it with one event after another.

It runs as `python -I -S bootstrap.py TASK RUNTIME HANDLER` and needs only the standard
library. Events and answers are lines of JSON; what the function prints or logs goes to standard
error. Source: AWS Lambda's developer guide, "Building Lambda functions with Python".
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import sys
import time
import traceback
from typing import Any


class Context:
    """The context of an invocation.

    Parameters
    ----------
    number : int
        Number of the invocation.
    seconds : float
        Timeout.
    """

    def __init__(self, number: int, seconds: float) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = (
            f"arn:aws:lambda:{os.environ['AWS_REGION']}:123456789012:function:{self.function_name}"
        )
        self.aws_request_id = f"00000000-0000-4000-8000-{number:012d}"
        self.identity = self.client_context = None
        self._until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time."""
        return max(0, int((self._until - time.monotonic()) * 1000))


def invoke(function: Any, request: dict[str, Any], number: int) -> dict[str, Any]:
    """Call the handler with an event; return its response, or its exception in Lambda's format."""
    try:
        answer = function(request["event"], Context(number, request["seconds"]))
        json.dumps(answer)
        return {"answer": answer}
    except Exception as problem:
        return {
            "errorType": type(problem).__name__,
            "errorMessage": str(problem),
            "stackTrace": traceback.format_tb(problem.__traceback__),
        }


def processor_seconds() -> float:
    """Return the processor time of this process with all threads and its finished child processes."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_memory() -> float:
    """Return the peak memory of this process in MB.

    Linux's own mark, where there is one: `ru_maxrss` starts with that of the parent process.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["VmHWM"].split()[0]) / 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


class Spent:
    """Measures time and memory from its creation on."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), processor_seconds()

    def measured(self) -> dict[str, Any]:
        """Return the seconds, the processor seconds, and the peak memory in MB."""
        seconds, processor = self._start
        return {
            "seconds": time.perf_counter() - seconds,
            "processor": processor_seconds() - processor,
            "memory": peak_memory(),
        }


def main() -> None:
    """Run until there are no more events."""
    task, runtime, handler = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[:] = [task, *sys.path, runtime]
    os.chdir(task)
    logging.getLogger().addHandler(logging.StreamHandler())
    spent = Spent()
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    print(json.dumps({"spent": spent.measured()}), file=answers, flush=True)
    for number, line in enumerate(sys.stdin):
        request, spent = json.loads(line), Spent()
        answer = invoke(function, request, number)
        print(json.dumps({**answer, "spent": spent.measured()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
