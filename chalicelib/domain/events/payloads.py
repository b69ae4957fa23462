"""Webhook payloads: parsed once, and checked for their structure.

The formats are those of badgekit-api 0.2.22 (`docs/webhooks.md` and its recorded deliveries):
`review`, `award` and `revoke`. Whether the things they name exist is checked by the registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.data.models import Event
from chalicelib.domain.events.serializers import MAILS_EARNER
from chalicelib.domain.shared import validation
from chalicelib.errors import InvalidContent

LOCAL = "own"  # the source of events of this deployment
LONGEST_NAME = 255
LONGEST_APPLICATION = 64  # of its slug; those of badgekit-api have 32


@dataclass(frozen=True)
class BadgeReference:
    """The badge that a webhook names.

    Parameters
    ----------
    slug : str
        Its slug, unique across all systems.
    name : str
        Its name, or the slug if none was sent.
    system, issuer, program : str or None
        Slugs of its owners, if they were sent.
    content : Mapping[str, Any]
        The badge's whole JSON.
    """

    slug: str
    name: str
    system: str | None
    issuer: str | None
    program: str | None
    content: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewedCriterion:
    """A review's assessment of one criterion.

    Parameters
    ----------
    id : int
        The criterion's id in the API where the review was written.
    satisfied : bool
        Whether the criterion is met.
    comment : str or None
        The reviewer's comment on it.
    description : str or None
        The criterion's description, if the webhook has it.
    """

    id: int
    satisfied: bool
    comment: str | None
    description: str | None


@dataclass(frozen=True)
class ReviewPayload:
    """An application was reviewed.

    `mails_earner`, of this and the following payloads, is whether the API that sent it emails the
    earner about it itself, as another deployment of BadgeKit does.
    """

    application: str
    learner: str
    badge: BadgeReference
    approved: bool
    processed: bool
    author: str | None
    comment: str | None
    criteria: tuple[ReviewedCriterion, ...] = ()
    mails_earner: bool = False

    @property
    def address(self) -> str:
        """The earner's address."""
        return self.learner


@dataclass(frozen=True)
class AwardPayload:
    """A badge was awarded.

    `of_milestone` is set when the original API awarded it for a milestone: then its webhook
    wrongly carries the badge that completed the milestone instead of the one awarded.
    """

    uid: str
    badge: BadgeReference
    email: str
    issued_on: datetime | None
    comment: str | None
    of_milestone: bool
    mails_earner: bool = False

    @property
    def address(self) -> str:
        """The earner's address."""
        return self.email


@dataclass(frozen=True)
class RevocationPayload:
    """An award was revoked."""

    uid: str
    badge: BadgeReference | None
    email: str
    reason: str | None
    mails_earner: bool = False

    @property
    def address(self) -> str:
        """The earner's address."""
        return self.email


@dataclass(frozen=True)
class IssuePayload:
    """A user's request to issue a badge to an address; only local events have this payload.

    `note` is for the earner only, `narrative` is public.
    """

    badge: BadgeReference
    badge_id: int
    email: str
    note: str | None
    narrative: str | None
    author: str | None

    @property
    def address(self) -> str:
        """The earner's address."""
        return self.email


Payload = ReviewPayload | AwardPayload | RevocationPayload | IssuePayload
P = TypeVar("P", ReviewPayload, AwardPayload, RevocationPayload, IssuePayload)


def load(body: bytes | str) -> dict[str, Any]:
    """Return the JSON object of a webhook.

    Raises
    ------
    InvalidContent
        If it is not a JSON object in UTF-8 with an action.
    """
    content = validation.json_object(body)
    _text(content, "action")
    return content


def parse(content: Mapping[str, Any], *, local: bool = False) -> Payload | None:
    """Return the payload of a webhook, or None if its action is unknown.

    Parameters
    ----------
    content : Mapping[str, Any]
        Its JSON.
    local : bool
        Whether it is an event of this deployment, which may have actions that webhooks may not.

    Raises
    ------
    InvalidContent
        If a member that the action needs is missing or of the wrong type.
    """
    action = content.get("action")
    if action == "review":
        return _review(content)
    if action == "award":
        return _award(content)
    if action == "revoke":
        return _revocation(content)
    if action == "issue" and local:
        return _issue(content)
    return None


def of_event(event: Event | None, kind: type[P]) -> P:
    """Return the payload of a recorded event.

    Raises
    ------
    TypeError
        If it is of another kind, because the job is of the wrong kind.
    """
    payload = parse(load(event.body), local=event.source == LOCAL) if event else None
    if not isinstance(payload, kind):
        raise TypeError(f"this event holds no {kind.__name__}")
    return payload


