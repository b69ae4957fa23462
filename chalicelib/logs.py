"""Where log lines go: to Lambda's own handler, or to standard error anywhere else."""

from __future__ import annotations

import logging

from chalicelib import config


def configure() -> None:
    """Log warnings and what is worth knowing, or everything with the setting ``DEBUG``.

    Lambda's runtime brings a handler of the root logger; elsewhere there may be none yet.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    debug = config.settings().flag("DEBUG")
    logging.getLogger("badgekit").setLevel(logging.DEBUG if debug else logging.INFO)
