"""Places: a system, one of its issuers, or a program of that issuer. Badges belong to places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.data.models import Issuer, Owner, Program, System
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext


class Place(NamedTuple):
    """The slugs of a place: of a system, perhaps its issuer, perhaps that issuer's program."""

    system: str
    issuer: str | None = None
    program: str | None = None

    @property
    def own_slug(self) -> str:
        """The slug of the innermost level."""
        return self.program or self.issuer or self.system


@dataclass(frozen=True)
class Scope:
    """The rows of a place: of a system, perhaps its issuer, perhaps that issuer's program."""

    system: System
    issuer: Issuer | None = None
    program: Program | None = None

    @property
    def level(self) -> str:
        """Return the innermost level: ``system``, ``issuer`` or ``program``."""
        return "program" if self.program else "issuer" if self.issuer else "system"

    @property
    def innermost(self) -> Owner:
        """Return the row of the innermost level."""
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
    """Return the error for a row that does not exist, in badgekit-api's words."""
    return NotFound(
        f"Could not find {model} field: `{field}`, value: `{value}`",
        reason=gettext("The %(model)s “%(value)s” does not exist here. Create it, then retry.")
        % {"model": model, "value": value},
        page_message=gettext("It doesn’t exist or was deleted."),
    )
