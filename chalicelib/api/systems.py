"""API views of systems, their issuers and their programs.

A system has its issuers with it, and an issuer its programs, in lists and after a change too, but
not when it was deleted, or belongs to a badge, as in badgekit-api.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.api.lists import list_answer, page
from chalicelib.data.models import Issuer, System
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import owners
from chalicelib.web.responses import json_response


def _picture(data: dict[str, Any], *, partial: bool = False) -> Any:
    from chalicelib.api import bodies

    return bodies.picture(data, owners.OWNER, partial=partial)


def list_systems() -> Response:
    found = owners.systems(page())
    issuers = owners.issuers_by_system(found.rows)
    shown = [serializers.system(row, issuers[row.id]) for row in found.rows]
    return list_answer("systems", found, shown)


def create_system(data: dict[str, Any]) -> Response:
    row = owners.create_system(data, _picture(data))
    return json_response({"status": "created", "system": serializers.system(row)}, 201)


def _with_issuers(row: System) -> dict[str, Any]:
    return serializers.system(row, owners.issuers(row).rows)


def get_system(system: str) -> Response:
    return json_response({"system": _with_issuers(owners.system(system))})


def update_system(data: dict[str, Any], system: str) -> Response:
    row = owners.system(system)
    owners.update(row, data, _picture(data, partial=True))
    return json_response({"status": "updated", "system": _with_issuers(row)})


def delete_system(system: str) -> Response:
    row = owners.system(system)
    owners.delete(row)
    return json_response({"status": "deleted", "system": serializers.system(row)})


def list_issuers(system: str) -> Response:
    found = owners.issuers(owners.system(system), page())
    programs = owners.programs_by_issuer(found.rows)
    shown = [serializers.issuer(row, programs[row.id]) for row in found.rows]
    return list_answer("issuers", found, shown)


def create_issuer(data: dict[str, Any], system: str) -> Response:
    of = owners.system(system)
    row = owners.create_issuer(of, data, _picture(data))
    return json_response({"status": "created", "issuer": serializers.issuer(row)}, 201)


def _issuer(system: str, issuer: str) -> Any:
    return owners.scope(system, issuer).issuer


def _with_programs(row: Issuer) -> dict[str, Any]:
    return serializers.issuer(row, owners.programs(row).rows)


def get_issuer(system: str, issuer: str) -> Response:
    return json_response({"issuer": _with_programs(_issuer(system, issuer))})


def update_issuer(data: dict[str, Any], system: str, issuer: str) -> Response:
    row = _issuer(system, issuer)
    owners.update(row, data, _picture(data, partial=True))
    return json_response({"status": "updated", "issuer": _with_programs(row)})


def delete_issuer(system: str, issuer: str) -> Response:
    row = _issuer(system, issuer)
    owners.delete(row)
    return json_response({"status": "deleted", "issuer": serializers.issuer(row)})


def list_programs(system: str, issuer: str) -> Response:
    found = owners.programs(_issuer(system, issuer), page())
    return list_answer("programs", found, [serializers.program(row) for row in found.rows])


def create_program(data: dict[str, Any], system: str, issuer: str) -> Response:
    of = _issuer(system, issuer)
    row = owners.create_program(of, data, _picture(data))
    return json_response({"status": "created", "program": serializers.program(row)}, 201)


def _program(system: str, issuer: str, program: str) -> Any:
    return owners.scope(system, issuer, program).program


def get_program(system: str, issuer: str, program: str) -> Response:
    return json_response({"program": serializers.program(_program(system, issuer, program))})


def update_program(data: dict[str, Any], system: str, issuer: str, program: str) -> Response:
    row = _program(system, issuer, program)
    owners.update(row, data, _picture(data, partial=True))
    return json_response({"status": "updated", "program": serializers.program(row)})


def delete_program(system: str, issuer: str, program: str) -> Response:
    row = _program(system, issuer, program)
    owners.delete(row)
    return json_response({"status": "deleted", "program": serializers.program(row)})
