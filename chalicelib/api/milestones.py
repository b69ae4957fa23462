"""API views of milestones, which belong to systems only."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.api.lists import list_answer, page
from chalicelib.data.models import Milestone
from chalicelib.domain.awards import milestones
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import owners
from chalicelib.web.responses import json_response


def list_milestones(system: str) -> Response:
    found = milestones.of_system(owners.system(system), page())
    return list_answer("milestones", found, [serializers.milestone(m) for m in found.rows])


def create_milestone(data: dict[str, Any], system: str) -> Response:
    return _answer("created", milestones.create(owners.system(system), data), 201)


def _answer(done: str, row: Milestone, status: int = 200) -> Response:
    shown = serializers.milestone(milestones.view(row))
    return json_response({"status": done, "milestone": shown}, status)


def _find(system: str, milestone: str) -> Milestone:
    return milestones.find(owners.system(system), milestone)


def get_milestone(system: str, milestone: str) -> Response:
    shown = milestones.view(_find(system, milestone))
    return json_response({"milestone": serializers.milestone(shown)})


def update_milestone(data: dict[str, Any], system: str, milestone: str) -> Response:
    row = _find(system, milestone)
    milestones.update(row, data)
    return _answer("updated", row)


def delete_milestone(system: str, milestone: str) -> Response:
    milestones.delete(_find(system, milestone))
    return json_response({"status": "deleted"})


def add_badge(data: dict[str, Any], system: str, milestone: str) -> Response:
    row = _find(system, milestone)
    milestones.add_badge(row, data)
    return _answer("updated", row)


def remove_badge(data: dict[str, Any], system: str, milestone: str) -> Response:
    row = _find(system, milestone)
    milestones.remove_badge(row, data)
    return _answer("updated", row)
