"""Consumers: API keys, each with a secret, that may call the API for one system."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from peewee import IntegrityError

from chalicelib.data.compiled_queries import CompiledQuery, parameter
from chalicelib.data.connection import transactional
from chalicelib.data.models import Consumer, System
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import Conflict, ValidationError

MASTER = "master"  # the key that goes with the master secret
CONSUMER = (
    Field("apiKey", validation.slug(1, 255), required=True),
    Field("apiSecret", validation.secret, required=True, secret=True),
    Field("description", validation.Line(0, 1000)),
)
_BY_KEY = CompiledQuery(
    lambda: (
        Consumer.select(Consumer.api_key, Consumer.api_secret, System.slug)
        .join(System)
        .where(Consumer.api_key == parameter("key"))
    )
)


@transactional
def create(system: System, data: Mapping[str, Any], made_by: str | None = None) -> Consumer:
    """Create an API key for a system.

    Parameters
    ----------
    system : System
        The only system that the key is valid for.
    data : Mapping[str, Any]
        ``apiKey``, ``apiSecret``, and perhaps a ``description``.
    made_by : str, optional
        The address of the person who makes it; none for the API.

    Raises
    ------
    ValidationError
    Conflict
        If the key is taken, in any system.
    """
    validation.check(data, CONSUMER)
    key = str(data["apiKey"])
    if key == MASTER:
        message = "This key is reserved; choose another one"
        raise ValidationError([{"message": message, "field": "apiKey", "value": key}])
    try:
        return Consumer.create(
            system=system,
            api_key=key,
            api_secret=str(data["apiSecret"]),
            description=validation.as_text(data.get("description")),
            made_by=made_by,
        )
    except IntegrityError as problem:
        raise Conflict(
            "consumer with that `apiKey` already exists", details={"apiKey": key}
        ) from problem


@transactional
def of(system: System, page: Page | None = None) -> Listed[Consumer]:
    """Return the consumers of a system in order of creation, or a page of them."""
    return listed(Consumer.select().where(Consumer.system == system).order_by(Consumer.id), page)


def made_by(system: System, email: str) -> list[Consumer]:
    """Return the consumers of a system that a person made, in order of creation."""
    key = email_addresses.key(email)
    return [
        one for one in of(system).rows if one.made_by and email_addresses.key(one.made_by) == key
    ]


@transactional
def find(system: System, key: str) -> Consumer:
    """Return the consumer of a system with a key.

    Raises
    ------
    NotFound
        If the system has no such consumer.
    """
    found: Consumer | None = Consumer.get_or_none(
        Consumer.system == system, Consumer.api_key == key
    )
    if found is None:
        raise missing("consumer", "apiKey", key)
    return found


@transactional
def delete(system: System, key: str) -> Consumer:
    """Delete a key, and return it.

    Raises
    ------
    NotFound
        If the system has no such consumer.
    """
    found = find(system, key)
    found.delete_instance()
    return found


@transactional
def delete_made_by(system: System, email: str, keys: Collection[str]) -> None:
    """Delete those keys of a system that a person made, of the ones that are named."""
    for one in made_by(system, email):
        if one.api_key in keys:
            one.delete_instance()


def secret(key: str) -> tuple[str, str] | None:
    """Return the secret of a key and the slug of its system, or None if there is no such key."""
    for row in _BY_KEY(key=key):
        if row.api_key == key:  # MySQL ignores trailing spaces
            return row.api_secret, row.slug
    return None
