"""API views of applications and their reviews."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.api.badges import badge_json
from chalicelib.api.lists import choice, list_answer, page
from chalicelib.data.models import Application, Review
from chalicelib.domain.applications import applications
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from chalicelib.domain.reviews import reviews
from chalicelib.web.request import request
from chalicelib.web.responses import json_response


def _application(row: Application) -> dict[str, Any]:
    evidence = applications.evidence([row.id])[row.id]
    return serializers.application(row, badge_json(row.badge), evidence)


def _wanted() -> dict[str, Any]:
    return {
        "processed": choice("processed", default=None),
        "learner": request().argument("email") or None,
        "page": page(),
    }


def list_applications_inside(where: Place) -> Response:
    found = applications.inside(owners.scope(*where), **_wanted())
    entries = catalog.by_ids(row.badge_id for row in found.rows)
    about = {number: serializers.badge(entry) for number, entry in entries.items()}
    evidence = applications.evidence(row.id for row in found.rows)
    shown = [
        serializers.application(row, about[row.badge_id], evidence[row.id]) for row in found.rows
    ]
    return list_answer("applications", found, shown)


def list_applications(where: Place, badge: str) -> Response:
    row = badges.find(where, badge)
    found, about = applications.of_badge(row, **_wanted()), badge_json(row)
    evidence = applications.evidence(one.id for one in found.rows)
    shown = [serializers.application(one, about, evidence[one.id]) for one in found.rows]
    return list_answer("applications", found, shown)


def create_application(where: Place, data: dict[str, Any], badge: str) -> Response:
    row = applications.create(badges.find(where, badge), data)
    return json_response({"status": "created", "application": _application(row)}, 201)


def _find(where: Place, badge: str, application: str) -> Application:
    return applications.find(badges.find(where, badge), application)


def get_application(where: Place, badge: str, application: str) -> Response:
    return json_response({"application": _application(_find(where, badge, application))})


def update_application(
    where: Place, data: dict[str, Any], badge: str, application: str
) -> Response:
    row = _find(where, badge, application)
    applications.update(row, data)
    return json_response({"status": "updated", "application": _application(row)})


def delete_application(where: Place, badge: str, application: str) -> Response:
    row = _find(where, badge, application)
    shown = _application(row)
    applications.delete(row)
    return json_response({"status": "deleted", "application": shown})


def _review(row: Review) -> dict[str, Any]:
    return serializers.review(row, reviews.items([row.id])[row.id])


def list_reviews(where: Place, badge: str, application: str) -> Response:
    found = reviews.of_application(_find(where, badge, application), page())
    items = reviews.items(row.id for row in found.rows)
    shown = [serializers.review(row, items[row.id]) for row in found.rows]
    return list_answer("reviews", found, shown)


def create_review(where: Place, data: dict[str, Any], badge: str, application: str) -> Response:
    row = reviews.create(_find(where, badge, application), data)
    return json_response({"status": "created", "review": _review(row)}, 201)


def get_review(where: Place, badge: str, application: str, review: str) -> Response:
    return json_response(
        {"review": _review(reviews.find(_find(where, badge, application), review))}
    )


def update_review(
    where: Place, data: dict[str, Any], badge: str, application: str, review: str
) -> Response:
    of = _find(where, badge, application)
    row = reviews.find(of, review)
    reviews.update(of, row, data)
    return json_response({"status": "updated", "review": _review(row)})


def delete_review(where: Place, badge: str, application: str, review: str) -> Response:
    row = reviews.find(_find(where, badge, application), review)
    shown = _review(row)
    reviews.delete(row)
    return json_response({"status": "deleted", "badge": shown})  # the original's name for it
