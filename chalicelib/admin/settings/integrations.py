"""What a system shares with other programs: consumers of the API, and its webhook.

A secret is shown on the page that answers its making, and never again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import owners
from chalicelib.admin.settings.paths import path_of
from chalicelib.admin.shell import responses
from chalicelib.data.models import Webhook
from chalicelib.domain.owners import consumers, webhooks
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound, ValidationError
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

LONGEST_DESCRIPTION = 255
SERVED_ELSEWHERE = _("The API is served at %(url)s: keys for it are made there.")


def show_consumers(visit: Visit, scope: Scope) -> Response:
    """Show who may call the API for a system."""
    return _consumers(visit, scope)


def _consumers(
    visit: Visit,
    scope: Scope,
    made: tuple[str, str] | None = None,
    description: str = "",
    problems: Mapping[str, str] | None = None,
) -> Response:
    listed = consumers.of(scope.system).rows
    return owners.page(
        visit, "consumers", scope, 400 if problems else 200, consumers=listed, made=made,
        description=description, problems=problems or {}, longest=LONGEST_DESCRIPTION,
    )  # fmt: skip


def create_consumer(visit: Visit, scope: Scope) -> Response:
    """Let somebody call the API, with a key and a secret that are made here.

    Not where another BadgeKit API is used: ours is not served then, and a key would open nothing.
    The webhook is set here all the same, since what is awarded from here is told from here.
    """
    owners.refuse_elsewhere(SERVED_ELSEWHERE)
    description = visit.form.text("description")
    if not description or len(description) > LONGEST_DESCRIPTION:
        words = gettext("Say in at most 255 characters who will use it.")
        return _consumers(visit, scope, None, description, {"description": words})
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    data = {"apiKey": key, "apiSecret": secret, "description": description}
    consumers.create(scope.system, data)
    return _consumers(visit, scope, (key, secret))


def delete_consumer(visit: Visit, scope: Scope) -> Response:
    """Take a key away."""
    consumers.delete(scope.system, visit.form.text("key"))
    return responses.to(f"{path_of(scope)}/consumers", "consumer-deleted")


def show_webhook(visit: Visit, scope: Scope) -> Response:
    """Show where a system hears of what happens."""
    return _webhook(visit, scope)


def _webhook(
    visit: Visit,
    scope: Scope,
    secret: str | None = None,
    url: str | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    there = _there(scope)
    return owners.page(
        visit, "webhook", scope, 400 if problems else 200, webhook=there, secret=secret,
        url=url if url is not None else there.url if there else "", problems=problems or {},
    )  # fmt: skip


def _there(scope: Scope) -> Webhook | None:
    try:
        return webhooks.of(scope.system)
    except NotFound:
        return None


def set_webhook(visit: Visit, scope: Scope) -> Response:
    """Set where a system hears of what happens, with a secret that was given or is made here."""
    url, given = visit.form.text("url"), visit.form.text("secret")
    secret = given or secrets.token_urlsafe(32)
    try:
        webhooks.put(scope.system, {"url": url, "secret": secret})
    except ValidationError as refused:
        words = {
            "url": gettext("Enter the whole address, beginning with https:// or http://."),
            "secret": gettext("A secret has 8 to 1,000 characters."),
        }
        bad = {one["field"] for one in refused.details}
        problems = {name: text for name, text in words.items() if name in bad}
        return _webhook(visit, scope, None, url, problems)
    if given:
        return responses.to(f"{path_of(scope)}/webhook", "webhook-set")
    return _webhook(visit, scope, secret)


def delete_webhook(visit: Visit, scope: Scope) -> Response:
    """Stop telling a system what happens."""
    webhooks.delete(scope.system)
    return responses.to(f"{path_of(scope)}/webhook", "webhook-deleted")
