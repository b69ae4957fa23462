"""Writes the variables of the Terraform module: `python -m infra.aws.terraform`.

The module deploys the same template, so its variables are the template's parameters, which a test
checks. Defaults stay in the template: variables that are not set are not passed on.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from infra.aws import fragments
from infra.aws.deploy import MADE_BY_US

FILE = Path(__file__).parents[1] / "terraform" / "variables.tf"
HEAD = "# The template's parameters, written by `python -m infra.aws.terraform`; do not change it by hand.\n"


def variable(parameter: str) -> str:
    """Return the variable's name for a parameter: ``mail_from`` for ``MailFrom``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _block(name: str, parameter: dict[str, Any]) -> str:
    is_number = parameter["Type"] == "Number"
    lines = [
        f'variable "{variable(name)}" {{',
        f"  type        = {'number' if is_number else 'string'}",
        f"  description = {_quoted(parameter['Description'])}",
        "}",
    ]
    if name == "Stage":  # the module itself needs its value
        lines.insert(-1, f"  default     = {_quoted(parameter['Default'])}")
    elif "Default" in parameter:
        lines.insert(-1, "  default     = null")
    return "\n".join(lines) + "\n"


def text() -> str:
    """Return the content of the file, formatted as by `terraform fmt`."""
    known: dict[str, dict[str, Any]] = fragments.read()["Parameters"]
    chosen = {name: one for name, one in known.items() if name not in MADE_BY_US}
    widest = max(map(len, chosen))
    values = "".join(f"    {name:{widest}} = var.{variable(name)}\n" for name in chosen)
    return "\n".join(
        [
            HEAD,
            *(_block(name, one) for name, one in chosen.items()),
            f"locals {{\n  chosen = {{\n{values}  }}\n}}\n",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
