"""Connects the parts that may not import each other. Called once when a process starts.

The domain writes jobs but knows no queue, HTTP clients know no Lambda function, and settings know
no Parameter Store. `install` gives each its counterpart. `app.py` installs what Lambda needs; local
runs, benchmarks and tests name what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib import config, logs
from chalicelib.aws import parameters
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.net import messages
from chalicelib.pipeline import relay

Publish = Callable[[Sequence[JobMessage]], None]


def through_courier(name: str, request: messages.HttpRequest) -> messages.HttpResponse:
    """Have the courier make a request; it is imported when the first one is made."""
    from chalicelib.net import courier

    return courier.carry(name, request)


def install(
    settings: config.Settings | None = None,
    *,
    publish: Publish = relay.publish,
    transport: messages.Transport | None = through_courier,
) -> None:
    """Install the settings, the outbox's relay and the HTTP client's courier; configure the log.

    Parameters
    ----------
    settings : config.Settings, optional
        The settings; by default those of the environment and the Parameter Store.
    publish : Callable
        Sends the messages of new jobs.
    transport : Callable or None
        Makes requests by the function that `COURIER_FUNCTION` names; None: always make them here.
    """
    config.use(settings or config.Settings(parameters=logs.configured_by(parameters.read)))
    logs.configure()
    outbox.publish = publish
    messages.transport = transport
