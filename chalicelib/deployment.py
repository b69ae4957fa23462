"""CloudFormation custom resource: creates secrets and migrates the database during a deployment.

With the first schema comes the system that this deployment works for, if there is none at all.

It asks by a custom resource's event and waits for an answer at an address of its own. Whatever
happens here, it gets one: an answer of failure makes it undo the deployment and show the reason,
none makes it wait.
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

LONGEST_REASON = 1000  # characters; the whole answer may have 4,096 bytes
ANSWER_SECONDS = 20
SECRET_BYTES = 32
SHORTER_SECRET_BYTES = {"DATABASE_PASSWORD": 16}  # Aurora takes 41 characters
SPARE_MS = 60_000  # for answering, and for the last try
PAUSE_SECONDS = 5


def migrate(event: Mapping[str, Any], context: Any) -> dict[str, list[str]]:
    """Do what CloudFormation asks for and tell it how that went; asked by anybody else, migrate.

    Parameters
    ----------
    event : Mapping[str, Any]
        A custom resource's event (`Custom::Secrets` or `Custom::Schema`), or anything else.
    context : Any
        Lambda's context.

    Returns
    -------
    dict[str, list[str]]
        Names of what was made.
    """
    if "ResponseURL" not in event:
        from chalicelib.data.migrate import migrate as run

        return {"applied": run()}
    done: list[str] = []
    status, reason, made = "SUCCESS", "", event.get("PhysicalResourceId")
    try:
        if event["RequestType"] != "Delete":  # secrets and tables stay
            done = _ACTIONS[event["ResourceType"]](event.get("ResourceProperties", {}), context)
            made = _name(event)
    except Exception as problem:
        log.exception("the deployment cannot go on")
        if made != _name(event):  # or it is undone, and must not fail for the same reason
            status, reason = "FAILED", f"{type(problem).__name__}: {problem}"[:LONGEST_REASON]
    _respond(event, made or _name(event), status, reason)
    return {"applied": done}


def _name(event: Mapping[str, Any]) -> str:
    """Return what a resource is called once it is as it is asked for.

    CloudFormation keeps that name, and says it the next time. If it is the one that is asked for, a
    deployment that failed is being undone: all of this was done before. It is not asked whether that is
    so, since it has no address that a network without IPv4 could reach. Stuck between both, a person
    would have to get it out. (A resource of another name is a new one; deleting the old one does nothing.)
    """
    wish = json.dumps(event.get("ResourceProperties", {}), sort_keys=True)
    digest = hashlib.sha256(wish.encode()).hexdigest()[:16]
    return f"badgekit-{event['LogicalResourceId']}-{digest}"


def _make_secrets(properties: Mapping[str, Any], context: Any) -> list[str]:
    """Store what is missing, made up; what is there stays as it is."""
    path = config.settings().text("PARAMETER_PATH")
    made = [
        name
        for name in properties["Names"]
        if parameters.put_secret_once(path, name, random_secret(name))
    ]
    config.settings().read_again()
    return made


def random_secret(name: str) -> str:
    """Return a secret that nobody knows yet, as long as the one of this name may be."""
    return secrets.token_hex(SHORTER_SECRET_BYTES.get(name, SECRET_BYTES))


def _bring_up_to_date(properties: Mapping[str, Any], context: Any) -> list[str]:
    """Bring the database to the newest schema; wait for one that does not answer yet."""
    import peewee

    from chalicelib.data import connection
    from chalicelib.data.migrate import migrate as run

    config.settings().read_again()
    connection.configure()
    while True:
        try:
            return run() + _first_system()
        except peewee.OperationalError as problem:
            # It is just waking up, or its name is not known yet.
            if not problem.args or problem.args[0] not in connection.NOT_REACHABLE:
                raise
            if context.get_remaining_time_in_millis() < SPARE_MS:
                raise
        time.sleep(PAUSE_SECONDS)


def _first_system() -> list[str]:
    """Have a system to work for; a deployment is not undone for the lack of it, which a form can mend."""
    from chalicelib.domain.owners import owners

    settings = config.settings()
    if settings.optional("OPENBADGER_URL"):  # another BadgeKit API has them
        return []
    try:
        made = owners.create_first_system(
            settings.text("OPENBADGER_SYSTEM"),
            settings.text("PERSONA_AUDIENCE"),
            settings.optional("MAIL_FROM"),
        )
    except Exception:
        log.exception("the first system could not be made: make one at /settings/systems/new")
        return []
    return [f"system {made.slug}"] if made else []


_ACTIONS: Mapping[str, Callable[[Mapping[str, Any], Any], list[str]]] = {
    "Custom::Secrets": _make_secrets,
    "Custom::Schema": _bring_up_to_date,
}


def _respond(event: Mapping[str, Any], name: str, status: str, reason: str) -> None:
    """Put the answer to where CloudFormation waits for it: a signed address of S3."""
    body = json.dumps(
        {
            "Status": status,
            "Reason": reason or "done",
            "PhysicalResourceId": name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
    ).encode()
    # The signature is over no media type, so none may be sent.
    request = urllib.request.Request(  # noqa: S310  # CloudFormation's own address
        event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310
        pass
