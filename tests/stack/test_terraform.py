"""The Terraform module deploys our template, with the same parameters."""

from __future__ import annotations

import re

from infra.aws import terraform
from infra.aws.deploy import MADE_BY_US
from tests.stack.conftest import Stack

FOLDER = terraform.FILE.parent
MAIN = (FOLDER / "main.tf").read_text("utf-8")
OUTPUTS = (FOLDER / "outputs.tf").read_text("utf-8")
VARIABLES = terraform.FILE.read_text("utf-8")
README = (FOLDER / "README.md").read_text("utf-8")


def blocks(kind: str, text: str) -> set[str]:
    return set(re.findall(rf'^{kind} "(\w+)"', text, re.MULTILINE))


def test_its_variables_are_the_parameters() -> None:
    assert terraform.text() == VARIABLES, "python -m infra.aws.terraform"


def test_every_parameter_is_passed_on(stack: Stack) -> None:
    chosen = dict(re.findall(r"^    (\w+) += var\.(\w+)$", VARIABLES, re.MULTILINE))
    assert chosen == {
        name: terraform.variable(name) for name in stack.whole["Parameters"].keys() - {*MADE_BY_US}
    }
    for name in MADE_BY_US:
        assert f"{name} = aws_s3_" in MAIN


def test_required_parameters_are_required_variables(stack: Stack) -> None:
    required = {
        name
        for name in blocks("variable", VARIABLES)
        if "default" not in VARIABLES.partition(f'variable "{name}"')[2].partition("}")[0]
    }
    assert required == {
        terraform.variable(name)
        for name, one in stack.whole["Parameters"].items()
        if "Default" not in one and name not in MADE_BY_US
    }


def test_no_variable_is_missing() -> None:
    defined = blocks("variable", VARIABLES) | blocks("variable", MAIN)
    assert set(re.findall(r"var\.(\w+)", MAIN + OUTPUTS)) <= defined
    example = README.partition('module "badgekit" {')[2].partition("}")[0]
    assert set(re.findall(r"^  (\w+) ", example, re.MULTILINE)) - {"source"} <= defined


def test_its_outputs_are_those_of_the_stack(stack: Stack) -> None:
    assert set(re.findall(r'outputs\["(\w+)"\]', OUTPUTS)) <= stack.whole["Outputs"].keys()


def test_names_have_terraform_s_spelling() -> None:
    assert terraform.variable("Stage") == "stage"
    assert terraform.variable("DatabaseCertificates") == "database_certificates"
