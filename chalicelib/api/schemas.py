"""The shapes of what the API takes and answers, as JSON Schema for the OpenAPI document.

What it takes is read off the very fields that bodies are checked against.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.badges import (
    applications,
    belongings,
    codes,
    consumers,
    milestones,
    owners,
    publishing,
    reviews,
    validation,
    webhooks,
)
from chalicelib.badges.validation import Field

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
FLAG: Schema = {"enum": [0, 1]}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def maybe(schema: Schema) -> Schema:
    """Return a schema for what may also be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Return a reference to one of the schemas below."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Schema) -> Schema:
    """Return a schema for a list."""
    return {"type": "array", "items": schema}


def answer(optional: Sequence[str] = (), **members: Schema) -> Schema:
    """Return a schema for an object that has these members, and perhaps more."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": members, "required": required}


# How each check of a body's field reads.
_CHECKS: dict[Any, Schema] = {
    validation.url: {"type": "string", "description": "A web address."},
    validation.email: {"type": "string", "description": "An e-mail address."},
    validation.integer: {"type": ["integer", "string"], "description": "A whole number."},
    validation.flag: {"enum": [0, 1, True, False, "0", "1", "true", "false"]},
    validation.date: {
        "type": ["string", "integer"],
        "description": "ISO 8601, or Unix time in seconds or milliseconds.",
    },
}
_CLOSED = {
    "timeUnits": ["minutes", "hours", "days", "weeks"],
    "evidenceType": ["URL", "Text", "Photo", "Video", "Sound"],
    "mediaType": ["image", "link"],
    "action": [milestones.ISSUE, milestones.QUEUE_APPLICATION],
}
_PICTURE: Schema = {
    "type": "string",
    "description": "A web address, or a `data:` URI of a PNG, JPEG or GIF of at most 5 MB; "
    "in a multipart body a file.",
}


def taken(fields: Sequence[Field], **others: Schema) -> Schema:
    """Return a schema for a body that is checked against these fields."""
    members = {field.name: _field(field) for field in fields} | others
    required = [field.name for field in fields if field.required]
    schema: Schema = {"type": "object", "properties": members}
    return schema | {"required": required} if required else schema


def _field(field: Field) -> Schema:
    schema = {"enum": _CLOSED[field.name]} if field.name in _CLOSED else TEXT
    schema = _CHECKS.get(field.check, schema)
    return schema if field.required else maybe(schema)


def _partial(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "required"}


def bodies() -> dict[str, Schema]:
    """Return the schemas of what the API takes, by name."""
    from chalicelib.api import instances

    labels = many({"anyOf": [TEXT, answer(value=TEXT)]})
    badge = taken(
        publishing.BADGE,
        image=_PICTURE,
        criteria=many(taken(belongings.CRITERION)),
        alignments=many(taken(belongings.ALIGNMENT)),
        categories=labels,
        tags=labels,
    )
    badge["required"] = [*badge["required"], "image"]
    owner = taken(owners.OWNER, image=_PICTURE)
    review = taken(reviews.REVIEW, reviewItems=many(taken(reviews.ITEM)))
    application = taken(applications.APPLICATION[:3], evidence=many(taken(applications.EVIDENCE)))
    milestone = taken(milestones.MILESTONE, supportBadges=many(_CHECKS[validation.integer]))
    milestone["required"] = [*milestone["required"], "supportBadges"]
    return {
        "NewOwner": owner,
        "ChangedOwner": _partial(owner),
        "NewBadge": badge,
        "ChangedBadge": _partial(badge | {"properties": {
            **badge["properties"], "archived": _CHECKS[validation.flag],
        }}),
        "NewClaimCode": taken(codes.CODE),
        "NewRandomCode": taken(codes.CODE[1:]),
        "Claim": {"type": "object", "properties": {"email": maybe(_CHECKS[validation.email])}},
        "NewInstance": taken(instances.INSTANCE),
        "NewInstances": answer(emails=many(_CHECKS[validation.email])),
        "NewApplication": application,
        "ChangedApplication": _partial(
            taken(applications.APPLICATION, evidence=many(taken(applications.EVIDENCE)))
        ),
        "NewReview": review,
        "ChangedReview": _partial(review),
        "NewMilestone": milestone,
        "ChangedMilestone": _partial(milestone),
        "BadgeOfMilestone": answer(badgeId=_CHECKS[validation.integer]),
        "NewWebhook": taken(webhooks.WEBHOOK),
        "NewConsumer": taken(consumers.CONSUMER),
    }  # fmt: skip


def _owner(**others: Schema) -> Schema:
    return answer(
        (),
        id=NUMBER,
        slug=TEXT,
        url=TEXT,
        name=TEXT,
        email=maybe(TEXT),
        imageUrl=maybe(TEXT),
        **others,
    )


def _badge(optional: Sequence[str] = (), **others: Schema) -> Schema:
    return answer(
        optional,
        id=NUMBER,
        slug=TEXT,
        name=TEXT,
        strapline=maybe(TEXT),
        earnerDescription=TEXT,
        consumerDescription=TEXT,
        issuerUrl=maybe(TEXT),
        rubricUrl=maybe(TEXT),
        criteriaUrl=TEXT,
        timeValue=maybe(NUMBER),
        timeUnits=maybe(TEXT),
        evidenceType=maybe(TEXT),
        limit=maybe(NUMBER),
        unique=FLAG,
        created=MOMENT,
        type=TEXT,
        archived=YES_NO,
        criteria=many(answer(id=NUMBER, description=TEXT, required=FLAG, note=TEXT)),
        alignments=many(answer(id=NUMBER, name=TEXT, url=maybe(TEXT), description=maybe(TEXT))),
        categories=many(TEXT),
        tags=many(answer(id=NUMBER, value=TEXT)),
        **others,
    )


def answers() -> dict[str, Schema]:
    """Return the schemas of what the API answers, by name."""
    program = _owner(description=maybe(TEXT))
    issuer = _owner(description=maybe(TEXT), programs=many(ref("Program")))
    evidence = answer(url=maybe(TEXT), mediaType=maybe(TEXT), reflection=maybe(TEXT))
    return {
        "System": _owner(issuers=many(ref("Issuer"))),
        "Issuer": issuer,
        "Program": program,
        "BareBadge": _badge(),
        "Badge": _badge(
            ("system", "issuer", "program", "claimed"),
            imageUrl=maybe(TEXT),
            milestones=many(ref("Milestone")),
            system=ref("System"),
            issuer=ref("Issuer"),
            program=ref("Program"),
            claimed=FLAG,
        ),
        "ClaimCode": answer(
            id=NUMBER, code=TEXT, claimed=YES_NO, email=maybe(TEXT), multiuse=YES_NO
        ),
        "Instance": answer(
            ("claimCode",),
            slug=TEXT,
            email=TEXT,
            issuedOn=MOMENT,
            expires=maybe(MOMENT),
            assertionUrl=TEXT,
            claimCode=maybe(TEXT),
            badge=maybe(ref("Badge")),
        ),
        "Application": answer(
            id=NUMBER,
            slug=TEXT,
            learner=TEXT,
            created=MOMENT,
            assignedTo=maybe(TEXT),
            assignedExpiration=maybe(MOMENT),
            processed=maybe(MOMENT),
            badge=ref("Badge"),
            evidence=many(evidence),
        ),
        "Review": answer(
            id=NUMBER,
            slug=TEXT,
            author=TEXT,
            comment=maybe(TEXT),
            reviewItems=many(
                answer(criterionId=maybe(NUMBER), satisfied=FLAG, comment=maybe(TEXT))
            ),
        ),
        "Milestone": answer(
            id=NUMBER,
            action=maybe(TEXT),
            numberRequired=NUMBER,
            primaryBadge=ref("BareBadge"),
            supportBadges=many(ref("BareBadge")),
        ),
        "Webhook": answer(url=TEXT),
        "Consumer": answer(apiKey=TEXT, description=maybe(TEXT), created=MOMENT),
        "PageData": answer(page=NUMBER, count=NUMBER, total=NUMBER),
        "Error": answer(
            ("code", "details", "parameter", "reference"),
            code=TEXT,
            message=TEXT,
            details={"description": "What is wrong with which field, or what is in the way."},
            parameter=TEXT,
            reference=TEXT,
        ),
    }
