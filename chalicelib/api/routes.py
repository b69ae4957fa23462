"""All routes of the BadgeKit API: paths, methods and views.

A view is imported on its first request. It gets the slugs of the path, after the object of the body
if the method has one. Badges, and what belongs to them, have the same paths at three levels: in a
system, in an issuer of it, in a program of that issuer. Their views get a `Place` instead of the
slugs of the levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import config, limits
from chalicelib.errors import NotFound
from chalicelib.web.request import request
from chalicelib.web.routing import Routes, import_function, view_method

routes = Routes(__name__)
open_routes = Routes(__name__, cors=True)

Views = Mapping[str, str]

WITH_BODY = ("POST", "PUT")

LEVELS = (
    "/systems/{system}",
    "/systems/{system}/issuers/{issuer}",
    "/systems/{system}/issuers/{issuer}/programs/{program}",
)
ROUTES: dict[str, Views] = {
    "/systems": {"GET": "systems:list_systems", "POST": "systems:create_system"},
    "/systems/{system}": {
        "GET": "systems:get_system",
        "PUT": "systems:update_system",
        "DELETE": "systems:delete_system",
    },
    "/systems/{system}/issuers": {"GET": "systems:list_issuers", "POST": "systems:create_issuer"},
    "/systems/{system}/issuers/{issuer}": {
        "GET": "systems:get_issuer",
        "PUT": "systems:update_issuer",
        "DELETE": "systems:delete_issuer",
    },
    "/systems/{system}/issuers/{issuer}/programs": {
        "GET": "systems:list_programs",
        "POST": "systems:create_program",
    },
    "/systems/{system}/issuers/{issuer}/programs/{program}": {
        "GET": "systems:get_program",
        "PUT": "systems:update_program",
        "DELETE": "systems:delete_program",
    },
    "/systems/{system}/milestones": {
        "GET": "milestones:list_milestones",
        "POST": "milestones:create_milestone",
    },
    "/systems/{system}/milestones/{milestone}": {
        "GET": "milestones:get_milestone",
        "PUT": "milestones:update_milestone",
        "DELETE": "milestones:delete_milestone",
    },
    "/systems/{system}/milestones/{milestone}/add-badge": {"POST": "milestones:add_badge"},
    "/systems/{system}/milestones/{milestone}/remove-badge": {"POST": "milestones:remove_badge"},
}
AT_EACH_LEVEL: dict[str, Views] = {
    "/badges": {"GET": "badges:list_badges", "POST": "badges:create_badge"},
    "/badges/{badge}": {
        "GET": "badges:get_badge",
        "PUT": "badges:update_badge",
        "DELETE": "badges:delete_badge",
    },
    "/badges/{badge}/codes": {"GET": "badges:list_codes", "POST": "badges:create_code"},
    "/badges/{badge}/codes/random": {"POST": "badges:create_random_code"},
    "/badges/{badge}/codes/{code}": {"GET": "badges:get_code", "DELETE": "badges:delete_code"},
    "/badges/{badge}/codes/{code}/claim": {"POST": "badges:claim_code"},
    "/codes/{code}": {"GET": "badges:get_badge_of_code"},
    "/badges/{badge}/instances": {
        "GET": "instances:list_instances",
        "POST": "instances:create_instance",
    },
    "/instances/{email}": {"GET": "instances:list_instances_of"},
    "/badges/{badge}/instances/bulk": {"POST": "instances:create_instances"},
    "/badges/{badge}/instances/{email}": {
        "GET": "instances:get_instance",
        "DELETE": "instances:delete_instance",
    },
    "/applications": {"GET": "applications:list_applications_inside"},
    "/badges/{badge}/applications": {
        "GET": "applications:list_applications",
        "POST": "applications:create_application",
    },
    "/badges/{badge}/applications/{application}": {
        "GET": "applications:get_application",
        "PUT": "applications:update_application",
        "DELETE": "applications:delete_application",
    },
    "/badges/{badge}/applications/{application}/reviews": {
        "GET": "applications:list_reviews",
        "POST": "applications:create_review",
    },
    "/badges/{badge}/applications/{application}/reviews/{review}": {
        "GET": "applications:get_review",
        "PUT": "applications:update_review",
        "DELETE": "applications:delete_review",
    },
}
# POSTs that need no body, and then no claim of it in the token either.
WITHOUT_BODY = {"badges:create_random_code"}
FOR_THE_MASTER: dict[str, Views] = {
    "/systems/{system}/webhook": {
        "GET": "integrations:get_webhook",
        "PUT": "integrations:put_webhook",
        "DELETE": "integrations:delete_webhook",
    },
    "/systems/{system}/consumers": {
        "GET": "integrations:list_consumers",
        "POST": "integrations:create_consumer",
    },
    "/systems/{system}/consumers/{key}": {"DELETE": "integrations:delete_consumer"},
}


def _register(path: str, views: Views, *, placed: bool = False, master_only: bool = False) -> None:
    """Register the views of a path, with authorization."""

    def view(**arguments: str) -> Any:
        from chalicelib.api import auth

        if config.settings().optional("OPENBADGER_URL"):
            raise NotFound(f"{request().path} does not exist: the API is served elsewhere")
        body = request().body(limits.API_BODY)
        segments = [part.format(**arguments) for part in path.split("/")]
        name = views[view_method()]
        has_body = bool(body) or (request().method in WITH_BODY and name not in WITHOUT_BODY)
        by_consumer = auth.authorize(
            request(), body, segments, has_body=has_body, master_only=master_only
        )
        data: dict[str, Any] = {}
        if has_body and request().method in WITH_BODY:
            from chalicelib.api import bodies

            data = bodies.read(request(), body)
        if by_consumer:
            auth.refuse_reserved(name, data, arguments.get("system"))
        before: list[Any] = []
        if placed:
            from chalicelib.domain.owners.places import Place

            levels = [arguments.pop(name, None) for name in ("issuer", "program")]
            before.append(Place(arguments.pop("system"), *levels))
        if request().method in WITH_BODY:
            before.append(data)
        return import_function(f"chalicelib.api.{name}")(*before, **arguments)

    view.__name__ = path
    routes.view(path, *views)(view)


for _path, _views in ROUTES.items():
    _register(_path, _views)
for _path, _views in FOR_THE_MASTER.items():
    _register(_path, _views, master_only=True)
for _path, _views in AT_EACH_LEVEL.items():
    for _level in LEVELS:
        _register(_level + _path, _views, placed=True)
open_routes.lazy("/openapi.json", {"GET": "chalicelib.api.openapi:show_document"})
routes.lazy("/docs/api", {"GET": "chalicelib.api.openapi:show_page"})
# BadgeKit's Web app has this one; callers sign with API_SECRET.
routes.lazy(
    "/api/user", {"POST": "chalicelib.api.users:add", "DELETE": "chalicelib.api.users:remove"}
)
