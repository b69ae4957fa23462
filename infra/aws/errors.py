"""Errors while deploying, with messages for the operator."""

from __future__ import annotations


class DeployError(Exception):
    """Deploying or destroying failed; the message says why, and what to do."""


class NoAccountError(DeployError):
    """AWS credentials or the region are missing; the message says what to do."""
