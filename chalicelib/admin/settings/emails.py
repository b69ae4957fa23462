"""The emails that a system's earners get."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import owners
from chalicelib.admin.shell import responses
from chalicelib.admin.shell.settings_paths import path_of
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from chalicelib.domain.owners.places import Scope
from chalicelib.i18n import gettext


def show(visit: Visit, scope: Scope) -> Response:
    """Show which emails earners get."""
    return owners.page(visit, "emails", scope, policy=mail_policy.of(scope.system), problems={})


def save(visit: Visit, scope: Scope) -> Response:
    """Change which emails earners get; also where another BadgeKit API is used."""
    chosen = visit.form.text("policy")
    if chosen not in set(MailPolicy):
        problems = {"policy": gettext("Choose which emails earners get.")}
        return owners.page(visit, "emails", scope, 400, policy=None, problems=problems)
    mail_policy.change(scope.system, MailPolicy(chosen))
    return responses.to(f"{path_of(scope)}/emails", "saved")
