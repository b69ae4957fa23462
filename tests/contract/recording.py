"""Where the recorded conversation with the original badgekit-api is, and what is in it.

It is not part of this project. `BADGEKIT_SHARED` names the folder that holds it; by default it is
looked for beside the checkout. Without it the tests that need it are skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("BADGEKIT_SHARED") or Path(__file__).parents[2].parent / "shared")
RECORDING = FOLDER / "badgekit-api"

needed = pytest.mark.skipif(
    not (RECORDING / "webhooks.jsonl").exists(),
    reason="the recording of badgekit-api is not here (BADGEKIT_SHARED names its folder)",
)


@dataclass(frozen=True)
class Webhook:
    """One webhook, byte for byte as the original sent it."""

    step: str
    body: bytes
    headers: dict[str, str]
    secret: str

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@cache
def webhooks() -> tuple[Webhook, ...]:
    """Return all recorded webhooks in the order of their sending."""
    lines = (RECORDING / "webhooks.jsonl").read_text("utf-8").splitlines()
    return tuple(
        Webhook(line["step"], line["body_raw"].encode(), line["headers"], line["secret"])
        for line in map(json.loads, lines)
    )


def badges() -> dict[str, dict[str, Any]]:
    """Return the badges that the recording shows with all their owners, by slug."""
    found: dict[str, dict[str, Any]] = {}
    for content in _badges_within(_answers()):
        if "system" in content and (content["slug"] not in found or content.get("criteria")):
            found[content["slug"]] = content
    return found


def true_badges() -> dict[str, str]:
    """Return the slug of the badge that each recorded award is really of, by the award's uid."""
    found: dict[str, str] = {}
    for answer in _answers():
        instances = [answer.get("instance"), *(answer.get("instances") or [])]
        for instance in instances:
            if instance and isinstance(instance.get("badge"), dict):
                found[instance["slug"]] = instance["badge"]["slug"]
    return found


@cache
def _answers() -> tuple[dict[str, Any], ...]:
    lines = (RECORDING / "transcript.jsonl").read_text("utf-8").splitlines()
    answers = [json.loads(line)["answer"].get("json") for line in lines]
    bodies = [webhook.content for webhook in webhooks()]
    return tuple(content for content in [*answers, *bodies] if isinstance(content, dict))


def _badges_within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "earnerDescription" in value and "slug" in value and "id" in value:
            yield value
        for member in value.values():
            yield from _badges_within(member)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _badges_within(item)
