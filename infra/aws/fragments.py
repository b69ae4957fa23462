"""Reads the hand-written parts of the template: `infra/aws/stack/*.yml`, with CloudFormation tags."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

STACK = Path(__file__).parent / "stack"
SECTIONS = ("Parameters", "Rules", "Conditions", "Resources", "Outputs")


class _Loader(yaml.SafeLoader):
    """Loads `!Ref x` as `{"Ref": x}`, and `!Sub x` as `{"Fn::Sub": x}`."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _tagged)
# The version dates of policies stay strings.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, what) for tag, what in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read() -> dict[str, dict[str, Any]]:
    """Return all parts merged into one template.

    Raises
    ------
    ValueError
        If two parts define the same name, or a part has an unknown section.
    """
    whole: dict[str, dict[str, Any]] = {}
    for path in sorted(STACK.glob("*.yml")):
        part = yaml.load(path.read_text("utf-8"), _Loader)
        add(whole, part, path.name)
    return whole


def add(whole: dict[str, dict[str, Any]], part: Mapping[str, Any], name: str) -> None:
    """Merge a part into the whole template; duplicate names are an error."""
    for section, content in part.items():
        if section not in SECTIONS:
            raise ValueError(f"{name}: {section} is not a section of a template")
        into = whole.setdefault(section, {})
        if twice := sorted(into.keys() & content.keys()):
            raise ValueError(f"{name}: {section} has {twice[0]} already")
        into.update(content)
