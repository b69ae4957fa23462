"""JSON Schemas of what the API and the public pages answer; `schemas` describes what they take."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.api.schemas import (
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    YES_NO,
    Schema,
    answer,
    many,
    maybe,
    ref,
)  # fmt: skip
from chalicelib.domain.badges import fields
from chalicelib.domain.badges.field_kinds import Flag, Kind, Limit, Moment, Number, Switch
from chalicelib.domain.badges.fields import BadgeField


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


# How the kinds of a badge's fields are answered; all others are texts.
_ANSWERED: dict[type[Kind], Schema] = {
    Number: NUMBER, Limit: NUMBER, Flag: FLAG, Switch: YES_NO, Moment: MOMENT,
}  # fmt: skip


def _of_badge(field: BadgeField) -> Schema:
    schema = _ANSWERED.get(type(field.kind), TEXT)
    return maybe(schema) if field.empty is None else schema


def _badge(optional: Sequence[str] = (), **others: Schema) -> Schema:
    return answer(
        optional,
        id=NUMBER,
        **{field.name: _of_badge(field) for field in fields.stored()},
        milestones=many(ref("Milestone")),
        criteria=many(answer(id=NUMBER, description=TEXT, required=FLAG, note=TEXT)),
        alignments=many(answer(id=NUMBER, name=TEXT, url=maybe(TEXT), description=maybe(TEXT))),
        categories=many(TEXT),
        tags=many(answer(id=NUMBER, value=TEXT)),
        **others,
    )


def published() -> dict[str, Schema]:
    """Return the schemas of what is open to everyone, by name.

    Open Badges come in the version that a client wants: 1.0, as *badgekit-api* served it, or 2.0,
    which has the members ``@context``, ``id``, and ``type``.
    """
    linked: dict[str, Schema] = {"@context": TEXT, "id": TEXT, "type": TEXT}
    words = {"type": ["string", "integer"], "description": "ISO 8601; Unix time in version 1.0."}
    thing: Schema = {"type": "object"}
    picture = {"anyOf": [TEXT, answer((), id=TEXT, caption=TEXT)]}
    return {
        "About": answer(
            app=TEXT,
            version={**TEXT, "description": "The version of badgekit-api's contract."},
            release={**TEXT, "description": "The version of what runs here."},
        ),
        "BadgeList": answer(
            ("pageData",), badgelist=many(answer(location=TEXT)), pageData=ref("PageData")
        ),
        "BadgeClass": answer(
            (*linked, "tags", "alignment"),
            name=TEXT,
            description=TEXT,
            image=picture,
            criteria={"anyOf": [TEXT, thing]},
            issuer=TEXT,
            alignment=many(thing),
            tags=many(TEXT),
            **linked,
        ),
        "IssuerOrganization": answer(
            (*linked, "description", "email", "image"),
            name=TEXT,
            url=TEXT,
            description=TEXT,
            email=TEXT,
            image=TEXT,
            **linked,
        ),
        "Assertion": answer(
            (*linked, "uid", "verify", "verification", "image", "expires", "narrative"),
            uid=TEXT,
            recipient=answer(type=TEXT, hashed=YES_NO, salt=TEXT, identity=TEXT),
            badge=TEXT,
            verify=thing,
            verification=thing,
            issuedOn=words,
            expires=words,
            image=picture,
            narrative=TEXT,
            **linked,
        ),
        "RevokedAssertion": answer((), revoked={"const": True}, revocationReason=TEXT, **linked),
        "OpenAPI": thing,
    }


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
            system=ref("System"),
            issuer=ref("Issuer"),
            program=ref("Program"),
            claimed=FLAG,
        ),
        "ClaimCode": answer(
            id=NUMBER, code=TEXT, claimed=YES_NO, email=maybe(TEXT), multiuse=YES_NO
        ),
        "Instance": answer(
            ("claimCode", "mailsEarner"),
            slug=TEXT,
            email=TEXT,
            issuedOn=MOMENT,
            expires=maybe(MOMENT),
            assertionUrl=TEXT,
            claimCode=maybe(TEXT),
            mailsEarner=YES_NO,
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
