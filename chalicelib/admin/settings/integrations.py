"""Integrations of a system: its API keys and its webhook.

A secret is shown once, on the page that follows its creation.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib.admin.auth import permissions
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import owners
from chalicelib.admin.shell import confirm, responses
from chalicelib.admin.shell.confirm import Question
from chalicelib.admin.shell.settings_paths import path_of
from chalicelib.data.models import Webhook
from chalicelib.domain.owners import consumers, webhooks
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound, ValidationError
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.request import request
from chalicelib.web.templates import isolated
from chalicelib.web.urls import href

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
    makers = {one.made_by for one in listed if one.made_by}
    return owners.page(
        visit, "consumers", scope, 400 if problems else 200, consumers=listed, made=made,
        ownerless={email for email in makers if not _has_access(email, scope)},
        description=description, problems=problems or {}, longest=LONGEST_DESCRIPTION,
    )  # fmt: skip


def _has_access(email: str, scope: Scope) -> bool:
    """Return whether a person may still manage the API keys of a system."""
    maker = permissions.person(email)
    return maker is not None and permissions.may(maker, Permission.PUBLISH, scope.place)


def create_consumer(visit: Visit, scope: Scope) -> Response:
    """Create an API key with a random key and secret.

    Where another BadgeKit API is used, ours isn't served, so keys can't be created. The webhook
    can: awards made here are still delivered from here. A key allows to publish everywhere in the
    system, so only a person who may do so can create one.
    """
    owners.refuse_elsewhere(SERVED_ELSEWHERE)
    words = gettext(
        "An API key works everywhere in this system, but you can’t publish in some of its "
        "issuers or programs. Ask an administrator to create it."
    )
    owners.refuse_held_back(visit, scope, words)
    description = visit.form.text("description")
    if not description or len(description) > LONGEST_DESCRIPTION:
        words = gettext("Enter a name of at most 255 characters.")
        return _consumers(visit, scope, None, description, {"description": words})
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    data = {"apiKey": key, "apiSecret": secret, "description": description}
    consumers.create(scope.system, data, made_by=visit.person.email)
    return _consumers(visit, scope, (key, secret))


def ask_to_delete_consumer(visit: Visit, scope: Scope) -> Response:
    """Ask before an API key is deleted."""
    consumer = consumers.find(scope.system, request().argument("key") or "")
    name = consumer.description or gettext("No name")
    facts = [(gettext("Name"), name), (gettext("Key"), consumer.api_key)]
    if consumer.made_by:
        facts.append((gettext("Made by"), consumer.made_by))
    return _ask(
        visit, scope, "consumers",
        title=gettext("Delete the API key “%(name)s”?") % {"name": isolated(name)},
        facts=[*facts, (gettext("System"), scope.system.name)],
        warning=gettext("Sites that use this key stop working at once. You can’t undo this."),
        button=gettext("Delete key"),
        fields={"key": consumer.api_key},
    )  # fmt: skip


def _ask(visit: Visit, scope: Scope, tab: str, **question: Any) -> Response:
    """Ask before something on a tab of a system's settings is deleted."""
    back = href(f"{path_of(scope)}/{tab}")
    trail = [(back, scope.system.name)]
    return confirm.ask(
        visit,
        Question(**question, action=f"{back}/delete", back=back, section="settings", trail=trail),
    )


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
    """Set the webhook of a system, with the secret that was entered or a random one.

    It gets the awards of the whole system, so only a person who may publish everywhere there can
    set it.
    """
    refusal = gettext(
        "A webhook gets what happens everywhere in this system, but you can’t publish in some of "
        "its issuers or programs. Ask an administrator to set it."
    )
    owners.refuse_held_back(visit, scope, refusal)
    url, given = visit.form.text("url"), visit.form.text("secret")
    secret = given or secrets.token_urlsafe(32)
    try:
        webhooks.put(scope.system, {"url": url, "secret": secret})
    except ValidationError as refused:
        words = {
            "url": gettext("Enter the full address, starting with https:// or http://."),
            "secret": gettext("Enter a secret of at most 1,000 characters."),
        }
        bad = {one["field"] for one in refused.details}
        problems = {name: text for name, text in words.items() if name in bad}
        return _webhook(visit, scope, None, url, problems)
    if given:
        return responses.to(f"{path_of(scope)}/webhook", "webhook-set")
    return _webhook(visit, scope, secret)


def ask_to_delete_webhook(visit: Visit, scope: Scope) -> Response:
    """Ask before the webhook of a system is deleted."""
    webhook = webhooks.of(scope.system)
    return _ask(
        visit, scope, "webhook",
        title=gettext("Delete the webhook of %(name)s?") % {"name": isolated(scope.system.name)},
        facts=[(gettext("URL"), webhook.url)],
        warning=gettext(
            "The site at this URL no longer gets webhooks of reviews, awards, and revocations. Those "
            "that still wait to be sent fail. You can’t undo this, but you can set a webhook again."
        ),
        button=gettext("Delete webhook"),
    )  # fmt: skip


def delete_webhook(visit: Visit, scope: Scope) -> Response:
    """Delete the webhook of a system."""
    webhooks.delete(scope.system)
    return responses.to(f"{path_of(scope)}/webhook", "webhook-deleted")
