"""The OpenAPI 3.1 document of the API, made from its routes, and the page that shows it."""

from __future__ import annotations

import json
from typing import Any

from chalice.app import Response

from chalicelib import VERSION, config, limits
from chalicelib.api import answer_schemas, auth, routes, schemas
from chalicelib.api.examples import EXAMPLES
from chalicelib.api.operations import (
    OPERATIONS,
    PAGES,
    PUBLIC,
    PUBLIC_AT_EACH_LEVEL,
    Operation,
    Public,
    Query,
)
from chalicelib.api.schemas import Schema, answer, many, ref
from chalicelib.domain.events import serializers
from chalicelib.errors import NotFound
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, json_response

CACHING = {"Cache-Control": "public, max-age=300"}
LEVEL_NAMES = ("system", "issuer", "program")
ERRORS = {
    400: "The body or a parameter cannot be used; `details` or `parameter` say which.",
    403: "The token is missing, wrong, expired, made for another request, or not allowed to do this.",
    404: "It, or something that it belongs to, does not exist.",
    409: "A conflict: the slug is taken, or the address already has the badge.",
    410: "It was revoked.",
    413: f"The body is larger than {limits.API_BODY_MB} MB, or the response larger than 6 MB; "
    "request a list page by page.",
    415: "The body is neither JSON nor a form.",
    503: "The database does not respond, or another request changed the same row; "
    "`Retry-After` says when to try again.",
}
AUTHORIZATION = (
    '`JWT token="…"`: a JSON Web Token, HS256, whose claims are `key` (`master`, or an API key), '
    "`method`, `path` (with its query), `exp` (Unix time) and, if there is a body, "
    '`body`: `{"alg": "sha256", "hash": "…"}`, the hex digest of its bytes.'
)


LOCATION = {"Location": {"description": "Where it is.", "schema": schemas.TEXT}}
RETRY = {"Retry-After": {"description": "In how many seconds.", "schema": schemas.TEXT}}
PAGE = {"text/html": {"schema": schemas.TEXT}}
LINKED_DATA = ("Assertion", "BadgeClass", "IssuerOrganization")
PUBLIC_READERS = (
    "For everyone, and for scripts of any site (CORS). Browsers and link previews get pages. "
    "Programs get Open Badges 2.0 if `Accept` names a JSON type (as `application/ld+json` if it "
    "asks for that), and 1.0, as from badgekit-api, without `Accept`. With `*/*`, assertions are "
    "2.0, and badge classes and issuers 1.0. `?format=json` is always 2.0."
)


def _served() -> None:
    if config.settings().optional("OPENBADGER_URL"):
        raise NotFound(f"{request().path} does not exist: the API is served elsewhere")


def show_document() -> Response:
    _served()
    return json_response(document(), headers=CACHING)


def show_page() -> Response:
    _served()
    from chalicelib.web import templates

    shown = document()
    groups: dict[str, list[Any]] = {group: [] for group in _groups()}
    for method, paths, view, master in _all():
        described = shown["paths"][paths[0]][method.lower()]
        errors = [status for status in described["responses"] if status >= "400"]
        operation = OPERATIONS[view]
        body = operation.body and json.dumps(EXAMPLES[operation.body], indent=2)
        groups[operation.group].append(
            {
                **operation._asdict(),
                "name": view.partition(":")[2],
                "method": method,
                "paths": paths,
                "master": master,
                "errors": errors,
                "example": body,
            }
        )
    return html_response(
        templates.render(
            "public/api.html", groups=groups, errors=ERRORS, public=PUBLIC,
            public_levels=PUBLIC_AT_EACH_LEVEL, shapes=shown["components"]["schemas"],
            answered=answer_schemas.answers(), absolute=config.settings().url,
        )
    )  # fmt: skip


def _all() -> list[tuple[str, list[str], str, bool]]:
    """Return method, paths, view, and whether it takes the master secret, for each view."""
    found = []
    for table, levels, master in (
        (routes.ROUTES, ("",), False),
        (routes.AT_EACH_LEVEL, routes.LEVELS, False),
        (routes.FOR_THE_MASTER, ("",), True),
    ):
        for path, views in table.items():
            for method, view in views.items():
                found.append((method, [level + path for level in levels], view, master))
    return found


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for method, places, view, master in _all():
        for number, path in enumerate(places):
            level = LEVEL_NAMES[number] if len(places) > 1 else ""
            paths.setdefault(path, {})[method.lower()] = _operation(
                method, path, view, level, master=master
            )
    for path, one in PUBLIC.items():
        paths[path] = {"get": _public(path, one)}
    for path, one in PUBLIC_AT_EACH_LEVEL.items():
        for name, level in zip(LEVEL_NAMES, routes.LEVELS, strict=True):
            public = f"/public{level}{path}"
            paths[public] = {"get": _public(public, one, f"_of_{name}")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "BadgeKit API",
            "version": VERSION,
            "description": "badgekit-api's contract, for every client that was written for it.",
        },
        "servers": [{"url": config.settings().url("")}],
        "tags": [
            *({"name": group} for group in _groups()),
            {"name": "Public", "description": PUBLIC_READERS},
        ],
        "security": [{"token": []}],
        "paths": paths,
        "webhooks": {
            name: _webhook(name, members) for name, members in _webhooks().items()
        },
        "components": {
            "schemas": {**answer_schemas.answers(), **answer_schemas.published(), **schemas.bodies()},
            "securitySchemes": {
                "token": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": AUTHORIZATION,
                },
            },
            "responses": {str(status): _error(status) for status in ERRORS},
        },
    }  # fmt: skip


