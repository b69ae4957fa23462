"""Brands of systems and of the deployment: see `chalicelib.branding`."""

from __future__ import annotations

from chalicelib import branding, config
from chalicelib.branding import Brand
from chalicelib.data.models import System
from chalicelib.domain.owners import owners
from chalicelib.openbadges.links import Links


def of(system: System) -> Brand:
    """Return the brand of a system, which is loaded with its image."""
    logo = Links(config.settings().url("")).image(system.image) if system.image else None
    return Brand(branding.name(system.slug, system.name), logo, system.email)


def of_deployment() -> Brand:
    """Return the brand of what belongs to no system: that of the deployment's own one, if any."""
    system = owners.of_deployment()
    return of(system) if system else Brand(branding.name())
