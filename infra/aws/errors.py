"""What may go wrong while deploying, in words for whoever does it."""

from __future__ import annotations


class DeployError(Exception):
    """It could not be deployed or destroyed; the text says why, and what to do."""


class NoAccountError(DeployError):
    """AWS does not know who asks, or where; the text says what to do."""
