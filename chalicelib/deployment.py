"""CloudFormation custom resource: creates secrets and migrates the database during a deployment.

With the first schema it also creates the deployment's system, unless there is a system already.

CloudFormation sends an event and waits for a response at the event's `ResponseURL`. It always gets
one: a response `FAILED` rolls the deployment back and shows the reason; without a response,
CloudFormation would wait until it times out.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib import config
from chalicelib.aws import parameters

log = logging.getLogger("badgekit")

LONGEST_REASON = 1000  # characters; the whole response may have 4,096 bytes
RESPONSE_SECONDS = 20
SECRET_BYTES = 32
SHORTER_SECRET_BYTES = {"DATABASE_PASSWORD": 16}  # Aurora allows 41 characters
SPARE_MS = 60_000  # kept for the last attempt and the response
PAUSE_SECONDS = 5


def migrate(event: Mapping[str, Any], context: Any) -> dict[str, list[str]]:
    """Handle a custom resource's event and send the response; for any other event, migrate.

    Parameters
    ----------
    event : Mapping[str, Any]
        A custom resource's event (`Custom::Secrets` or `Custom::Schema`), or any other.
    context : Any
        Lambda's context.

    Returns
    -------
    dict[str, list[str]]
        Names of what was created or applied, in the member ``applied``.
    """
    if "ResponseURL" not in event:
        from chalicelib.data.migrate import migrate as run

        return {"applied": run()}
    done: list[str] = []
    status, reason, physical_id = "SUCCESS", "", event.get("PhysicalResourceId")
    try:
        if event["RequestType"] != "Delete":  # secrets and tables stay
            done = _ACTIONS[event["ResourceType"]](event.get("ResourceProperties", {}), context)
            physical_id = _physical_id(event)
    except Exception as problem:
        log.exception("the custom resource failed")
        if physical_id != _physical_id(event):  # equal during a rollback, which must not fail too
            status, reason = "FAILED", f"{type(problem).__name__}: {problem}"[:LONGEST_REASON]
    _respond(event, physical_id or _physical_id(event), status, reason)
    return {"applied": done}


def _physical_id(event: Mapping[str, Any]) -> str:
    """Return the physical id of a resource with the event's properties.

    CloudFormation stores the id and sends it with the next event. When that id equals the one of
    the event's properties, a failed deployment is being rolled back to a state that was reached
    before, so that an error can be ignored; failing would leave the stack stuck until a person
    repairs it. The state is not read from CloudFormation's API: a network without IPv4 cannot reach
    it. (A new id is a new resource to CloudFormation; deleting the old one does nothing.)
    """
    properties = json.dumps(event.get("ResourceProperties", {}), sort_keys=True)
    digest = hashlib.sha256(properties.encode()).hexdigest()[:16]
    return f"badgekit-{event['LogicalResourceId']}-{digest}"


def _create_secrets(properties: Mapping[str, Any], context: Any) -> list[str]:
    """Store random values for the secrets that are missing; return their names."""
    path = config.settings().text("PARAMETER_PATH")
    created = [
        name
        for name in properties["Names"]
        if parameters.put_secret_once(path, name, random_secret(name))
    ]
    config.settings().expire_parameters()
    return created


def random_secret(name: str) -> str:
    """Return a random secret of the length that suits the setting of this name, in hex."""
    return secrets.token_hex(SHORTER_SECRET_BYTES.get(name, SECRET_BYTES))


def _migrate_database(properties: Mapping[str, Any], context: Any) -> list[str]:
    """Bring the database to the newest schema; wait for a database that is not reachable yet."""
    import peewee

    from chalicelib.data import connection, keys
    from chalicelib.data.migrate import migrate as run

    config.settings().expire_parameters()
    connection.configure()
    while True:
        try:
            applied = run()
            keys.fill_missing()  # after a rollback, rows of the previous version lack them
            return applied + _first_system()
        except peewee.OperationalError as problem:
            # It is waking up, or its name does not resolve yet.
            if not problem.args or problem.args[0] not in connection.NOT_REACHABLE:
                raise
            if context.get_remaining_time_in_millis() < SPARE_MS:
                raise
        time.sleep(PAUSE_SECONDS)


def _first_system() -> list[str]:
    """Create the first system, if there is none; return what was created.

    An error does not roll the deployment back: an administrator can create a system on a page.
    """
    from chalicelib.domain.owners import owners

    settings = config.settings()
    if settings.optional("OPENBADGER_URL"):  # another BadgeKit API has the systems
        return []
    try:
        system = owners.create_first_system(
            settings.text("OPENBADGER_SYSTEM"),
            settings.text("PERSONA_AUDIENCE"),
            settings.optional("MAIL_FROM"),
        )
    except Exception:
        log.exception("cannot create the first system; create one at /settings/systems/new")
        return []
    return [f"system {system.slug}"] if system else []


_ACTIONS: Mapping[str, Callable[[Mapping[str, Any], Any], list[str]]] = {
    "Custom::Secrets": _create_secrets,
    "Custom::Schema": _migrate_database,
}


def _respond(event: Mapping[str, Any], physical_id: str, status: str, reason: str) -> None:
    """Send the response to the event's `ResponseURL`, a presigned URL of S3."""
    body = json.dumps(
        {
            "Status": status,
            "Reason": reason or "done",
            "PhysicalResourceId": physical_id,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
    ).encode()
    # The URL was signed without a media type, so none may be sent.
    request = urllib.request.Request(  # noqa: S310  # CloudFormation's own address
        event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=RESPONSE_SECONDS):  # noqa: S310
        pass
