"""Connects modules that must not import each other, once when a process starts.

The domain writes jobs without access to queues, the HTTP client does not import the courier,
settings do not import the Parameter Store, and templates do not read the database; `install` sets
these dependencies. `app.py` uses the
defaults, for Lambda; local runs, benchmarks and tests pass their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib import branding, config, logs
from chalicelib.aws import parameters
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.net import messages
from chalicelib.pipeline import relay

Publish = Callable[[Sequence[JobMessage]], None]


def through_courier(name: str, request: messages.HttpRequest) -> messages.HttpResponse:
    """Make a request through the courier, which is imported at the first request."""
    from chalicelib.net import courier

    return courier.carry(name, request)


def brand_of_deployment() -> branding.Brand:
    """Read the deployment's brand; imported for the first page."""
    from chalicelib.openbadges import brands

    return brands.of_deployment()


def install(
    settings: config.Settings | None = None,
    *,
    publish: Publish = relay.publish,
    transport: messages.Transport | None = through_courier,
) -> None:
    """Install the settings, the outbox's relay, the client's courier and the brand; configure the log.

    Parameters
    ----------
    settings : config.Settings, optional
        The settings; by default those of the environment and the Parameter Store.
    publish : Callable
        Sends the messages of new jobs.
    transport : Callable or None
        Makes requests through the function that `COURIER_FUNCTION` names; with None, requests are
        always made directly.
    """
    config.use(settings or config.Settings(parameters=logs.configured_by(parameters.read)))
    logs.configure()
    outbox.publish = publish
    branding.use(brand_of_deployment)
    messages.transport = transport
