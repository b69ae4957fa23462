"""docs/deploying.md matches the template and the prices."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.queues import QUEUES
from infra.aws import alarms, costs, fragments
from infra.aws.functions import COURIER, FUNCTIONS
from tests.gates.source import ROOT

PAGE = (ROOT / "docs/deploying.md").read_text("utf-8")
PARAMETERS: dict[str, Any] = fragments.read()["Parameters"]


def rows() -> dict[str, list[str]]:
    """Return the rows of the table of parameters: name -> cells."""
    table = PAGE.partition("| Parameter |")[2].partition("\n\n")[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells for cells in found}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_explained(name: str) -> None:
    parameter = PARAMETERS[name]
    _, default, meaning = rows()[name]
    if "Default" not in parameter:
        assert default == "**required**"
    else:
        assert default == (f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty")
    assert meaning.startswith(parameter["Description"])
    for value in parameter.get("AllowedValues", []):
        assert f"`{value}`" in meaning


def test_no_other_parameters_are_explained() -> None:
    assert rows().keys() == PARAMETERS.keys()


def test_the_costs_are_the_computed_ones() -> None:
    assert costs.tables() in PAGE


def test_all_resources_are_in_the_costs() -> None:
    (sweep,) = (one for one in FUNCTIONS if one.wakes_the_database)
    lines = {line.what: line for line in costs.existing(sweep)}
    more = {line.what: line for line in costs.aurora(1)}
    assert more["alarms"].amount == 1  # the courier's
    assert lines["alarms"].amount + 1 == len(alarms.alarms())
    assert lines["polling the queues"].amount == len(QUEUES) * 5 * 3 * costs.MINUTES


def test_a_database_that_wakes_less_often_costs_less() -> None:
    def price(hours: float | None) -> float:
        return sum(line.dollars for line in costs.aurora(hours))

    assert price(None) > price(1) > price(6)
    assert price(0.01) == price(None)  # it cannot be awake more than all the time
    # Always paused: its storage, and an alarm.
    least = costs.PRICES["aurora GB"].dollars + costs.PRICES["alarm"].dollars
    assert price(1e9) == pytest.approx(least, abs=0.01)


def test_the_functions_are_counted() -> None:
    assert len(FUNCTIONS) == 10
    assert "Ten functions" in PAGE


def test_the_courier_s_costs_are_right() -> None:
    """A thousand requests of half a second each, at list prices."""
    seconds = 1000 * 0.5 * COURIER.memory / 1024
    dollars = (
        seconds * costs.PRICES["lambda second"].dollars
        + 1000 * costs.PRICES["lambda request"].dollars
    )
    assert dollars < 0.004
    assert "about 0.4 cents for a thousand" in PAGE
