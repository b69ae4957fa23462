"""The BadgeKit API's routes: read, one verb, represent.

Badges, and all that hangs on them, are found at three levels under the same names: in a system, in
an issuer of it, in a program of that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib import config
from chalicelib.api import auth, bodies, representations
from chalicelib.badges import applications, awards, owners, publishing, reviews, validation
from chalicelib.badges.owners import Scope
from chalicelib.data.models import Application, Badge
from chalicelib.errors import Conflict, InvalidParameter, NotFound
from chalicelib.http import Routes, json_answer, request

routes = Routes(__name__)

LEVELS = (
    "/systems/{system}",
    "/systems/{system}/issuers/{issuer}",
    "/systems/{system}/issuers/{issuer}/programs/{program}",
)
ANY = {"any": None, "true": True, "1": True, "false": False, "0": False}


def endpoint(path: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view behind the API's authorization; it gets the body's object as `data`."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        def authorized(**arguments: str) -> Any:
            if config.settings().optional("OPENBADGER_URL"):
                raise NotFound(f"{request().path} does not exist: the API is served elsewhere")
            body = request().body(bodies.LARGEST)
            auth.authorize(request(), body, [p.format(**arguments) for p in path.split("/")])
            if request().method in ("POST", "PUT"):
                return view(bodies.read(request(), body), **arguments)
            return view(**arguments)

        authorized.__name__, authorized.__module__ = view.__name__, view.__module__
        return routes.view(path, *methods)(authorized)

    return decorate


def at_each_level(path: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view at all three levels; it gets the `Scope` in place of the path's slugs."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        for number, level in enumerate(LEVELS):

            def scoped(
                *data: Any, system: str, issuer: str | None = None, program: str | None = None,
                **rest: str,
            ) -> Any:  # fmt: skip
                return view(owners.scope(system, issuer, program), *data, **rest)

            scoped.__name__, scoped.__module__ = f"{view.__name__}_{number}", view.__module__
            endpoint(level + path, *methods)(scoped)
        return view

    return decorate


@endpoint("/systems")
def list_systems() -> Response:
    return json_answer({"systems": [representations.system(row) for row in owners.systems()]})


@endpoint("/systems", "POST")
def create_system(data: dict[str, Any]) -> Response:
    row = owners.create_system(data, bodies.picture(data, owners.OWNER))
    return json_answer({"status": "created", "system": representations.system(row)}, 201)


@endpoint("/systems/{system}")
def get_system(system: str) -> Response:
    row = owners.system(system)
    return json_answer({"system": representations.system(row, owners.issuers(row))})


@endpoint("/systems/{system}/issuers")
def list_issuers(system: str) -> Response:
    rows = owners.issuers(owners.system(system))
    return json_answer({"issuers": [representations.issuer(row) for row in rows]})


@endpoint("/systems/{system}/issuers", "POST")
def create_issuer(data: dict[str, Any], system: str) -> Response:
    of = owners.system(system)
    row = owners.create_issuer(of, data, bodies.picture(data, owners.OWNER))
    return json_answer({"status": "created", "issuer": representations.issuer(row)}, 201)


@endpoint("/systems/{system}/issuers/{issuer}")
def get_issuer(system: str, issuer: str) -> Response:
    row = _issuer(system, issuer)
    return json_answer({"issuer": representations.issuer(row, owners.programs(row))})


def _issuer(system: str, issuer: str) -> Any:
    return owners.scope(system, issuer).issuer


@endpoint("/systems/{system}/issuers/{issuer}/programs")
def list_programs(system: str, issuer: str) -> Response:
    rows = owners.programs(_issuer(system, issuer))
    return json_answer({"programs": [representations.program(row) for row in rows]})


@endpoint("/systems/{system}/issuers/{issuer}/programs", "POST")
def create_program(data: dict[str, Any], system: str, issuer: str) -> Response:
    of = _issuer(system, issuer)
    row = owners.create_program(of, data, bodies.picture(data, owners.OWNER))
    return json_answer({"status": "created", "program": representations.program(row)}, 201)


@endpoint("/systems/{system}/issuers/{issuer}/programs/{program}")
def get_program(system: str, issuer: str, program: str) -> Response:
    row: Any = owners.scope(system, issuer, program).program
    return json_answer({"program": representations.program(row)})


def _badge_json(badge: Badge) -> dict[str, Any]:
    return representations.badge(badge, publishing.details([badge.id])[badge.id])


@at_each_level("/badges")
def list_badges(where: Scope) -> Response:
    archived = _choice("archived", default=False)
    rows = publishing.inside(where, archived=archived)
    details = publishing.details(row.id for row in rows)
    return json_answer({"badges": [representations.badge(row, details[row.id]) for row in rows]})


def _choice(parameter: str, *, default: bool | None) -> bool | None:
    value = request().argument(parameter)
    if not value:
        return default
    if value not in ANY:
        raise InvalidParameter(
            f"Invalid `{parameter}` parameter. Expecting one of 'true', 'false' or 'any'.",
            parameter=parameter,
        )
    return ANY[value]


@at_each_level("/badges", "POST")
def create_badge(where: Scope, data: dict[str, Any]) -> Response:
    row = publishing.create(where, data, bodies.picture(data, publishing.BADGE))
    answer = {"status": "created", "badge": _badge_json(row)}
    return json_answer(answer, 201, {"Location": _path(where, row)})


def _path(where: Scope, badge: Badge) -> str:
    """Return the path of a badge at one of its levels."""
    level = LEVELS[2 if where.program else 1 if where.issuer else 0]
    slugs = {
        name: quote(owner.slug, safe="")
        for name in ("system", "issuer", "program")
        if (owner := getattr(where, name))
    }
    return f"{level.format(**slugs)}/badges/{quote(badge.slug, safe='')}"


@at_each_level("/badges/{badge}")
def get_badge(where: Scope, badge: str) -> Response:
    return json_answer({"badge": _badge_json(publishing.find(where, badge))})


@at_each_level("/badges/{badge}/instances")
def list_instances(where: Scope, badge: str) -> Response:
    row = publishing.find(where, badge)
    about = _badge_json(row)
    instances = [
        representations.instance(award, about, {"claimCode": None}) for award in awards.of(row)
    ]
    return json_answer({"instances": instances})


INSTANCE = (
    validation.Field("email", validation.email, required=True),
    validation.Field("slug", validation.text(1, 255)),
    validation.Field("comment", validation.text(0)),
    validation.Field("issuedOn", validation.date),
    validation.Field("expires", validation.date),
)


@at_each_level("/badges/{badge}/instances", "POST")
def create_instance(where: Scope, data: dict[str, Any], badge: str) -> Response:
    row = publishing.find(where, badge)
    validation.check(data, INSTANCE)
    moments: dict[str, Any] = {
        name: validation.as_moment(data[member])
        for member, name in (("issuedOn", "issued_on"), ("expires", "expires"))
        if data.get(member) is not None
    }
    slug, comment = (validation.as_text(data.get(name)) for name in ("slug", "comment"))
    award, new = awards.give(row, data["email"], slug=slug, comment=comment, **moments)
    if not new:
        raise Conflict(
            f"User {data['email']} has already been awarded badge {row.slug}",
            details={"assertionUrl": representations.assertion_url(award)},
        )
    return json_answer(
        {"status": "created", "instance": representations.instance(award, None)},
        201,
        {"Location": f"/public/assertions/{quote(award.slug, safe='')}"},
    )


@at_each_level("/badges/{badge}/instances/{email}")
def get_instance(where: Scope, badge: str, email: str) -> Response:
    row = publishing.find(where, badge)
    award = awards.active(row, email)
    about = _badge_json(row)
    return json_answer({"instance": representations.instance(award, about, {"claimCode": None})})


@at_each_level("/badges/{badge}/instances/{email}", "DELETE")
def delete_instance(where: Scope, badge: str, email: str) -> Response:
    row = publishing.find(where, badge)
    award = awards.active(row, email)
    awards.revoke(award)
    about = _badge_json(row)
    return json_answer({"instance": representations.instance(award, about, {"claimCode": None})})


def _application_json(application: Application) -> dict[str, Any]:
    return representations.application(
        application,
        _badge_json(application.badge),
        applications.evidence([application.id])[application.id],
    )


@at_each_level("/badges/{badge}/applications")
def list_applications(where: Scope, badge: str) -> Response:
    row = publishing.find(where, badge)
    about, rows = _badge_json(row), applications.of(row)
    evidence = applications.evidence(one.id for one in rows)
    represented = [representations.application(one, about, evidence[one.id]) for one in rows]
    return json_answer({"applications": represented})


@at_each_level("/badges/{badge}/applications", "POST")
def create_application(where: Scope, data: dict[str, Any], badge: str) -> Response:
    row = applications.create(publishing.find(where, badge), data)
    return json_answer({"status": "created", "application": _application_json(row)}, 201)


@at_each_level("/badges/{badge}/applications/{application}")
def get_application(where: Scope, badge: str, application: str) -> Response:
    row = applications.find(publishing.find(where, badge), application)
    return json_answer({"application": _application_json(row)})


@at_each_level("/badges/{badge}/applications/{application}", "PUT")
def update_application(
    where: Scope, data: dict[str, Any], badge: str, application: str
) -> Response:
    row = applications.find(publishing.find(where, badge), application)
    applications.update(row, data)
    return json_answer({"status": "updated", "application": _application_json(row)})


REVIEWS = "/badges/{badge}/applications/{application}/reviews"


def _review_json(review: Any) -> dict[str, Any]:
    return representations.review(review, reviews.items([review.id])[review.id])


@at_each_level(REVIEWS)
def list_reviews(where: Scope, badge: str, application: str) -> Response:
    rows = reviews.of(applications.find(publishing.find(where, badge), application))
    items = reviews.items(row.id for row in rows)
    return json_answer({"reviews": [representations.review(row, items[row.id]) for row in rows]})


@at_each_level(REVIEWS, "POST")
def create_review(where: Scope, data: dict[str, Any], badge: str, application: str) -> Response:
    of = applications.find(publishing.find(where, badge), application)
    row = reviews.create(of, data)
    return json_answer({"status": "created", "review": _review_json(row)}, 201)


@at_each_level(REVIEWS + "/{review}")
def get_review(where: Scope, badge: str, application: str, review: str) -> Response:
    of = applications.find(publishing.find(where, badge), application)
    return json_answer({"review": _review_json(reviews.find(of, review))})


@at_each_level(REVIEWS + "/{review}", "PUT")
def update_review(
    where: Scope, data: dict[str, Any], badge: str, application: str, review: str
) -> Response:
    of = applications.find(publishing.find(where, badge), application)
    row = reviews.find(of, review)
    reviews.update(of, row, data)
    return json_answer({"status": "updated", "review": _review_json(row)})
