"""The operators' pages are complete: all alarms, secrets, functions, and costs."""

from __future__ import annotations

import re

import pytest

from chalicelib.config import SETTINGS
from chalicelib.queues import QUEUES
from infra.aws import alarms, costs
from infra.aws.functions import FUNCTIONS
from tests.gates.source import ROOT

pytestmark = pytest.mark.gate

OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")
SECURITY = (ROOT / "docs/security.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")

# "### `…DeadAlarm`" covers all logical IDs with that suffix, "### `ThrottleAlarm`" one.
KINDS = re.findall(r"^### `(…?\w+Alarm)`$", OPERATING, re.MULTILINE)


def section(heading: str) -> str:
    """Return the section below a heading of docs/operating.md."""
    _, found, rest = OPERATING.partition(f"\n### `{heading}`\n")
    assert found, heading
    return re.split(r"^#{2,3} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def kind_of(alarm: str) -> str:
    """Return the heading of the section that explains an alarm."""
    if alarm in KINDS:
        return alarm
    (kind,) = (kind for kind in KINDS if kind[0] == "…" and alarm.endswith(kind[1:]))
    return kind


def named(text: str) -> set[str]:
    """Return the names in the first cells of a text's tables."""
    cells = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("alarm", alarms.alarms())
def test_each_alarm_is_explained_with_what_to_do(alarm: str) -> None:
    text = section(kind_of(alarm))
    assert len(text.split()) > 20


def test_no_other_alarms_are_explained() -> None:
    assert {kind_of(alarm) for alarm in alarms.alarms()} == set(KINDS)


def test_each_queue_s_messages_are_described() -> None:
    assert named(section("…DeadAlarm")) == {
        *(queue.suffix for queue in QUEUES),
    }


def test_each_function_s_errors_are_explained() -> None:
    assert named(section("…ErrorAlarm")) == {function.suffix for function in FUNCTIONS}


def test_thresholds_are_those_of_the_alarms() -> None:
    late = {queue.late_minutes for queue in QUEUES}
    assert late == {15, 60}
    assert "more than 15 minutes (webhooks: 60)" in section("…LateAlarm")
    assert f"More than {alarms.BOUNCES * 100:.0f} in 100 emails" in section("BounceAlarm")
    assert f"More than {alarms.COMPLAINTS * 1000:.0f} in 1,000 emails" in section("ComplaintAlarm")


@pytest.mark.parametrize(
    "secret",
    [one.name for one in SETTINGS if one.secret and not one.name.startswith("TEST_")],
)
def test_each_secret_has_a_way_to_change_it(secret: str) -> None:
    assert f"--name /badgekit/prod/{secret} --value" in section(secret)


def test_each_function_s_permissions_are_listed() -> None:
    table = SECURITY.partition("## What each function may do")[2].partition("\n## ")[0]
    assert named(table) == {function.suffix for function in FUNCTIONS}


def test_the_readme_s_costs_are_the_computed_ones() -> None:
    alone, with_aurora = (float(one) for one in re.findall(r"\$([\d.]+)", costs.summary()))
    assert (
        f"costs about ${alone:.0f} a month at list prices, or about ${with_aurora:.0f} with"
        in " ".join(README.split())
    )


def test_the_install_page_s_cost_of_aurora_is_the_computed_one() -> None:
    alone, with_aurora = (float(one) for one in re.findall(r"\$([\d.]+)", costs.summary()))
    install = " ".join((ROOT / "docs/install.md").read_text("utf-8").split())
    assert f"about ${with_aurora - alone:.0f} more a month" in install


def test_the_readme_links_to_every_page() -> None:
    pages = [ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
    paths = [path.relative_to(ROOT).as_posix() for path in pages]
    assert [path for path in paths if f"]({path})" not in README] == []
