"""What each route of the API does, takes and answers, for the OpenAPI document and its page."""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.domain.shared.pagination import PageSize


class Query(NamedTuple):
    """A query parameter.

    Parameters
    ----------
    name : str
        Its name.
    text : str
        What it does.
    schema : dict[str, Any]
        The schema of its value.
    """

    name: str
    text: str
    schema: dict[str, Any] = {"type": "string"}


_CHOICE = {"enum": ["true", "false", "any"]}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": PageSize.API_LARGEST}
ARCHIVED = Query("archived", "`true`, `false` (as without it) or `any`.", _CHOICE)
PROCESSED = Query("processed", "`true`, `false` or `any` (as without it).", _CHOICE)
EMAIL = Query("email", "Only those of this learner.")
PAGES = (
    Query("page", "Which page, from 1; with `count` only.", _NUMBER),
    Query("count", "How many rows a page has; with `page` only.", _NUMBER),
)


class Operation(NamedTuple):
    """The description of a view.

    Parameters
    ----------
    group : str
        The heading it is shown under.
    summary : str
        What it does, in a few words.
    answer : dict[str, str]
        The members of its response and their schemas; lists end with ``[]``.
    body : str, optional
        The schema of its body.
    status : int
        The status of its response.
    queries : tuple[Query, ...]
        Its parameters.
    errors : tuple[int, ...]
        Statuses besides 400 (for bodies and parameters), 403 and 404.
    """

    group: str
    summary: str
    answer: dict[str, str]
    body: str | None = None
    status: int = 200
    queries: tuple[Query, ...] = ()
    errors: tuple[int, ...] = ()


def _list(
    group: str, summary: str, name: str, schema: str, *queries: Query, **more: str
) -> Operation:
    return Operation(group, summary, {name: f"{schema}[]", **more}, queries=(*queries, *PAGES))


def _get(group: str, summary: str, **answer: str) -> Operation:
    return Operation(group, summary, answer)


def _post(group: str, summary: str, body: str, **answer: str) -> Operation:
    return Operation(group, summary, {"status": "", **answer}, body, 201)


def _put(group: str, summary: str, body: str, **answer: str) -> Operation:
    return Operation(group, summary, {"status": "", **answer}, body)


def _or_conflict(operation: Operation) -> Operation:
    return operation._replace(errors=(409,))


def _delete(group: str, summary: str, **answer: str) -> Operation:
    return Operation(group, summary, {"status": "", **answer})


_S, _I, _P, _B, _C = "Systems", "Issuers", "Programs", "Badges", "Claim codes"
_N, _A, _R, _M, _W = "Badge instances", "Applications", "Reviews", "Milestones", "Integration"

