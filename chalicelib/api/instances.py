"""API views of badge instances, which is the API's word for awards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib import limits
from chalicelib.api.badges import badge_json
from chalicelib.api.lists import list_answer, page
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import adoption, awards, lookup
from chalicelib.domain.badges import badges, catalog, codes
from chalicelib.domain.events import mail_policy, serializers
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import BadgeKitError, Conflict, ValidationError
from chalicelib.web.request import request
from chalicelib.web.responses import json_response

MOST_AT_ONCE = 5000
# badgekit-api 0.2.22: app/models/badge-instance.js
BULK = (
    Field("comment", validation.text(0)),
    Field("issuedOn", validation.date),
    Field("expires", validation.date),
)
INSTANCE = (
    Field("email", validation.email, required=True),
    Field("slug", validation.slug(0)),
    *BULK,
    Field("claimCode", validation.Line(0, 255)),
)
REVOCATION = (Field("reason", validation.text(1)),)  # not of badgekit-api


def list_instances(where: Place, badge: str) -> Response:
    row = badges.find(where, badge)
    found, about = lookup.of_badge(row, page()), badge_json(row)
    shown = [serializers.instance(award, about) for award in found.rows]
    return list_answer("instances", found, shown)


def list_instances_of(where: Place, email: str) -> Response:
    found = lookup.for_email(owners.scope(*where), email, page())
    entries = catalog.by_ids(award.badge_id for award in found.rows if award.badge_id)
    about = {number: serializers.badge(entry) for number, entry in entries.items()}
    shown = [serializers.instance(award, about[award.badge_id or 0]) for award in found.rows]
    return list_answer("instances", found, shown)


def create_instance(where: Place, data: dict[str, Any], badge: str) -> Response:
    award = transact(lambda: _award(badges.find(where, badge), data))
    return json_response(
        {"status": "created", "instance": _new(award)},
        201,
        {"Location": f"/public/assertions/{quote(award.slug, safe='')}"},
    )


def _award(badge: Badge, data: Mapping[str, Any]) -> Award:
    """Award a badge and mark its claim code as used, both or neither."""
    data = _without_blanks(data)
    validation.check(data, INSTANCE)
    slug, code = (validation.as_text(data.get(name)) for name in ("slug", "claimCode"))
    if code is not None:
        codes.claim(badge, code, data["email"])
    said = {"claim_code": code, **_values(data)}
    award, new = awards.give(badge, data["email"], slug=slug, **said)
    if new:
        return award
    if not (adopted := adoption.adopt(badge, [data["email"]], **said)):
        raise Conflict(
            f"User {data['email']} has already been awarded badge {badge.slug}",
            details={
                "assertionUrl": serializers.assertion_url(award),
                serializers.MAILS_EARNER: mail_policy.allows_for(award, badge),
            },
        )
    return adopted[0]


def _without_blanks(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body without optional members that are empty or 0: absent ones in badgekit-api."""
    optional = {field.name for field in INSTANCE if not field.required}
    return {
        name: value for name, value in data.items() if name not in optional or value not in ("", 0)
    }


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: validation.as_moment(data[member])
        for member, name in (("issuedOn", "issued_on"), ("expires", "expires"))
        if data.get(member) is not None
    }
    return {**values, "comment": validation.as_text(data.get("comment"))}


class NotAList(BadgeKitError):
    """The addresses of a bulk award are not a list; the error has no code, as in badgekit-api."""

    status = 400

    def to_json(self) -> dict[str, Any]:
        return {"message": self.message}


def create_instances(where: Place, data: dict[str, Any], badge: str) -> Response:
    row = badges.find(where, badge)
    emails = data.get("emails")
    if not isinstance(emails, list):
        raise NotAList('Invalid value for "emails".  Expected array.')
    if len(emails) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} addresses at once"
        raise ValidationError([{"message": message, "field": "emails", "value": len(emails)}])
    data = _without_blanks(data)
    validation.check(data, BULK)
    given = transact(lambda: _award_all(row, emails, _values(data)))
    shown = [_new(award) for award in given]
    return json_response({"status": "created", "instances": shown}, 201)


def _award_all(badge: Badge, emails: list[Any], said: Mapping[str, Any]) -> list[Award]:
    """Award a badge to many addresses; return the awards that are new or were taken over."""
    return [*awards.give_all(badge, emails, **said), *adoption.adopt(badge, emails, **said)]


def get_instance(where: Place, badge: str, email: str) -> Response:
    row = badges.find(where, badge)
    return _instance(row, lookup.active(row, email))


def delete_instance(where: Place, badge: str, email: str) -> Response:
    row = badges.find(where, badge)
    award = lookup.active(row, email)
    awards.revoke(award, _reason(request().body(limits.API_BODY)))
    return _instance(row, award)


def _reason(body: bytes) -> str | None:
    """Return the reason that a revocation came with.

    Any other body is ignored, as badgekit-api ignores all that come with DELETE.
    """
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        return None
    reason = sent.get("reason") if isinstance(sent, dict) else None
    return None if reason is None or validation.text(1)(reason) else str(reason)


def _new(award: Award) -> dict[str, Any]:
    mailed = mail_policy.allows_for(award)
    return serializers.instance(award, None, new=True, mails_earner=mailed)


def _instance(badge: Badge, award: Award) -> Response:
    mailed = mail_policy.allows_for(award, badge)
    shown = serializers.instance(award, badge_json(badge), mails_earner=mailed)
    return json_response({"instance": shown})
