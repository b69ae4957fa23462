"""API views of badges and their claim codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib.api import bodies
from chalicelib.api.lists import choice, list_answer, page
from chalicelib.api.routes import LEVELS
from chalicelib.data.models import Badge
from chalicelib.domain.badges import badges, catalog, codes
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from chalicelib.web.responses import json_response


def badge_json(badge: Badge) -> dict[str, Any]:
    """Return a badge with its owners and details, as JSON."""
    return serializers.badge(catalog.view(badge))


def list_badges(where: Place) -> Response:
    archived = choice("archived", default=False)
    found = catalog.inside(where, archived=archived, page=page())
    return list_answer("badges", found, serializers.badges(found.rows))


def create_badge(where: Place, data: dict[str, Any]) -> Response:
    scope = owners.scope(*where)
    row = badges.create(scope, data, bodies.picture(data, badges.NEW_BADGE))
    level = LEVELS[2 if where.program else 1 if where.issuer else 0]
    slugs = {name: quote(slug, safe="") for name, slug in scope.place._asdict().items() if slug}
    location = f"{level.format(**slugs)}/badges/{quote(row.slug, safe='')}"
    return json_response(
        {"status": "created", "badge": badge_json(row)}, 201, {"Location": location}
    )


def get_badge(where: Place, badge: str) -> Response:
    return json_response({"badge": serializers.badge(catalog.find(where, badge))})


def update_badge(where: Place, data: dict[str, Any], badge: str) -> Response:
    row = badges.find(where, badge)
    badges.update(row, data, bodies.picture(data, badges.BADGE, partial=True))
    return json_response({"status": "updated", "badge": badge_json(badges.by_id(row.id))})


def delete_badge(where: Place, badge: str) -> Response:
    row = badges.find(where, badge)
    badges.delete(row)
    return json_response({"status": "deleted", "badge": serializers.bare_badge(row)})


def list_codes(where: Place, badge: str) -> Response:
    row = badges.find(where, badge)
    found = codes.of(row, page())
    shown = [serializers.code(one) for one in found.rows]
    return list_answer("claimCodes", found, shown, badge=badge_json(row))


def create_code(where: Place, data: dict[str, Any], badge: str) -> Response:
    row = badges.find(where, badge)
    return _code("created", row, codes.create(row, data), 201)


def create_random_code(where: Place, data: dict[str, Any], badge: str) -> Response:
    row = badges.find(where, badge)
    return _code("created", row, codes.create_random(row, data), 201)


def _code(done: str, badge: Badge, code: Any, status: int = 200) -> Response:
    return json_response(
        {"status": done, "claimCode": serializers.code(code), "badge": badge_json(badge)},
        status,
    )


def get_code(where: Place, badge: str, code: str) -> Response:
    row = badges.find(where, badge)
    found = serializers.code(codes.find(row, code))
    return json_response({"badge": badge_json(row), "claimCode": found})


def delete_code(where: Place, badge: str, code: str) -> Response:
    row = badges.find(where, badge)
    found = codes.find(row, code)
    codes.delete(found)
    return _code("deleted", row, found)


def claim_code(where: Place, data: dict[str, Any], badge: str, code: str) -> Response:
    row = badges.find(where, badge)
    return _code("updated", row, codes.claim(row, code, data.get("email")))


def get_badge_of_code(where: Place, code: str) -> Response:
    row, claimed = codes.badge_of(owners.scope(*where), code)
    return json_response({"badge": {**badge_json(row), "claimed": int(claimed)}})