OPERATIONS: dict[str, Operation] = {
    "systems:list_systems": _list(_S, "List all systems with their issuers", "systems", "System"),
    "systems:create_system": _or_conflict(_post(_S, "Create a system", "NewOwner", system="System")),
    "systems:get_system": _get(_S, "Get a system with its issuers", system="System"),
    "systems:update_system": _or_conflict(_put(_S, "Change a system; members that are not sent stay", "ChangedOwner", system="System")),
    "systems:delete_system": _delete(_S, "Delete a system; its badges stay", system="System"),
    "systems:list_issuers": _list(_I, "List the issuers of a system with their programs", "issuers", "Issuer"),
    "systems:create_issuer": _or_conflict(_post(_I, "Create an issuer", "NewOwner", issuer="Issuer")),
    "systems:get_issuer": _get(_I, "Get an issuer with its programs", issuer="Issuer"),
    "systems:update_issuer": _or_conflict(_put(_I, "Change an issuer; members that are not sent stay", "ChangedOwner", issuer="Issuer")),
    "systems:delete_issuer": _delete(_I, "Delete an issuer; its badges stay", issuer="Issuer"),
    "systems:list_programs": _list(_P, "List the programs of an issuer", "programs", "Program"),
    "systems:create_program": _or_conflict(_post(_P, "Create a program", "NewOwner", program="Program")),
    "systems:get_program": _get(_P, "Get a program", program="Program"),
    "systems:update_program": _or_conflict(_put(_P, "Change a program; members that are not sent stay", "ChangedOwner", program="Program")),
    "systems:delete_program": _delete(_P, "Delete a program; its badges stay", program="Program"),
    "badges:list_badges": _list(_B, "List the badges of a place, and those within", "badges", "Badge", ARCHIVED),
    "badges:create_badge": _or_conflict(_post(_B, "Publish a badge", "NewBadge", badge="Badge")),
    "badges:get_badge": _get(_B, "Get a badge", badge="Badge"),
    "badges:update_badge": _or_conflict(_put(_B, "Change a badge; members that are not sent stay. Criteria, alignments, categories, and tags that are not sent again are deleted, and those sent with their id keep it", "ChangedBadge", badge="Badge")),
    "badges:delete_badge": _delete(_B, "Delete a badge from lists and look-ups; its awards stay valid", badge="BareBadge"),
    "badges:list_codes": _list(_C, "List the claim codes of a badge", "claimCodes", "ClaimCode", badge="Badge"),
    "badges:create_code": _or_conflict(_post(_C, "Create a claim code", "NewClaimCode", claimCode="ClaimCode", badge="Badge")),
    "badges:create_random_code": _or_conflict(_post(_C, "Create a random claim code", "NewRandomCode", claimCode="ClaimCode", badge="Badge")),
    "badges:get_code": _get(_C, "Get a claim code of a badge", claimCode="ClaimCode", badge="Badge"),
    "badges:delete_code": _delete(_C, "Delete a claim code", claimCode="ClaimCode", badge="Badge"),
    "badges:claim_code": _put(_C, "Record that a claim code was used, and by whom; awards nothing", "Claim", claimCode="ClaimCode", badge="Badge"),
    "badges:get_badge_of_code": _get(_C, "Get the badge that a claim code is for", badge="Badge"),
    "instances:list_instances": _list(_N, "List the awards of a badge", "instances", "Instance"),
    "instances:create_instance": _or_conflict(_post(_N, "Award a badge; if an approved review has awarded it automatically, the first request gets that award, updated with what was sent", "NewInstance", instance="Instance")),
    "instances:create_instances": _or_conflict(_post(_N, "Award a badge to up to 5,000 addresses at once; those that have it are left out, except for automatic awards (as for a single one)", "NewInstances", instances="Instance[]")),
    "instances:list_instances_of": _list(_N, "List the awards to an address", "instances", "Instance"),
    "instances:get_instance": _get(_N, "Get the award of a badge to an address", instance="Instance"),
    "instances:delete_instance": _get(_N, "Revoke the award of a badge to an address", instance="Instance")._replace(body="Revocation"),
    "applications:list_applications_inside": _list(_A, "List the applications in a place", "applications", "Application", PROCESSED, EMAIL),
    "applications:list_applications": _list(_A, "List the applications for a badge", "applications", "Application", PROCESSED, EMAIL),
    "applications:create_application": _post(_A, "Apply for a badge", "NewApplication", application="Application"),
    "applications:get_application": _get(_A, "Get an application", application="Application"),
    "applications:update_application": _put(_A, "Change an application; members that are not sent stay, and evidence replaces the existing one", "ChangedApplication", application="Application"),
    "applications:delete_application": _delete(_A, "Delete an application", application="Application"),
    "applications:list_reviews": _list(_R, "List the reviews of an application", "reviews", "Review"),
    "applications:create_review": _post(_R, "Review an application", "NewReview", review="Review"),
    "applications:get_review": _get(_R, "Get a review", review="Review"),
    "applications:update_review": _put(_R, "Change a review; members that are not sent stay, and items replace the existing ones", "ChangedReview", review="Review"),
    "applications:delete_review": _delete(_R, "Delete a review", badge="Review"),
    "milestones:list_milestones": _list(_M, "List the milestones of a system", "milestones", "Milestone"),
    "milestones:create_milestone": _post(_M, "Create a milestone", "NewMilestone", milestone="Milestone"),
    "milestones:get_milestone": _get(_M, "Get a milestone", milestone="Milestone"),
    "milestones:update_milestone": _put(_M, "Change a milestone; members that are not sent stay", "ChangedMilestone", milestone="Milestone"),
    "milestones:delete_milestone": _delete(_M, "Delete a milestone; what was awarded stays"),
    "milestones:add_badge": _put(_M, "Add a badge to those that count toward a milestone", "BadgeOfMilestone", milestone="Milestone"),
    "milestones:remove_badge": _put(_M, "Remove a badge from those that count toward a milestone", "BadgeOfMilestone", milestone="Milestone"),
    "integrations:get_webhook": _get(_W, "Get the webhook of a system", webhook="Webhook"),
    "integrations:put_webhook": _put(_W, "Set the webhook of a system and the secret that signs it", "NewWebhook", webhook="Webhook"),
    "integrations:delete_webhook": _delete(_W, "Delete the webhook of a system", webhook="Webhook"),
    "integrations:list_consumers": _list(_W, "List the API keys of a system", "consumers", "Consumer"),
    "integrations:create_consumer": _or_conflict(_post(_W, "Create an API key for a system", "NewConsumer", consumer="Consumer")),
    "integrations:delete_consumer": _delete(_W, "Delete an API key", consumer="Consumer"),
}  # fmt: skip


