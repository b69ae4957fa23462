"""Logging: to Lambda's own handler, or to standard error elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from chalicelib import VERSION, config

ReadParameters = Callable[[str], Mapping[str, str]]

log = logging.getLogger("badgekit")


def configure(stored: Mapping[str, str] | None = None) -> None:
    """Log warnings and what is worth knowing, or everything with the setting ``DEBUG``.

    Lambda's runtime brings a handler of the root logger; elsewhere there may be none yet.

    Parameters
    ----------
    stored : Mapping[str, str], optional
        What the Parameter Store says, if it was asked already; it is not asked for this alone,
        which would cost a cold start more than all imports.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    debug = config.settings().flag_nearby("DEBUG", stored or {})
    log.setLevel(logging.DEBUG if debug else logging.INFO)


def log_version() -> None:
    """Log which version starts, once for each cold start: the log stream begins with it."""
    log.info("BadgeKit %s starts", VERSION)


def configured_by(read: ReadParameters) -> ReadParameters:
    """Return what reads the Parameter Store, and has the log follow what it says."""

    def reading(path: str) -> Mapping[str, str]:
        stored = read(path)
        configure(stored)
        return stored

    return reading
