"""Places that badges live in: a system, an issuer of it, a program of that issuer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.data.models import Issuer, Owner, Program, System
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext


class Place(NamedTuple):
    """Slugs of a place that badges live in: a system, perhaps an issuer of it, its program."""

    system: str
    issuer: str | None = None
    program: str | None = None

    @property
    def own_slug(self) -> str:
        """The slug of the place itself, without those around it."""
        return self.program or self.issuer or self.system


@dataclass(frozen=True)
class Scope:
    """A place that badges live in: a system, perhaps an issuer of it, perhaps its program."""

    system: System
    issuer: Issuer | None = None
    program: Program | None = None

    @property
    def level(self) -> str:
        """Return what kind of place it is: ``system``, ``issuer`` or ``program``."""
        return "program" if self.program else "issuer" if self.issuer else "system"

    @property
    def innermost(self) -> Owner:
        """Return the system, issuer or program itself."""
        return self.program or self.issuer or self.system

    @property
    def place(self) -> Place:
        """Return its slugs."""
        return Place(
            self.system.slug,
            self.issuer.slug if self.issuer else None,
            self.program.slug if self.program else None,
        )


def missing(model: str, field: str, value: object) -> NotFound:
    """Return the error for something that is not there, in badgekit-api's words."""
    return NotFound(
        f"Could not find {model} field: `{field}`, value: `{value}`",
        reason=gettext("There is no %(model)s “%(value)s” here. Once there is, retry.")
        % {"model": model, "value": value},
        told=gettext("It does not exist, or not any more."),
    )