class Public(NamedTuple):
    """The description of a public route for programs.

    Parameters
    ----------
    name : str
        Its name in generated clients.
    summary : str
        What it does, in a few words.
    schema : str, optional
        The schema of its response; without one, it redirects, or is a page for every client.
    errors : tuple[int, ...]
        Statuses besides 503.
    page : bool
        Whether browsers and link previews get an HTML page.
    queries : tuple[Query, ...]
        Its parameters.
    """

    name: str
    summary: str
    schema: str | None = None
    errors: tuple[int, ...] = ()
    page: bool = False
    queries: tuple[Query, ...] = ()


_BADGE_CLASS = ("BadgeClass", (404,), True)
_ISSUER = ("IssuerOrganization", (404,), True)
PUBLIC: dict[str, Public] = {
    "/": Public("about", "Get the name and version of the API; browsers get a page", "About", (), True),
    "/healthcheck": Public("healthcheck", "Check that the API responds", "About"),
    "/openapi.json": Public("openapi", "Get this document", "OpenAPI", (404,)),
    "/public/badges": Public("badge_list", "List the addresses of all badges", "BadgeList", (400, 413), queries=(ARCHIVED, *PAGES)),
    "/id/badges/{id}": Public("badge_class_by_id", "Get a badge class by its id, which never changes (Open Badges)", *_BADGE_CLASS),
    "/id/badges/{id}/criteria": Public("criteria_by_id", "Get the criteria page of a badge; the same for every client", None, (404,), True),
    "/id/issuers/{id}": Public("issuer_by_id", "Get an issuer by its id, which never changes (Open Badges)", *_ISSUER),
    "/public/badges/{badge}": Public("badge_class", "Get a badge class (Open Badges)", *_BADGE_CLASS),
    "/public/badges/{badge}/issuer": Public("issuer_of_badge", "Get the issuer of a badge (Open Badges)", *_ISSUER),
    "/public/assertions/{slug}": Public("assertion", "Get an assertion (Open Badges); 410 if it was revoked", "Assertion", (404, 410), True),
    "/public/awards/{slug}": Public("award_page", "Get the page of an award, to share; the same for every client", None, (404, 410), True),
    "/public/assertions/{slug}/image": Public("assertion_image", "Redirect to the baked image of an award", None, (404, 410)),
    "/public/images/default": Public("default_image", "Redirect to the default image"),
    "/public/images/{slug}": Public("image", "Redirect to an image", None, (404,)),
}  # fmt: skip
PUBLIC_AT_EACH_LEVEL: dict[str, Public] = {
    "": Public("organization", "Get an issuer (Open Badges)", *_ISSUER),
    "/badges/{badge}": Public("class", "Get a badge class (Open Badges)", *_BADGE_CLASS),
}
