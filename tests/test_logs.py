"""Logging: warnings are never lost, debugging is a setting."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from chalicelib import logs


@pytest.mark.parametrize(("debug", "level"), [("false", logging.INFO), ("true", logging.DEBUG)])
def test_the_level_follows_the_setting(settings: dict[str, str], debug: str, level: int) -> None:
    settings["DEBUG"] = debug
    logs.configure()
    assert logging.getLogger("badgekit").level == level


def test_chalice_does_not_keep_warnings_from_the_root_logger(app: Any) -> None:
    assert logging.getLogger("badgekit").propagate
    assert logging.getLogger("badgekit").isEnabledFor(logging.WARNING)
