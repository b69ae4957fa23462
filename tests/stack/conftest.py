"""The stack's template, generated once for all tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.aws import sam, template

Resource = dict[str, Any]


class Stack:
    """A template with methods to inspect it.

    Parameters
    ----------
    text : str
        The template's text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole: dict[str, Any] = json.loads(text)
        self.resources: dict[str, Resource] = self.whole["Resources"]

    def of(self, *kinds: str) -> dict[str, Resource]:
        """Return the resources whose types start with some prefixes."""
        return {name: one for name, one in self.resources.items() if one["Type"].startswith(kinds)}

    def properties(self, name: str) -> dict[str, Any]:
        """Return the properties of a resource."""
        found: dict[str, Any] = self.resources[name]["Properties"]
        return found

    def statements(self, name: str) -> Iterator[dict[str, Any]]:
        """Return the statements of a resource's policies."""
        yield from _statements(self.resources[name])


def _statements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "Effect" in part and "Action" in part:
            yield part
        else:
            for one in part.values():
                yield from _statements(one)
    elif isinstance(part, list):
        for one in part:
            yield from _statements(one)


def texts(part: Any) -> list[str]:
    """Return one string, or a list of them, as a list, with references as names."""
    return [
        one if isinstance(one, str) else _written(one)
        for one in (part if isinstance(part, list) else [part])
    ]


def _written(part: dict[str, Any]) -> str:
    (function, value), *_ = part.items()
    if function == "Fn::GetAtt":
        return "${" + ".".join(value) + "}"
    if function == "Ref":
        return "${" + str(value) + "}"
    return re.sub(r"\s", "", value if isinstance(value, str) else value[0])


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack(template.text())


@pytest.fixture(scope="session")
def by_chalice() -> dict[str, Resource]:
    """The template that Chalice itself generates for `app.py`."""
    found: dict[str, Resource] = sam.chalice_template()["Resources"]
    return found
