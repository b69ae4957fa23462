"""API views of a system's webhook and consumers, for the master secret only.

Secrets are write-only. In badgekit-api these were rows that operators inserted by hand.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.api.lists import list_answer, page
from chalicelib.domain.events import serializers
from chalicelib.domain.owners import consumers, owners, webhooks
from chalicelib.web.responses import json_response


def get_webhook(system: str) -> Response:
    row = webhooks.of(owners.system(system))
    return json_response({"webhook": serializers.webhook(row)})


def put_webhook(data: dict[str, Any], system: str) -> Response:
    row, new = webhooks.put(owners.system(system), data)
    done = "created" if new else "updated"
    return json_response({"status": done, "webhook": serializers.webhook(row)}, 201 if new else 200)


def delete_webhook(system: str) -> Response:
    row = webhooks.delete(owners.system(system))
    return json_response({"status": "deleted", "webhook": serializers.webhook(row)})


def list_consumers(system: str) -> Response:
    found = consumers.of(owners.system(system), page())
    return list_answer("consumers", found, [serializers.consumer(row) for row in found.rows])


def create_consumer(data: dict[str, Any], system: str) -> Response:
    row = consumers.create(owners.system(system), data)
    return json_response({"status": "created", "consumer": serializers.consumer(row)}, 201)


def delete_consumer(system: str, key: str) -> Response:
    row = consumers.delete(owners.system(system), key)
    return json_response({"status": "deleted", "consumer": serializers.consumer(row)})
