"""JSON Schemas of what the API takes, for the OpenAPI document; `answer_schemas` has the others.

They are generated from the fields that validate them, including their limits.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from chalicelib import limits
from chalicelib.api import patterns
from chalicelib.api.examples import EXAMPLES
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import milestones
from chalicelib.domain.badges import badges, codes, details
from chalicelib.domain.badges.field_kinds import (
    LONGEST_URL,
)
from chalicelib.domain.owners import consumers, owners, webhooks
from chalicelib.domain.reviews import reviews
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.domain.shared.validation import Field

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


def many(schema: Schema, most: int | None = None) -> Schema:
    """Return a schema for a list, perhaps of at most so many items."""
    return {"type": "array", "items": schema} | ({} if most is None else {"maxItems": most})


def answer(optional: Sequence[str] = (), **members: Schema) -> Schema:
    """Return a schema for an object that has these members, and perhaps more."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": members, "required": required}


def _secret(shortest: int) -> Schema:
    longest = validation.LONGEST_SECRET
    return {
        "type": "string", "minLength": shortest, "maxLength": longest, "pattern": patterns.SECRET,
        "writeOnly": True,
    }  # fmt: skip


# How the checks of bodies' fields read; those that are made with bounds are asked for them.
_CHECKS: dict[Any, Schema] = {
    validation.url: {
        "type": "string",
        "pattern": patterns.URL,
        "maxLength": LONGEST_URL,
        "description": "A web address. A host of another script may also be sent as it is typed.",
    },
    validation.email: {
        "type": "string",
        "format": "email",
        "pattern": patterns.EMAIL,
        "maxLength": email_addresses.LONGEST,
        "description": "An email address. A domain of another script is sent in ASCII (`xn--…`).",
    },
    validation.secret: _secret(validation.SHORTEST_SECRET),
    validation.receivers_secret: _secret(1),
    validation.integer: {
        "type": ["integer", "string"],
        "pattern": patterns.INTEGER,
        "minimum": -validation.LARGEST_INTEGER,
        "maximum": validation.LARGEST_INTEGER,
        "description": "A whole number, or its digits.",
    },
    validation.flag: {"enum": [0, 1, True, False, "0", "1", "true", "false"]},
    validation.date: {
        "anyOf": [
            {"type": "string", "format": "date-time", "pattern": patterns.DATE_TIME},
            {"type": "string", "format": "date", "pattern": patterns.DATE},
            {"type": "string", "pattern": patterns.UNIX},
            {"type": "integer", "minimum": 0, "maximum": patterns.LATEST_UNIX},
        ],
        "description": "ISO 8601, or Unix time in seconds or milliseconds.",
    },
}
_EXPIRES: Schema = maybe(
    {
        **_CHECKS[validation.date],
        "description": "ISO 8601, or Unix time in seconds or milliseconds; not before `issuedOn`, "
        "which is now by default.",
    }
)
_COMMENT: Schema = maybe(
    {
        "type": "string",
        "maxLength": validation.LONGEST_TEXT,
        "description": "Public: shown on the award’s page and, as its `narrative`, in documents and "
        "in the badge image. The earner also gets it by email.",
    }
)
_PICTURE: Schema = {
    "anyOf": [
        {"type": "string", "pattern": patterns.PICTURE, "maxLength": LONGEST_URL},
        {"type": "string", "pattern": patterns.PICTURE_DATA},
    ],
    "description": "A web address, or a `data:` URI of a PNG, JPEG or GIF of at most "
    f"{limits.PICTURE_MB} MB; in a multipart body a file.",
}


_RECEIVER: Schema = {
    "type": "string",
    "pattern": patterns.RECEIVER,
    "maxLength": LONGEST_URL,
    "description": "A web address with its scheme, without a user name.",
}
_LABEL: Schema = {"type": "string", "pattern": validation.Line(0, 0).pattern}


def taken(fields: Sequence[Field], **others: Schema) -> Schema:
    """Return a schema for a body that is checked against these fields."""
    checked = {field.name: _field(field) for field in fields if field.name not in others}
    members = checked | others
    required = [field.name for field in fields if field.required]
    schema: Schema = {"type": "object", "properties": members}
    return schema | {"required": required} if required else schema


