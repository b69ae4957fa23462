"""Logging: warnings are never lost, and debug level is a setting."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from chalicelib import VERSION, config, logs, signing_secrets


@pytest.mark.parametrize(("debug", "level"), [("false", logging.INFO), ("true", logging.DEBUG)])
def test_the_level_follows_the_setting(settings: dict[str, str], debug: str, level: int) -> None:
    settings["DEBUG"] = debug
    logs.configure()
    assert logging.getLogger("badgekit").level == level


def test_chalice_does_not_keep_warnings_from_the_root_logger(app: Any) -> None:
    assert logging.getLogger("badgekit").propagate
    assert logging.getLogger("badgekit").isEnabledFor(logging.WARNING)


def test_the_parameter_store_is_not_read_for_the_log_alone(settings: dict[str, str]) -> None:
    reads: list[str] = []

    def read(path: str) -> dict[str, str]:
        reads.append(path)
        return {"DEBUG": "true", "API_SECRET": "from-the-store"}

    settings["PARAMETER_PATH"] = "/badgekit/prod"
    del settings["API_SECRET"]
    config.use(config.Settings(environ=settings, parameters=logs.configured_by(read)))
    logs.configure()
    assert reads == []
    assert logging.getLogger("badgekit").level == logging.INFO
    assert config.settings().text("API_SECRET") == "from-the-store"
    assert logging.getLogger("badgekit").level == logging.DEBUG


def test_the_environment_wins_over_the_parameter_store(settings: dict[str, str]) -> None:
    settings["DEBUG"] = "false"
    logs.configure({"DEBUG": "true"})
    assert logging.getLogger("badgekit").level == logging.INFO


def test_the_version_is_logged_at_start(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="badgekit")
    logs.log_version()
    assert [record.getMessage() for record in caplog.records] == [f"BadgeKit {VERSION} starts"]


def test_a_short_secret_in_the_parameter_store_is_told_once(
    settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    settings["PARAMETER_PATH"] = "/badgekit/prod"
    del settings["API_SECRET"]
    stored = {"API_SECRET": "s3cret", "COOKIE_SECRET": "c" * 32}
    config.use(
        config.Settings(environ=settings, parameters=logs.configured_by(lambda path: stored))
    )
    for _ in range(2):
        config.settings().expire_parameters()
        assert config.settings().text("API_SECRET") == "s3cret"
    (line,) = [one.getMessage() for one in caplog.records if "SECRET" in one.getMessage()]
    assert line == f"API_SECRET: {signing_secrets.SHORT}"
    assert "s3cret" not in line