def _review(content: Mapping[str, Any]) -> ReviewPayload:
    application, review = _object(content, "application"), _object(content, "review")
    approved = content.get("approved")
    if not isinstance(approved, bool):
        raise InvalidContent("`approved` must be true or false")
    return ReviewPayload(
        application=_text(application, "slug", LONGEST_APPLICATION),
        learner=_text(application, "learner"),
        badge=_badge(_object(application, "badge")),
        approved=approved,
        processed=application.get("processed") is not None,
        author=_optional_text(review, "author"),
        comment=_optional_text(review, "comment", longest=validation.LONGEST_TEXT),
        criteria=tuple(_criteria(review, _object(application, "badge"))),
        mails_earner=content.get(MAILS_EARNER) is True,
    )


def _criteria(review: Mapping[str, Any], badge: Mapping[str, Any]) -> Iterator[ReviewedCriterion]:
    """Return a review's items; malformed ones are left out, since they decide nothing."""
    descriptions = {
        one.get("id"): one.get("description")
        for one in _objects(badge, "criteria")
        if isinstance(one.get("id"), int)
    }
    for item in _objects(review, "reviewItems"):
        number, satisfied = item.get("criterionId"), validation.as_flag(item.get("satisfied"))
        if isinstance(number, int) and satisfied is not None:
            comment, description = item.get("comment"), descriptions.get(number)
            yield ReviewedCriterion(number, satisfied, _plain(comment), _plain(description))


def _objects(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    many = content.get(name)
    return [one for one in many if isinstance(one, dict)] if isinstance(many, list) else []


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) and _storable(value) else None


def _award(content: Mapping[str, Any]) -> AwardPayload:
    issued_on = content.get("issuedOn")
    if issued_on is not None and validation.date(issued_on):
        raise InvalidContent("`issuedOn` must be a time")
    return AwardPayload(
        uid=_text(content, "uid"),
        badge=_badge(_object(content, "badge")),
        email=_text(content, "email"),
        issued_on=None if issued_on is None else validation.as_moment(issued_on),
        comment=_optional_text(content, "comment", longest=validation.LONGEST_TEXT),
        of_milestone="comment" not in content,
        mails_earner=content.get(MAILS_EARNER) is True,
    )


def _revocation(content: Mapping[str, Any]) -> RevocationPayload:
    badge = content.get("badge")
    return RevocationPayload(
        uid=_text(content, "uid"),
        badge=None if badge in (None, {}) else _badge(_object(content, "badge")),
        email=_text(content, "email"),
        reason=_optional_text(content, "reason", longest=validation.LONGEST_TEXT),
        mails_earner=content.get(MAILS_EARNER) is True,
    )


def _issue(content: Mapping[str, Any]) -> IssuePayload:
    badge = _object(content, "badge")
    number = badge.get("id")
    if not isinstance(number, int):
        raise InvalidContent("`badge.id` must be a number")
    return IssuePayload(
        badge=_badge(badge),
        badge_id=number,
        email=_text(content, "email"),
        note=issue_note(content),
        narrative=_optional_text(content, "narrative", longest=validation.LONGEST_TEXT),
        author=_optional_text(content, "author"),
    )


def issue_note(content: Mapping[str, Any]) -> str | None:
    """Return the note to the earner in a request to issue a badge.

    Requests of earlier versions call it comment, and their form promised that earners read it.
    """
    name = "note" if "note" in content else "comment"
    return _optional_text(content, name, longest=validation.LONGEST_TEXT)


def _badge(content: Mapping[str, Any]) -> BadgeReference:
    slug = _text(content, "slug")
    owners = {}
    for level in ("system", "issuer", "program"):
        owner = content.get(level)
        owners[level] = None if owner is None else _text(_object(content, level), "slug")
    return BadgeReference(slug, _optional_text(content, "name") or slug, **owners, content=content)


def _object(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise InvalidContent(f"`{name}` must be an object")
    return value


def _text(content: Mapping[str, Any], name: str, longest: int = LONGEST_NAME) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not _storable(value):
        raise InvalidContent(f"`{name}` must be text of 1 to {longest} characters")
    return value


def _optional_text(
    content: Mapping[str, Any], name: str, longest: int = LONGEST_NAME
) -> str | None:
    value = content.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest or not _storable(value):
        raise InvalidContent(f"`{name}` must be text of at most {longest} characters")
    return value


def _storable(value: str) -> bool:
    r"""Return whether a text can be encoded as UTF-8 (JSON may have lone surrogates: \ud800)."""
    try:
        return len(value.encode("utf-8")) <= validation.LONGEST_TEXT
    except UnicodeEncodeError:
        return False