def _field(field: Field) -> Schema:
    schema = _CHECKS.get(field.check) or _bounded(field)
    return schema if field.required else maybe(schema)


def _bounded(field: Field) -> Schema:
    """Return how a check reads that `validation.text` or `validation.one_of` made."""
    if isinstance(field.check, validation.Line):
        line = field.check
        schema = {"type": "string", "maxLength": line.longest, "pattern": line.pattern}
        return schema | ({"minLength": line.shortest} if line.shortest else {})
    bounds = inspect.getclosurevars(field.check).nonlocals
    if "allowed" in bounds:
        return {"enum": list(bounds["allowed"])}
    schema = {"type": "string"}
    if bounds["shortest"]:
        schema["minLength"] = bounds["shortest"]
    schema["maxLength"] = bounds["longest"]
    return schema


def _partial(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "required"}


def bodies() -> dict[str, Schema]:
    """Return the schemas of what the API takes, by name."""
    named = _bodies()
    return {name: {**schema, "examples": [EXAMPLES[name]]} for name, schema in named.items()}


def _bodies() -> dict[str, Schema]:
    from chalicelib.api import instances

    badge = _badge_taken(badges.NEW_BADGE)
    owner = taken(owners.OWNER, image=_PICTURE)
    review = taken(reviews.REVIEW, reviewItems=many(taken(reviews.ITEM), validation.MOST_OBJECTS))
    application = taken(
        applications.APPLICATION[:3],
        evidence=many(taken(applications.EVIDENCE), validation.MOST_OBJECTS),
    )
    milestone = taken(
        milestones.MILESTONE,
        supportBadges=many(_CHECKS[validation.integer], milestones.MOST_SUPPORT),
    )
    milestone["required"] = [*milestone["required"], "supportBadges"]
    return {
        "NewOwner": owner,
        "ChangedOwner": _partial(owner),
        "NewBadge": {**badge, "required": [*badge["required"], "image"]},
        "ChangedBadge": _partial(
            _badge_taken(
                badges.BADGE, archived=_CHECKS[validation.flag], id=_CHECKS[validation.integer]
            )
        ),
        "NewClaimCode": taken(codes.CODE),
        "NewRandomCode": taken(codes.CODE[1:]),
        "Claim": {"type": "object", "properties": {"email": maybe(_CHECKS[validation.email])}},
        "NewInstance": taken(instances.INSTANCE, comment=_COMMENT, expires=_EXPIRES),
        "NewInstances": {
            **taken(
                instances.BULK,
                emails=many(_CHECKS[validation.email], instances.MOST_AT_ONCE),
                comment=_COMMENT,
                expires=_EXPIRES,
            ),
            "required": ["emails"],
        },
        "Revocation": taken(instances.REVOCATION),
        "NewApplication": application,
        "ChangedApplication": _partial(
            taken(applications.APPLICATION, evidence=many(taken(applications.EVIDENCE), validation.MOST_OBJECTS))
        ),
        "NewReview": review,
        "ChangedReview": _partial(review),
        "NewMilestone": milestone,
        "ChangedMilestone": _partial(milestone),
        "BadgeOfMilestone": answer(badgeId=_CHECKS[validation.integer]),
        "NewWebhook": taken(webhooks.WEBHOOK, url=_RECEIVER),
        "NewConsumer": taken(consumers.CONSUMER),
    }  # fmt: skip


def _badge_taken(
    checked: Sequence[Field], archived: Schema | None = None, **kept: Schema
) -> Schema:
    """Return the schema of a badge's body; what belongs to it may be `kept` by its id."""
    labels = many(
        {"anyOf": [_LABEL, answer(tuple(kept), value=_LABEL, **kept)]}, details.MOST_LABELS
    )
    return taken(
        checked,
        image=_PICTURE,
        criteria=many(taken(details.CRITERION, **kept), validation.MOST_OBJECTS),
        alignments=many(taken(details.ALIGNMENT, **kept), validation.MOST_OBJECTS),
        categories=labels,
        tags=labels,
        **({"archived": archived} if archived else {}),
    )
