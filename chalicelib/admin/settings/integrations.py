"""Integrations of a system: its API keys and its webhook.

A secret is shown once, on the page that follows its creation.
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
SERVED_ELSEWHERE = _("The API is served at %(url)s. Create keys there.")


def show_consumers(visit: Visit, scope: Scope) -> Response:
    """Show the API keys of a system."""
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
    """Create an API key with a random key and secret.

    Where another BadgeKit API is used, ours isn't served, so keys can't be created. The webhook
    can: awards made here are still delivered from here.
    """
    owners.refuse_elsewhere(SERVED_ELSEWHERE)
    description = visit.form.text("description")
    if not description or len(description) > LONGEST_DESCRIPTION:
        words = gettext("Enter a name of at most 255 characters.")
        return _consumers(visit, scope, None, description, {"description": words})
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    data = {"apiKey": key, "apiSecret": secret, "description": description}
    consumers.create(scope.system, data)
    return _consumers(visit, scope, (key, secret))


def delete_consumer(visit: Visit, scope: Scope) -> Response:
    """Delete an API key."""
    consumers.delete(scope.system, visit.form.text("key"))
    return responses.to(f"{path_of(scope)}/consumers", "consumer-deleted")


def show_webhook(visit: Visit, scope: Scope) -> Response:
    """Show the webhook of a system."""
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
    """Set the webhook of a system, with the secret that was entered or a random one."""
    url, given = visit.form.text("url"), visit.form.text("secret")
    secret = given or secrets.token_urlsafe(32)
    try:
        webhooks.put(scope.system, {"url": url, "secret": secret})
    except ValidationError as refused:
        words = {
            "url": gettext("Enter the full address, starting with https:// or http://."),
            "secret": gettext("Enter a secret of 8 to 1000 characters."),
        }
        bad = {one["field"] for one in refused.details}
        problems = {name: text for name, text in words.items() if name in bad}
        return _webhook(visit, scope, None, url, problems)
    if given:
        return responses.to(f"{path_of(scope)}/webhook", "webhook-set")
    return _webhook(visit, scope, secret)


def delete_webhook(visit: Visit, scope: Scope) -> Response:
    """Delete the webhook of a system."""
    webhooks.delete(scope.system)
    return responses.to(f"{path_of(scope)}/webhook", "webhook-deleted")
