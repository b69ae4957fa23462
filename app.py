"""The entry point: registers routes, queue consumers and schedules. No logic here."""

# ruff: noqa: E402  # the collector is off before anything else is imported

from __future__ import annotations

import gc

# Imports make no garbage; looking for it would cost a tenth of a cold start.
gc.disable()

from typing import Any

from chalice.app import CloudWatchEvent, Rate, SQSEvent

from chalicelib import logs, wiring
from chalicelib.admin.routes import routes as admin
from chalicelib.api.routes import open_routes as api_documents
from chalicelib.api.routes import routes as api
from chalicelib.pipeline import relay
from chalicelib.pipeline.routes import routes as webhooks
from chalicelib.public.routes import routes as public
from chalicelib.queues import AWARDS, ISSUING, MAIL_EVENTS, MAILS, WEBHOOKS
from chalicelib.web.application import BadgeKit

wiring.install()
logs.log_version()

app = BadgeKit(app_name="badgekit", configure_logs=False)
app.api.binary_types.append("multipart/form-data")
for routes in (api, api_documents, webhooks, public, admin):
    app.register_blueprint(routes)


def _work(event: SQSEvent) -> dict[str, Any]:
    from chalicelib.pipeline import worker  # the HTTP function does not need it

    return worker.work(event.to_dict(), event.context)


@app.on_sqs_message(queue=ISSUING.name, batch_size=ISSUING.batch)
def issue(event: SQSEvent) -> dict[str, Any]:
    """Process reviews, revocations, issue requests and parked webhooks; read another API."""
    return _work(event)


@app.on_sqs_message(queue=AWARDS.name, batch_size=AWARDS.batch)
def award(event: SQSEvent) -> dict[str, Any]:
    """Bake awards."""
    return _work(event)


@app.on_sqs_message(queue=MAILS.name, batch_size=MAILS.batch)
def mail(event: SQSEvent) -> dict[str, Any]:
    """Send mails."""
    return _work(event)


@app.on_sqs_message(queue=WEBHOOKS.name, batch_size=WEBHOOKS.batch)
def deliver(event: SQSEvent) -> dict[str, Any]:
    """Deliver webhooks to systems."""
    return _work(event)


@app.on_sqs_message(queue=MAIL_EVENTS.name, batch_size=MAIL_EVENTS.batch)
def mail_event(event: SQSEvent) -> dict[str, Any]:
    """Process SES events: mails sent, bounced or rejected."""
    from chalicelib.pipeline import ses_events

    return ses_events.process(event.to_dict())


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> dict[str, int]:
    """Send messages for overdue jobs; fill in missing keys of names."""
    from chalicelib.data import keys
    from chalicelib.data.connection import transact

    return {"woken": relay.sweep(), "named": transact(keys.fill_missing)}


@app.schedule(Rate(1, unit=Rate.DAYS))
def tidy(event: CloudWatchEvent) -> dict[str, int]:
    """Read another BadgeKit API, if there is one; delete unused images; mend earlier rows."""
    from chalicelib.data import earner_notes, locks
    from chalicelib.data.connection import transact
    from chalicelib.domain.owners import public_ids
    from chalicelib.imaging import sweep
    from chalicelib.registry import reading

    locks.tidy()
    transact(earner_notes.make_private)
    return {
        "readings": int(reading.request()),
        "named": public_ids.fill_missing(),
        "deleted": sweep.collect(),
    }


@app.lambda_function()
def migrate(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    """Migrate the database; for CloudFormation, create the secrets, too."""
    from chalicelib import deployment

    return deployment.migrate(event, context)


@app.lambda_function()
def courier(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make an HTTP request for a function without internet access."""
    from chalicelib.net import courier

    return courier.run(event, context)


gc.freeze()
gc.enable()
