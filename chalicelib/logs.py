"""Logging: to Lambda's log handler, or to standard error elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from chalicelib import VERSION, config

ReadParameters = Callable[[str], Mapping[str, str]]

log = logging.getLogger("badgekit")


def configure(stored: Mapping[str, str] | None = None) -> None:
    """Log at info level, or at debug level with the setting ``DEBUG``.

    Lambda's runtime adds a handler to the root logger; elsewhere there may be none yet.

    Parameters
    ----------
    stored : Mapping[str, str], optional
        Values of the Parameter Store, if they were read already. It is not read for this setting
        alone, which would take longer than all imports of a cold start.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    debug = config.settings().flag_without_store("DEBUG", stored or {})
    log.setLevel(logging.DEBUG if debug else logging.INFO)


def log_version() -> None:
    """Log the version that starts, once per cold start, at the top of the log stream."""
    log.info("BadgeKit %s starts", VERSION)


def configured_by(read: ReadParameters) -> ReadParameters:
    """Return a reader of the Parameter Store that sets the log level by the values it read."""

    def reading(path: str) -> Mapping[str, str]:
        stored = read(path)
        configure(stored)
        return stored

    return reading