def _groups() -> dict[str, None]:
    return dict.fromkeys(operation.group for operation in OPERATIONS.values())


def _operation(method: str, path: str, view: str, level: str, *, master: bool) -> Schema:
    operation = OPERATIONS[view]
    has_body = method in ("POST", "PUT")
    may_fail = [400, 413, 415] if has_body else [400, 413] if operation.queries else [413]
    answers: dict[str, Any] = {str(operation.status): _answer(operation)}
    if view == "integrations:put_webhook":
        answers["201"] = _answer(operation)
    if operation.status == 201 and view in ("badges:create_badge", "instances:create_instance"):
        answers["201"]["headers"] = LOCATION
    for status in sorted({*may_fail, 403, 404, 503, *operation.errors}):
        answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
    shown: Schema = {
        "operationId": view.partition(":")[2] + (f"_of_{level}" if level else ""),
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [*_in_path(path), *map(_query, operation.queries)],
        "responses": answers,
    }
    if master or (auth.takes_master(view) and method != "PUT"):
        shown["description"] = "For the holder of the master secret only."
    elif auth.takes_master(view):
        shown["description"] = "Another slug takes the master secret."
    if operation.body:
        content = {"schema": ref(operation.body)}
        kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
        needed = has_body and view not in routes.WITHOUT_BODY
        shown["requestBody"] = {
            "required": needed, "content": dict.fromkeys(kinds if has_body else kinds[:1], content),
        }  # fmt: skip
    return shown


def _answer(operation: Operation) -> Schema:
    members = {name: _shape(shape) for name, shape in operation.answer.items()}
    optional = []
    if operation.queries[-len(PAGES) :] == PAGES:
        members["pageData"], optional = ref("PageData"), ["pageData"]
    schema = answer(optional, **members)
    return {"description": operation.summary, "content": _json(schema)}


def _shape(name: str) -> Schema:
    if not name:
        return schemas.TEXT
    return many(ref(name[:-2])) if name.endswith("[]") else ref(name)


def _in_path(path: str) -> list[Schema]:
    names = [part[1:-1] for part in path.split("/") if part[:1] == "{"]
    return [{"name": n, "in": "path", "required": True, "schema": schemas.TEXT} for n in names]


def _query(query: Query) -> Schema:
    return {
        "name": query.name, "in": "query", "description": query.text, "schema": query.schema,
    }  # fmt: skip


def _error(status: int) -> Schema:
    shown: Schema = {"description": ERRORS[status], "content": _json(ref("Error"))}
    return {**shown, "headers": RETRY} if status == 503 else shown


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _documents(schema: str) -> Schema:
    """Return the media types of a public document; Open Badges 2.0 is linked data, too."""
    content = _json(ref(schema))
    if schema in LINKED_DATA:
        content["application/ld+json"] = content["application/json"]
    return content


def _public(path: str, one: Public, level: str = "") -> Schema:
    page = PAGE if one.page else {}
    answers: dict[str, Any] = {}
    if one.schema or one.page:
        content = {**(_documents(one.schema) if one.schema else {}), **page}
        answers["200"] = {"description": one.summary, "content": content}
    else:
        sent = {"description": "It is there, for now.", "headers": LOCATION}
        answers["302"] = sent
        if one.name == "image":
            there = _json(answer(location=schemas.TEXT))
            answers["301"] = {**sent, "description": "It is there.", "content": there}
    for status in (*one.errors, 503):
        problem = _error(status)
        content = {**problem["content"], **PAGE} if one.schema or not one.page else PAGE
        answers[str(status)] = {**problem, "content": content}
    if one.schema == "Assertion":
        revoked = _json(ref("RevokedAssertion"))
        answers["410"]["content"] |= {**revoked, "application/ld+json": revoked["application/json"]}
    return {
        "operationId": one.name + level,
        "summary": one.summary,
        "tags": ["Public"],
        "security": [],
        "parameters": [*_in_path(path), *map(_query, one.queries)],
        "responses": answers,
    }


def _webhooks() -> dict[str, dict[str, Schema]]:
    text, badge, mails = schemas.TEXT, ref("Badge"), {serializers.MAILS_EARNER: schemas.YES_NO}
    return {
        "award": {
            "action": {"const": "award"}, "uid": text, "badge": badge, "email": text,
            "assertionUrl": text, "issuedOn": schemas.NUMBER, "comment": schemas.maybe(text),
            **mails,
        },
        "revoke": {
            "action": {"const": "revoke"}, "uid": text, "badge": badge, "email": text, **mails,
        },
        "review": {
            "action": {"const": "review"}, "application": ref("Application"),
            "review": ref("Review"), "approved": schemas.YES_NO, **mails,
        },
    }  # fmt: skip


def _webhook(name: str, members: dict[str, Schema]) -> Schema:
    body = _json(answer((), **members))
    return {
        "post": {
            "summary": f"Tell a system of a {name}; sent until it is answered with 2xx, for a day",
            "description": "The Authorization header is signed with the webhook's own secret; the "
            "token's only claim is `body`.",
            "requestBody": {"required": True, "content": body},
            "responses": {"2XX": {"description": "Taken."}},
        }
    }
