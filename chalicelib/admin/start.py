"""The page after signing in, and the checklist that an empty system opens on.

The checklist shows what a user may do, in order. What is done is read from the data; only whether
pages lead back to the checklist, or it was closed, is remembered by the browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth import cookies, permissions
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import CHECKLIST, DISMISSED, GUIDED, Visit
from chalicelib.admin.shell import badge_list, responses
from chalicelib.admin.shell.settings_paths import path_of
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.workspace import checklist
from chalicelib.domain.workspace.checklist import Progress
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.studio import design, pictures, presets

DIRECTORY, APPLICATIONS = "/directory", "/applications"
LASTS_SECONDS = 90 * 24 * 60 * 60


class Step(NamedTuple):
    """A step of the checklist.

    Parameters
    ----------
    name : str
        Its name in the template.
    done : bool
        Whether it is done.
    path : str or None
        Where its button leads; None while another step has to come first.
    label : str
        What the button says.
    """

    name: str
    done: bool
    path: str | None
    label: str


class Starter(NamedTuple):
    """A badge to begin with: a design of the studio, and texts to change."""

    preset: str
    name: str
    strapline: str
    for_earners: str
    for_others: str
    criteria: tuple[str, ...]

    def content(self) -> dict[str, Any]:
        """Return the content of the draft, in the user's language."""
        return {
            "name": gettext(self.name),
            "strapline": gettext(self.strapline),
            "earnerDescription": gettext(self.for_earners),
            "consumerDescription": gettext(self.for_others),
            "criteria": [{"description": gettext(one), "required": True} for one in self.criteria],
        }


STARTERS = (
    Starter(
        "starter",
        _("Brave Beginner"),
        _("Tried something new and kept going"),
        _("You tried something new, kept going, and showed what you learned."),
        _("This person tried something new, kept going, and showed what they learned."),
        (
            _("Choose something new and practice it at least three times."),
            _("Show someone what you learned."),
        ),
    ),
    Starter(
        "explorer",
        _("Explorer"),
        _("Explores a topic and shares the findings"),
        _("You explored a topic of your choice and shared what you found."),
        _("This person explored a topic on their own and can explain what they found."),
        (
            _("Explore a topic of your choice in at least three sources."),
            _("Share what you found, and name your sources."),
        ),
    ),
    Starter(
        "citizen",
        _("Community Helper"),
        _("Helps where help is needed"),
        _("You gave your time to help others in your community."),
        _("This person gave their time to help others in their community."),
        (
            _("Help in your community for at least five hours."),
            _("Tell us what you did, and whom it helped."),
        ),
    ),
)


def land(visit: Visit) -> Response:
    """Redirect to the page that a user needs first after signing in."""
    if visit.scope is None:
        return responses.no_place(visit)
    return responses.to(_first_page(visit, visit.scope))


def _first_page(visit: Visit, scope: Scope) -> str:
    if _only_reviews(visit, scope.place):
        return APPLICATIONS
    if cookies.read(CHECKLIST) == DISMISSED:
        return DIRECTORY
    found = checklist.progress(scope, visit.person.email)
    open_steps = any(not step.done for step in _steps(visit, scope, found))
    return "/start" if open_steps and not found.issued else DIRECTORY


def _only_reviews(visit: Visit, place: Place) -> bool:
    """Return whether reviewing is all that a user can do, and is done here."""
    if visit.person.administrator or config.settings().optional("OPENBADGER_URL"):
        return False
    return permissions.rights_in(visit.person, place) == Rights(review=True)


def show(visit: Visit) -> Response:
    """Show the checklist; the pages that it leads to lead back."""
    scope = visit.scope
    if scope is None and not _may_create_system(visit):
        return responses.no_place(visit)
    found = checklist.progress(scope, visit.person.email) if scope else None
    steps = list(_steps(visit, scope, found)) if scope and found else list(_first_steps())
    if not steps:
        return responses.to(APPLICATIONS if visit.may(Permission.REVIEW) else DIRECTORY)
    finished = all(step.done for step in steps)
    answer = responses.page(
        visit,
        "start",
        steps=steps,
        current=next((step.name for step in steps if not step.done), None),
        done=sum(step.done for step in steps),
        starters=STARTERS,
        presets=presets,
        badge=found and found.badge,
    )
    answer.headers |= cookies.set_cookie(
        CHECKLIST, DISMISSED if finished else GUIDED, LASTS_SECONDS
    )
    return answer


def _may_create_system(visit: Visit) -> bool:
    elsewhere = config.settings().optional("OPENBADGER_URL")
    return visit.may(Permission.ADMINISTER) and not elsewhere


def dismiss(visit: Visit) -> Response:
    """Close the checklist in this browser; the account menu opens it again."""
    headers = cookies.set_cookie(CHECKLIST, DISMISSED, LASTS_SECONDS)
    return responses.to(DIRECTORY, headers=headers)


def draft_badge(visit: Visit, scope: Scope) -> Response:
    """Create a draft with one of the ready designs, and texts to change."""
    chosen = visit.form.text("design")
    starter = next((one for one in STARTERS if one.preset == chosen), None)
    if starter is None:
        raise NotFound("There is no such design")
    picture = pictures.keep(design.document(presets.PRESETS[starter.preset].design), None)
    author = visit.person.email
    draft = drafts.create(scope, author, starter.content())
    drafts.set_image(draft.id, picture, drafts.base(draft, "visual"), author)
    return responses.to(f"/drafts/{draft.id}", "first-drafted")


def _first_steps() -> Iterator[Step]:
    """Yield the steps while there is no system: only the first can be taken."""
    yield Step("name", False, "/settings/systems/new", gettext("Set up your organization"))
    for name in ("draft", "issue", "invite"):
        yield Step(name, False, None, "")


def _steps(visit: Visit, scope: Scope, found: Progress) -> Iterator[Step]:
    """Yield the steps that a user may take in a place, in order."""
    elsewhere = config.settings().optional("OPENBADGER_URL")
    if visit.may(Permission.PUBLISH, Place(scope.system.slug)) and not elsewhere:
        yield Step("name", found.named, path_of(Scope(scope.system)), gettext("Add name and logo"))
    is_drafted = bool(found.draft or found.badge or found.issued)
    if visit.may(Permission.DRAFT):
        yield Step("draft", is_drafted, "/start/badge", "")
    if visit.may(Permission.PUBLISH):
        yield Step("issue", found.issued, *_issuing(found))
        users = f"{path_of(scope)}/users"
        yield Step("invite", found.invited, users, gettext("Invite a colleague"))


def _issuing(found: Progress) -> tuple[str | None, str]:
    """Return where to issue the first badge, or before that, to publish it."""
    if found.badge:
        path = badge_list.path(found.badge, "/issue?to=me")
        return path, gettext("Issue “%(name)s” to yourself") % {"name": found.badge.name}
    if found.draft:
        name = found.draft.name or gettext("Untitled badge")
        return f"/drafts/{found.draft.id}/publish", gettext("Publish “%(name)s”") % {"name": name}
    return None, ""
